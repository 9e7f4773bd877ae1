import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** A clock set back by less is a correction of NTP; milliseconds. */
const TOLERANCE = 5_000;

export interface Vigie {
  /** The same clock, watched: every reading counts, the sweep of the engine first (once a second). */
  readonly clock: Clock;
  /** Milliseconds by which the clock stands behind the highest hour it told since the start; 0 = none beyond 5 s. */
  retard(): number;
  /** Largest setback seen since the start; milliseconds, 0 = none beyond 5 s. */
  reculMax(): number;
}

/** Watches a clock for setbacks: deadlines and the journal hang on it. Each setback is logged once. */
export function creerVigie(clock: Clock, log: Log): Vigie {
  let haut = clock.now();
  let pire = 0;
  let dit = false;

  const lire = () => {
    const maintenant = clock.now();
    const recul = haut - maintenant;
    if (recul <= 0) {
      haut = maintenant;
      dit = false;
    } else if (recul > TOLERANCE) {
      pire = Math.max(pire, recul);
      if (!dit) log.warn('l’horloge du système a reculé', { secondes: Math.round(recul / 1000) });
      dit = true;
    }
    return maintenant;
  };

  return {
    clock: { now: lire, sleep: (ms, signal) => clock.sleep(ms, signal) },
    retard: () => {
      const recul = haut - lire();
      return recul > TOLERANCE ? recul : 0;
    },
    reculMax: () => pire,
  };
}
