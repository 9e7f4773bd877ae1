import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on; sleepers wake in the order of their hour, each seeing its own. */
  avancer(ms: number): Promise<void>;
  /** Sets the hour, backwards too, without waking anybody: an administrator's hand on the clock. */
  regler(instant: number): void;
  /** Number of sleepers. */
  dormeurs(): number;
}

interface Dormeur {
  readonly reveil: number;
  readonly reveiller: () => void;
}

/** One turn of the event loop: what the sleeper does on waking (a write, another sleep) happens before the next. */
function souffler(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Time as a test wants it. @param depart milliseconds since 1970. */
export function creerFakeClock(depart: number): FakeClock {
  let maintenant = depart;
  const dormeurs = new Set<Dormeur>();

  const dormir = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const reveiller = () => {
        dormeurs.delete(dormeur);
        signal?.removeEventListener('abort', reveiller);
        resolve();
      };
      const dormeur: Dormeur = { reveil: maintenant + ms, reveiller };
      dormeurs.add(dormeur);
      signal?.addEventListener('abort', reveiller, { once: true });
    });
  };

  const premier = (avant: number): Dormeur | undefined =>
    [...dormeurs].filter((d) => d.reveil <= avant).toSorted((a, b) => a.reveil - b.reveil)[0];

  return {
    now: () => maintenant as Instant,
    sleep: dormir,
    async avancer(ms) {
      const cible = maintenant + ms;
      await souffler();
      for (let d = premier(cible); d !== undefined; d = premier(cible)) {
        maintenant = Math.max(maintenant, d.reveil);
        d.reveiller();
        await souffler();
      }
      // Somebody else may have set it further meanwhile.
      maintenant = Math.max(maintenant, cible);
    },
    regler(instant) {
      maintenant = instant;
    },
    dormeurs: () => dormeurs.size,
  };
}
