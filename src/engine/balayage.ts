import type { Clock } from '../ports/clock.ts';

/** Longest sleep of a queue: the sweep that finds what no announcement told. Milliseconds. */
export const BALAYAGE = 1_000;

/** One timer for all the queues of a node: they sweep in the same instant, and their claims share one transaction. */
export interface Balayage {
  /** Resolves at the next sweep, or as soon as the signal aborts. */
  attendre(signal: AbortSignal): Promise<void>;
}

export function creerBalayage(clock: Clock, arret: AbortSignal): Balayage {
  let prochain: Promise<void> | null = null;
  return {
    attendre: async (signal) => {
      if (signal.aborted || arret.aborted) return;
      prochain ??= clock.sleep(BALAYAGE, arret).finally(() => {
        prochain = null;
      });
      const { promise, resolve } = Promise.withResolvers<void>();
      const reveiller = (): void => resolve();
      signal.addEventListener('abort', reveiller, { once: true });
      await Promise.race([prochain, promise]);
      signal.removeEventListener('abort', reveiller);
    },
  };
}
