import { createHash } from 'node:crypto';
import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Random } from '../../../ports/random.ts';
import { type Arrivee, exigerSeul, lireArrivee } from '../postgres/demenagement.ts';
import { migrer as migrerPostgres } from '../postgres/migrer.ts';
import { ouvrirArretee as ouvrirPostgres } from '../postgres/ouverture.ts';
import { Requetes } from '../postgres/requetes.ts';
import { type AccesPostgres, nomServeur, type Session } from '../postgres/session.ts';
import { type Depart, ecrireDepart, lireDepart } from '../sqlite/demenagement.ts';
import { migrer as migrerSqlite } from '../sqlite/migrer.ts';
import { ouvrirArretee as ouvrirSqlite } from '../sqlite/ouverture.ts';
import type { Base } from '../sqlite/pilote.ts';
import { type ChaineSuivie, poserTetes, suivreChaines, tetesDe } from './chaines.ts';
import { decider, sceller, tablesOccupees, vider } from './cible.ts';
import { Copie } from './copie.ts';
import { comparer, type TableComparee } from './empreintes.ts';
import { type Plan, planifier } from './plan.ts';

/**
 * Moves an embedded base to PostgreSQL, all daemons stopped: copy, verification, then the two marks, in the order of the table of
 * docs/decisions/0019-changer-de-magasin.md. Killed at any instant, the same call goes on.
 */

/** What was just made durable, or read. */
export type Etape = 'depart' | 'arrivee' | 'copie' | 'tetes' | 'verification' | 'parti' | 'complet';

export interface DemandeTransfert {
  readonly fichier: string;
  readonly acces: AccesPostgres;
  /** Empty what an unfinished copy left there, and begin again. */
  readonly recommencer: boolean;
  /** Milliseconds left to the server to find out that an earlier run was killed. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** @param lignes since the beginning of this step. @param total to be expected in it; 0: none. */
  readonly suivre: (etape: Etape, lignes: number, total: number) => void;
}

export interface Transfert {
  /** `faite`: an earlier run had ended it. `ecarts`: the copy is not the base, nothing changed hands. */
  readonly etat: 'complet' | 'faite' | 'ecarts';
  /** French: server and base. */
  readonly vers: string;
  /** An earlier run had copied a part. */
  readonly reprise: boolean;
  readonly lignes: number;
  readonly tables: readonly TableComparee[];
  readonly chaines: readonly ChaineSuivie[];
}

export interface OutilsTransfert {
  readonly clock: Clock;
  readonly random: Random;
}

/** French: server, then base. */
export function nommer(acces: AccesPostgres): string {
  return `${nomServeur(acces)}, base « ${acces.base} »`;
}

interface Chantier {
  readonly base: Base;
  readonly session: Session;
  readonly plan: Plan;
  readonly vers: string;
  readonly total: number;
}

/** Throws VGM-NOY-005, -007, VGM-SAU-009, VGM-STO-001 to -006, 011 to 016: what is there stays, and the same call goes on. */
export async function transferer(demande: DemandeTransfert, outils: OutilsTransfert): Promise<Transfert> {
  const { fichier, acces, patience } = demande;
  const { base, fermer } = ouvrirSqlite(fichier);
  try {
    const session = await ouvrirPostgres({ acces, requetes: new Requetes() });
    try {
      const vers = nommer(acces);
      await exigerSeul(session, { serveur: vers, patience });
      migrerSqlite(base, fichier);
      await migrerPostgres(session, { serveur: vers, quand: outils.clock.now() });
      const plan = await planifier(base, session);
      const total = plan.copiees.reduce((somme, { nom }) => somme + compter(base, nom), 0);
      return await derouler({ base, session, plan, vers, total }, demande, outils);
    } finally {
      await session.fermer();
    }
  } finally {
    fermer();
  }
}

function compter(base: Base, table: string): number {
  return base.ligne<{ nombre: number }>(`SELECT count(*) AS nombre FROM ${table}`)?.nombre ?? 0;
}

async function derouler(
  chantier: Chantier,
  demande: DemandeTransfert,
  outils: OutilsTransfert,
): Promise<Transfert> {
  const { base, vers, total } = chantier;
  const { suite, depart, arrivee } = await commencer(chantier, demande, outils);
  const commun = { vers, reprise: suite === 'reprise', lignes: total };
  if (suite === 'faite') return { ...commun, etat: 'faite', tables: [], chaines: [] };
  await porter(chantier, demande, arrivee);
  const { tables, chaines } = await verifier(chantier, demande);
  if (tables.some((t) => t.ecart !== null) || chaines.some((c) => !c.entiere))
    return { ...commun, etat: 'ecarts', tables, chaines };
  await remettre({ ...chantier, depart }, demande, outils);
  base.executer('PRAGMA wal_checkpoint(TRUNCATE)');
  return { ...commun, etat: 'complet', tables, chaines };
}

/** A base is known by the first line of its journal, that nobody can guess nor change. */
function origineDe(base: Base): string {
  const premiere = base.ligne<{ ligne: string }>('SELECT ligne FROM journal ORDER BY seq LIMIT 1');
  return premiere === undefined ? '' : createHash('sha256').update(premiere.ligne).digest('hex');
}

/** Marks both sides « under way », the one that serves first: a daemon that opens it before the end takes its own mark away. */
async function commencer(chantier: Chantier, demande: DemandeTransfert, outils: OutilsTransfert) {
  const { base, session, plan, vers } = chantier;
  const depart = lireDepart(base);
  const arrivee = await lireArrivee(session);
  const suite = decider({
    fichier: demande.fichier,
    serveur: vers,
    depart,
    arrivee,
    origine: origineDe(base),
    occupees: await tablesOccupees(session, plan),
    recommencer: demande.recommencer,
  });
  if (suite !== 'neuf' && depart !== null && arrivee !== null) return { suite, depart, arrivee };
  const quand = outils.clock.now();
  const parti = depart?.etat === 'parti' ? depart : null;
  const neuf: Depart = parti ?? { essai: outils.random.uuid(), etat: 'en_cours', vers, quand };
  if (parti === null) ecrireDepart(base, neuf);
  demande.suivre('depart', 0, 0);
  const marque = { essai: neuf.essai, origine: origineDe(base), quand };
  const vide = await vider(session, plan, { ...marque, vierge: arrivee === null });
  // One that opened it just before the mark is there for as long as it runs.
  await exigerSeul(session, { serveur: vers, patience: demande.patience });
  demande.suivre('arrivee', 0, 0);
  return { suite, depart: neuf, arrivee: vide };
}

async function porter(c: Chantier, demande: DemandeTransfert, arrivee: Arrivee): Promise<void> {
  const { base, session, plan, total } = c;
  const copie = new Copie(base, session, arrivee);
  let portees = 0;
  for (const table of plan.copiees)
    await copie.porter(table, (lignes) => {
      if (demande.signal.aborted) throw erreurStockage('VGM-STO-015');
      portees += lignes;
      if (lignes > 0) demande.suivre('copie', portees, total);
    });
  await poserTetes(session, tetesDe(base));
  demande.suivre('tetes', 0, 0);
}

async function verifier(c: Chantier, { signal, suivre }: DemandeTransfert) {
  const { base, session, plan, total } = c;
  const tetes = tetesDe(base);
  const attendues = total + tetes.reduce((somme, { n }) => somme + n, 0);
  let vues = 0;
  const voir = (lignes: number): void => {
    if (signal.aborted) throw erreurStockage('VGM-STO-015');
    vues += lignes;
    suivre('verification', vues, attendues);
  };
  const tables: TableComparee[] = [];
  for (const table of plan.comparees) tables.push(await comparer(table, { base, session }, voir));
  return { tables, chaines: await suivreChaines(session, tetes, voir) };
}

/** This base first: between the two marks neither side serves, which a second run mends; the other order would let both serve. */
async function remettre(
  { base, session, vers, depart }: Chantier & { readonly depart: Depart },
  { suivre, patience }: DemandeTransfert,
  { clock }: OutilsTransfert,
): Promise<void> {
  await exigerSeul(session, { serveur: vers, patience });
  if (depart.etat !== 'parti') ecrireDepart(base, { ...depart, etat: 'parti', vers, quand: clock.now() });
  suivre('parti', 0, 0);
  await sceller(session, { essai: depart.essai, serveur: vers, quand: clock.now() });
  suivre('complet', 0, 0);
}
