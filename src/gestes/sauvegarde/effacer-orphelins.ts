import { rm } from 'node:fs/promises';
import { ecrivant } from '../../adapters/sauvegarde/disque.ts';
import { cheminPiece } from '../../adapters/sauvegarde/pieces.ts';
import { lireBase } from '../../adapters/store/sqlite/instantane.ts';
import { ouvrirStoreSqlite } from '../../adapters/store/sqlite/store.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { EntreeJournal } from '../../metier/journal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Orphelin } from '../../ports/restauration.ts';
import type { EcritureStore, Store } from '../../ports/store.ts';
import { fouiller } from './orphelins.ts';

/** Takes away pieces that nothing cites, the daemon stopped: beside one that runs, a deposit of the same bytes would lose them. */

/** A piece younger than that may wait for its flux. Milliseconds. */
const AGE_MIN = 86_400_000;
/** Digests told by one line of the journal. */
const PAR_LIGNE = 100;

export function avantLeJour(clock: Pick<Clock, 'now'>): Instant {
  return (clock.now() - AGE_MIN) as Instant;
}

export interface DemandeEffacement {
  readonly base: string;
  readonly coffre: string;
  readonly trigramme: string;
  readonly motif: string;
  readonly signal: AbortSignal;
}

export interface OutilsEffacement {
  readonly clock: Clock;
  readonly random: Random;
  readonly version: string;
}

/** Throws VGM-SAU-023: after a restoration, what nothing cites tells what was lost. */
async function exigerClose({ restaurations }: Store): Promise<void> {
  const derniere = await restaurations.derniere();
  if (derniere !== null && derniere.close === null) throw erreurSauvegarde('VGM-SAU-023');
}

/** What is about to go is written first: a piece is never gone without a line that names it. */
async function consigner(
  ecriture: EcritureStore,
  orphelins: readonly Orphelin[],
  { motif, corr, quand }: { readonly motif: string; readonly corr: string; readonly quand: Instant },
): Promise<void> {
  for (let rang = 0; rang < orphelins.length; rang += PAR_LIGNE) {
    const lot = orphelins.slice(rang, rang + PAR_LIGNE);
    const ligne: EntreeJournal = {
      org: 'operateur',
      ev: 'ORPHELINS_EFFACES',
      tx: '',
      obj: lot.map((o) => `sha256:${o.sha256}`).join(' '),
      acteur: 'agent:local',
      res: 'OK',
      motif,
      corr,
    };
    await ecriture.ecrire({ quand, journal: [ligne] });
  }
}

/** @returns what was erased. Throws VGM-NOY-007 (a daemon runs), VGM-SAU-023, -003. */
export async function effacerOrphelins(
  { base, coffre, trigramme, motif, signal }: DemandeEffacement,
  outils: OutilsEffacement,
): Promise<readonly Orphelin[]> {
  const store = ouvrirStoreSqlite({ fichier: base, ...outils });
  try {
    await exigerClose(store);
    const lue = lireBase(base);
    const { orphelins } = await fouiller(coffre, lue, {
      trigramme,
      avant: avantLeJour(outils.clock),
      signal,
    }).finally(() => lue.fermer());
    const trace = { motif, corr: outils.random.uuid(), quand: outils.clock.now() };
    await consigner(store.ecriture, orphelins, trace);
    for (const { sha256 } of orphelins)
      await ecrivant(coffre, () => rm(cheminPiece(coffre, sha256), { force: true }));
    return orphelins;
  } finally {
    await store.fermer();
  }
}
