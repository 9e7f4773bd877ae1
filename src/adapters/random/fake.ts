import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { creerUuid7 } from './uuid.ts';

/** Mulberry32: 32 bits of state, enough to make tests repeat themselves; no use for anything else. */
function creerSuite(graine: number): () => number {
  let etat = graine >>> 0;
  return () => {
    etat = (etat + 0x6d2b79f5) >>> 0;
    let t = Math.imul(etat ^ (etat >>> 15), etat | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Same seed, same clock, same identifiers. */
export function creerFakeRandom(clock: Clock, graine = 1): Random {
  const suivant = creerSuite(graine);
  const hex = (n: number) =>
    Array.from({ length: n }, () => (suivant() & 0xff).toString(16).padStart(2, '0')).join('');
  return { uuid: creerUuid7(clock, hex), hex, fraction: () => suivant() / 2 ** 32 };
}
