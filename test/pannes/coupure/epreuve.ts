import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ouvrirCoffreDossier } from '../../../src/adapters/coffre/dossier.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { ouvrirStoreSqlite } from '../../../src/adapters/store/sqlite/store.ts';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import type { Etat } from '../../../src/metier/etats.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import type { Retour } from '../../../src/metier/retours.ts';
import type { Coffre } from '../../../src/ports/coffre.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { creerAtelier, CTX } from '../../parcours/atelier.ts';
import type { Appel } from '../../parcours/appels.ts';
import { creerSol, RACINE, type Sol, suivrePorts } from '../../parcours/sol.ts';
import { creerDgfipFictive, type DgfipFictive } from '../dgfip-fictive.ts';
import { creerEtatFictif, type EtatFictif } from '../etat-fictif.ts';
import { Tourniquet } from '../modele/tourniquet.ts';
import type { Marque } from './marques.ts';

/** A folder left by a power cut is opened again, looked at, then worked on: what the world knew must be there. */

export interface Image {
  readonly dossier: string;
  /** What the world knew when the power went. */
  readonly faits: readonly Marque[];
  /** The hour of the recording, epoch milliseconds. */
  readonly quand: number;
}

export interface Fautes {
  /** What was told, taken or forgotten by others, and that we have no more. */
  readonly perdus: string[];
  /** What is there and does not hold. */
  readonly casses: string[];
  /** What left once more. */
  readonly doubles: string[];
}

/** Compiled once: folders are opened by the hundred. */
const SCHEMAS_ACTES = ouvrirSchemas(join(RACINE, 'schemas', 'actes'));
const TERMINEES: readonly Etat[] = ['acquitte', 'acquitte_partiel', 'anomalie', 'annule', 'valide'];
const HEURE = 3_600_000;

export async function eprouver(image: Image): Promise<Fautes> {
  const fautes: Fautes = { perdus: [], casses: [], doubles: [] };
  const casser = (cause: unknown): null => {
    fautes.casses.push(`it does not hold: ${cause instanceof Error ? cause.message : String(cause)}`);
    return null;
  };
  const monde = await ouvrir(image).catch(casser);
  if (monde === null) return fautes;
  try {
    await regarder(monde, image, fautes);
    await reprendre(monde, image, fautes);
  } catch (cause) {
    casser(cause);
  } finally {
    await monde.store.fermer();
    await monde.coffre.fermer();
  }
  return fautes;
}

interface Rouvert {
  readonly sol: Sol;
  readonly store: Store;
  readonly coffre: Coffre & { fermer(): Promise<void> };
  readonly etat: EtatFictif;
  readonly dgfip: DgfipFictive;
}

async function ouvrir({ dossier, quand }: Image): Promise<Rouvert> {
  mkdirSync(dossier, { recursive: true, mode: 0o700 });
  const sol = await creerSol({ quand });
  const fichier = join(dossier, 'vaguemestre.sqlite');
  const random = creerFakeRandom(sol.clock, 99);
  const store = ouvrirStoreSqlite({ fichier, clock: sol.clock, random, version: '0.0.0-essai' });
  const coffre = ouvrirCoffreDossier({ dossier: join(dossier, 'coffre'), random });
  const ici: Sol = { ...sol, random, store, schemas: SCHEMAS_ACTES };
  return { sol: ici, store, coffre, etat: creerEtatFictif([]), dgfip: creerDgfipFictive(sol) };
}

/** Before anything is done: all that was known is there, all that is there is whole. */
async function regarder({ store, coffre }: Rouvert, image: Image, f: Fautes): Promise<void> {
  f.casses.push(...integrite(join(image.dossier, 'vaguemestre.sqlite')));
  const flux = await store.flux.lister(OPERATEUR, { limite: 1000 });
  const archives = new Map<string, Flux>();
  for (const un of flux) {
    for (const piece of await store.flux.pieces(OPERATEUR, un.id)) {
      if (piece.role === 'archive') archives.set(piece.sha256, un);
      if (!(await coffre.verifier(piece.sha256)))
        f.casses.push(`${un.identite}: ${piece.nom} is lost or altered`);
    }
  }
  for (const org of await store.journal.chaines())
    f.casses.push(...rompue(org, await store.journal.lignes(org, 1, 10_000)));
  const retours = await store.retours.lister(OPERATEUR, { limite: 1000 });
  const livraisons = await store.livraisons.lister(OPERATEUR, { limite: 1000 });
  const dettes = new Set<string>(livraisons.map((l) => l.id));
  const vu: Vu = { store, flux, archives, retours, dettes, image };
  for (const fait of image.faits) f.perdus.push(...(await perdu(fait, vu)));
}

function integrite(fichier: string): string[] {
  const base = new DatabaseSync(fichier, { readOnly: true });
  try {
    const dit = base
      .prepare('PRAGMA integrity_check')
      .all()
      .map((l) => String(l['integrity_check']));
    const orphelines = base.prepare('PRAGMA foreign_key_check').all();
    return [...dit.filter((d) => d !== 'ok'), ...orphelines.map((o) => `orphan row: ${JSON.stringify(o)}`)];
  } finally {
    base.close();
  }
}

function rompue(org: string, lignes: readonly string[]): string[] {
  let prev = '0'.repeat(64);
  for (const [n, ligne] of lignes.entries()) {
    const lue = JSON.parse(ligne) as { n: number; prev: string };
    if (lue.n !== n + 1 || lue.prev !== prev) return [`journal ${org}: broken at line ${n + 1}`];
    prev = createHash('sha256').update(ligne).digest('hex');
  }
  return [];
}

interface Vu {
  readonly store: Store;
  readonly flux: readonly Flux[];
  /** By digest of what they sent. */
  readonly archives: ReadonlyMap<string, Flux>;
  readonly retours: readonly Retour[];
  readonly dettes: ReadonlySet<string>;
  readonly image: Image;
}

async function marquee({ journal }: Store, flux: Flux | undefined): Promise<boolean> {
  if (flux === undefined) return false;
  const lignes = await journal.lignesDuFlux(OPERATEUR, flux.id);
  return lignes.some((l) => l.ligne.includes('"ev":"MISE_EN_LIGNE"'));
}

/** Is what the world knew still known here? */
async function perdu(
  marque: Marque,
  { store, flux, archives, retours, dettes, image }: Vu,
): Promise<string[]> {
  switch (marque.quoi) {
    case 'accuse':
      return flux.some((f) => f.id === marque.flux) ? [] : [`the flux ${marque.flux} was acknowledged`];
    case 'entame': {
      const sien = flux.find((f) => f.nomEnvoi === marque.nom);
      return (await marquee(store, sien))
        ? []
        : [`${marque.nom} reached the State, and was not marked as on the line`];
    }
    case 'pris': {
      const sien = archives.get(marque.sha256);
      if (sien === undefined) return [`the State holds ${marque.nom}, which no flux sent`];
      return (await marquee(store, sien))
        ? []
        : [`the State holds ${marque.nom}, which was not marked as on the line`];
    }
    case 'lu': {
      const publies = image.faits.filter((m) => m.quoi === 'publie' && m.nom === marque.nom);
      const la = retours.some(
        (r) => r.nom === marque.nom && publies.some((p) => 'sha256' in p && p.sha256 === r.sha256),
      );
      return la ? [] : [`the answer ${marque.nom} was taken from the gateway`];
    }
    case 'courriel': {
      const nombre = image.faits.filter((m) => m.quoi === 'courriel').length;
      return retours.filter((r) => r.nom === null).length >= nombre
        ? []
        : [`${nombre} mails were acknowledged`];
    }
    case 'notifie':
      return dettes.has(marque.id) ? [] : [`${marque.type} was told (${marque.id})`];
    case 'publie':
      return [];
    default:
      return marque satisfies never;
  }
}

/** The engine works on it again: receipts kept are applied, nothing that the State holds leaves once more, nothing is stuck. */
async function reprendre(monde: Rouvert, { faits }: Image, f: Fautes): Promise<void> {
  const { sol, store, coffre, etat, dgfip } = monde;
  // A real disk takes its time: rest is a matter of calls, not of turns of the loop.
  const tourniquet = new Tourniquet();
  const compter: Appel = (nom, faire) => tourniquet.compter(nom, faire);
  const atelier = await creerAtelier({
    sol,
    inscrire: false,
    enrober: (ports) => suivrePorts({ ...ports, store, coffre, transport: etat, passerelle: dgfip }, compter),
  });
  await tourniquet.repos();
  for (const ms of [10_000, HEURE / 4, HEURE]) {
    sol.clock.regler(sol.clock.now() + ms - 1);
    await sol.clock.avancer(1);
    await tourniquet.repos();
  }
  const flux = await store.flux.lister(OPERATEUR, { limite: 1000 });
  const tenues = new Set(faits.flatMap((m) => (m.quoi === 'pris' ? [m.sha256] : [])));
  for (const un of flux) {
    const archive =
      (await store.flux.pieces(OPERATEUR, un.id)).find((p) => p.role === 'archive')?.sha256 ?? '';
    const { presentees } = un.protocole === 'ACTES' ? etat : dgfip;
    const fois = presentees.get(un.nomEnvoi ?? '') ?? 0;
    if (fois > (tenues.has(archive) ? 0 : 1))
      f.doubles.push(`${un.identite} (${un.etat}): left ${fois} times more`);
    if (['depose', 'controle', 'signe', 'pret', 'en_ligne'].includes(un.etat))
      f.casses.push(`${un.identite}: stuck at ${un.etat} (${un.erreur?.code ?? 'no reason'})`);
  }
  for (const m of faits) f.perdus.push(...accuseSansEffet(m, flux));
  for (const { org, ruptures } of await atelier.gestes.verifierJournal(CTX))
    f.casses.push(...ruptures.map((r) => `journal ${org} line ${r.n}: ${r.motif}`));
  atelier.couper();
  await atelier.arreter();
}

/** A receipt that was acknowledged to the préfecture says what became of its acte. */
function accuseSansEffet(marque: Marque, flux: readonly Flux[]): string[] {
  if (marque.quoi !== 'courriel' || !['1-2', '1-3'].includes(marque.message)) return [];
  const siens = flux.filter((f) => f.identite === marque.idActe);
  return siens.some((f) => TERMINEES.includes(f.etat))
    ? []
    : [`${marque.idActe}: its ${marque.message} was acknowledged, and it is ${siens[0]?.etat ?? 'nowhere'}`];
}
