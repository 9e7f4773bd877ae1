import {
  type Arrivee,
  exigerSeul,
  lireArrivee,
  rendreArrivee,
} from '../../adapters/store/postgres/demenagement.ts';
import { versionDe } from '../../adapters/store/postgres/migrer.ts';
import { ouvrirArretee as ouvrirPostgres } from '../../adapters/store/postgres/ouverture.ts';
import { Requetes } from '../../adapters/store/postgres/requetes.ts';
import type { AccesPostgres, Session } from '../../adapters/store/postgres/session.ts';
import { MIGRATIONS } from '../../adapters/store/postgres/schema.ts';
import { type Depart, lireDepart, oublierDepart } from '../../adapters/store/sqlite/demenagement.ts';
import { migrer } from '../../adapters/store/sqlite/migrer.ts';
import { ouvrirArretee as ouvrirSqlite } from '../../adapters/store/sqlite/ouverture.ts';
import type { Base } from '../../adapters/store/sqlite/pilote.ts';
import { assemblerStore, type OutilsStore } from '../../adapters/store/sqlite/store.ts';
import { tetesDe } from '../../adapters/store/transfert/chaines.ts';
import { nommer } from '../../adapters/store/transfert/transferer.ts';
import { annoncerRestauration } from '../../engine/marquer-restauree.ts';
import { erreurStockage } from '../../metier/catalogue/stockage.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';

/** Takes back an embedded base that had gone to PostgreSQL, on purpose (docs/decisions/0019-changer-de-magasin.md). */

export interface DemandeReprise {
  readonly fichier: string;
  readonly acces: AccesPostgres;
  /** What PostgreSQL did since is given up, or cannot be asked for. */
  readonly perdue: boolean;
  /** Milliseconds left to the server to find out that a command was killed. */
  readonly patience: number;
}

/**
 * `entiere`: it is all that was done. `ancienne`: something was done since, or may have been; nothing leaves before a
 * reconciliation.
 */
export type Reprise = 'entiere' | 'ancienne';

interface Reprenable {
  readonly depart: Depart;
  readonly base: Base;
  readonly demande: DemandeReprise;
  readonly outils: OutilsStore;
}

/** Throws VGM-NOY-005, -007, VGM-STO-012, 013, 017, 018: nothing serves twice, and the same call goes on. */
export async function reprendre(demande: DemandeReprise, outils: OutilsStore): Promise<Reprise> {
  const { fichier } = demande;
  const { base, fermer } = ouvrirSqlite(fichier);
  try {
    const depart = lireDepart(base);
    if (depart === null) throw erreurStockage('VGM-STO-017', { fichier });
    const reprise =
      depart.etat === 'en_cours' ? 'entiere' : await rendreCible({ depart, base, demande, outils });
    if (reprise === 'ancienne') await direAncienne({ depart, base, demande, outils });
    // Last of all: until then neither side serves.
    oublierDepart(base);
    return reprise;
  } finally {
    fermer();
  }
}

/** @returns null when there is no asking it. */
async function ouvrirCible({ acces, perdue }: DemandeReprise): Promise<Session | string> {
  try {
    return await ouvrirPostgres({ acces, requetes: new Requetes() });
  } catch (erreur) {
    if (erreur instanceof ErreurVgm) return perdue ? '' : erreur.fiche.message.replace(/\.$/, '');
    throw erreur;
  }
}

/** PostgreSQL no longer serves, if it ever did. */
async function rendreCible(r: Reprenable): Promise<Reprise> {
  const session = await ouvrirCible(r.demande);
  if (typeof session === 'string') return refuserOuPerdre(r, session);
  try {
    await exigerSeul(session, { serveur: nommer(r.demande.acces), patience: r.demande.patience });
    const arrivee = (await versionDe(session)) >= VERSION_MARQUEE ? await lireArrivee(session) : null;
    return await juger(r, session, arrivee);
  } finally {
    await session.fermer();
  }
}

/** First schema of PostgreSQL that knows where it came from. */
const VERSION_MARQUEE = MIGRATIONS.findIndex(({ monte }) => monte.includes('TABLE demenagement')) + 1;

async function juger(r: Reprenable, session: Session, arrivee: Arrivee | null): Promise<Reprise> {
  if (arrivee === null || arrivee.essai !== r.depart.essai)
    return refuserOuPerdre(r, 'cette base PostgreSQL n’est pas celle où elle est passée');
  if (arrivee.etat === 'en_cours') return 'entiere';
  const la = await session.lignes<{ org: string; n: number; sha256: string }>(
    'SELECT org, n, sha256 FROM chaines WHERE n > 0 ORDER BY org',
  );
  const memes = JSON.stringify(la) === JSON.stringify(tetesDe(r.base));
  const reprise = memes ? 'entiere' : refuserOuPerdre(r, 'le journal a continué sur PostgreSQL');
  await rendreArrivee(session, r.outils.clock.now());
  return reprise;
}

function refuserOuPerdre({ depart, demande: { fichier, perdue } }: Reprenable, raison: string): Reprise {
  if (perdue) return 'ancienne';
  const { vers, quand } = depart;
  throw erreurStockage('VGM-STO-018', { fichier, raison, vers, quand: new Date(quand).toISOString() });
}

/** What the world knows since, this base does not: as when it comes back from a backup (0018-sauvegarde.md). */
async function direAncienne({ base, depart, demande, outils }: Reprenable): Promise<void> {
  migrer(base, demande.fichier);
  const store = assemblerStore({ base, durcir: () => Promise.resolve(), fermer: () => undefined }, outils);
  try {
    if ((await store.restaurations.derniere())?.sauvegarde === depart.quand) return;
    const { clock, random } = outils;
    const annonce = annoncerRestauration(
      { id: random.uuid(), sauvegarde: depart.quand, restauree: clock.now() },
      null,
    );
    await store.restaurations.inscrire({ ...annonce, orphelins: [], perdues: [], numeros: [] });
  } finally {
    await store.fermer();
  }
}
