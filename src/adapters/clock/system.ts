import { setTimeout as attendre } from 'node:timers/promises';
import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';

/** Longest delay of a Node timer (2³¹ − 1 ms, 24.8 days): beyond, it would fire at once. */
const PLUS_LONG = 2 ** 31 - 1;

/** The machine's clock. */
export function creerClockSysteme(): Clock {
  return {
    now: () => Date.now() as Instant,
    async sleep(ms, signal) {
      const options = signal === undefined ? {} : { signal };
      for (let reste = ms; reste > 0; reste -= PLUS_LONG) {
        // The only rejection is the abort, which the port wants as a plain return.
        const entier = attendre(Math.min(reste, PLUS_LONG), true, options).catch(() => false);
        if (!(await entier)) return;
      }
    },
  };
}
