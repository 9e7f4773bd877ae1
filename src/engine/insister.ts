import { ErreurVgm } from '../metier/erreurs.ts';
import type { OutilsMoteur } from './outils.ts';

/** First and longest wait between two tries of a write; milliseconds. */
const ATTENTE_MIN = 250;
const ATTENTE_MAX = 5_000;

/** Somebody else changed the row first. */
export function estConflit(cause: unknown): boolean {
  return cause instanceof ErreurVgm && cause.fiche.code === 'VGM-NOY-001';
}

/** The storage is at fault (full disk…), not what it was asked. */
function estPanne(cause: unknown): boolean {
  return cause instanceof ErreurVgm && cause.fiche.code === 'VGM-NOY-005';
}

/**
 * Writes what this process alone knows (the answer of the State, a delivery made), again and again while the
 * storage fails: given up, it would be lost, and the row would wait for the end of its lease. The place stays taken:
 * without storage there is no other work to do. Ends when the stop cuts (`coupure`); then the next start finds the
 * row as after a crash.
 */
export async function insister<T>(outils: OutilsMoteur, ecriture: () => Promise<T>): Promise<T> {
  const { coupure } = outils.signaux;
  for (let attente = ATTENTE_MIN; ; attente = Math.min(ATTENTE_MAX, attente * 2)) {
    try {
      return await ecriture();
    } catch (cause) {
      if (!estPanne(cause) || coupure.aborted) throw cause;
      if (attente === ATTENTE_MIN)
        outils.log.error('le stockage n’écrit pas : nouvelle tentative', {}, cause);
      await outils.clock.sleep(attente, coupure);
    }
  }
}
