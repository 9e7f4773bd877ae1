import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';

/** Longest delay of a Node timer (2³¹ − 1 ms, 24.8 days): beyond, it would fire at once. */
const PLUS_LONG = 2 ** 31 - 1;

/** @returns false when the signal cut it short. Plain timer: the promised one builds an exception at each abort. */
function dormir(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const couper = () => {
      clearTimeout(minuterie);
      resolve(false);
    };
    const minuterie = setTimeout(() => {
      signal?.removeEventListener('abort', couper);
      resolve(true);
    }, ms);
    signal?.addEventListener('abort', couper, { once: true });
  });
}

/** The machine's clock. */
export function creerClockSysteme(): Clock {
  return {
    now: () => Date.now() as Instant,
    async sleep(ms, signal) {
      for (let reste = ms; reste > 0; reste -= PLUS_LONG) {
        if (!(await dormir(Math.min(reste, PLUS_LONG), signal))) return;
      }
    },
  };
}
