import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';

export interface ClockEssaye {
  readonly clock: Clock;
  /** Lets that many milliseconds pass. */
  readonly passer: (ms: number) => Promise<void>;
}

/** What every clock must keep. */
export function contratClock(nom: string, ouvrir: () => ClockEssaye): void {
  describe(`contract of the clock: ${nom}`, () => {
    test('a sleeper wakes once its time is over, not before', async () => {
      const { clock, passer } = ouvrir();
      const depart = clock.now();
      let reveil = 0;
      const sommeil = clock.sleep(30).then(() => {
        reveil = clock.now();
      });
      await passer(5);
      expect(reveil).toBe(0);
      await passer(60);
      await sommeil;
      // One millisecond of grace: Node counts timers on another clock than the wall's.
      expect(reveil - depart).toBeGreaterThanOrEqual(29);
    });

    test('an abort, before or during, wakes at once and never rejects', async () => {
      const { clock } = ouvrir();
      await clock.sleep(1e12, AbortSignal.abort());
      const arret = new AbortController();
      const sommeil = clock.sleep(1e12, arret.signal);
      arret.abort();
      expect(await sommeil).toBeUndefined();
    });

    test('a sleep longer than a Node timer may last (24.8 days) does not end at once', async () => {
      const { clock, passer } = ouvrir();
      const arret = new AbortController();
      let fini = false;
      const sommeil = clock.sleep(2 ** 32, arret.signal).then(() => {
        fini = true;
      });
      await passer(20);
      expect(fini).toBe(false);
      arret.abort();
      await sommeil;
    });

    test('no sleep at all for nothing', async () => {
      const { clock } = ouvrir();
      expect(await Promise.all([clock.sleep(0), clock.sleep(-5)])).toEqual([undefined, undefined]);
    });
  });
}
