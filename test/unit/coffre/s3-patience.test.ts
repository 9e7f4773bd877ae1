import { expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { Patience } from '../../../src/adapters/coffre/s3-patience.ts';

const DELAI = 30_000;

function attendre() {
  const clock = creerFakeClock(0);
  const patience = new Patience(clock, DELAI);
  const attente = Promise.withResolvers<string>();
  return { clock, patience, attente, rendu: patience.pendant(attente.promise) };
}

test('silence is given up after the delay, not before', async () => {
  const { clock, patience } = attendre();
  await clock.avancer(DELAI - 1);
  expect(patience.signal.aborted).toBe(false);
  await clock.avancer(1);
  expect([patience.signal.aborted, patience.epuisee]).toEqual([true, true]);
});

test('bytes that come fast enough earn time; one byte a second does not', async () => {
  const vite = attendre();
  for (let s = 0; s < 300; s += 1) {
    await vite.clock.avancer(1000);
    vite.patience.avancer(1001);
  }
  expect(vite.patience.signal.aborted).toBe(false);
  const lente = attendre();
  let secondes = 0;
  for (; !lente.patience.signal.aborted; secondes += 1) {
    await lente.clock.avancer(1000);
    lente.patience.avancer(1);
  }
  expect(secondes).toBe(31);
});

test('what comes at once earns no more than the delay', async () => {
  const { clock, patience } = attendre();
  patience.avancer(1e9);
  await clock.avancer(DELAI);
  expect(patience.signal.aborted).toBe(true);
});

test('the time between two waits is that of the reader, and is not counted', async () => {
  const { clock, patience, attente, rendu } = attendre();
  await clock.avancer(10_000);
  attente.resolve('un bloc');
  expect(await rendu).toBe('un bloc');
  await clock.avancer(3_600_000);
  patience.avancer(0);
  expect([patience.signal.aborted, patience.epuisee]).toEqual([false, false]);
  void patience.pendant(new Promise(() => undefined));
  await clock.avancer(19_000);
  expect(patience.signal.aborted).toBe(false);
  await clock.avancer(1_000);
  expect(patience.signal.aborted).toBe(true);
});
