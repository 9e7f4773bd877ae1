import { setTimeout as attendre } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { contratClock } from './clock.contract.ts';

// The one place where a test really waits: it is about the machine's clock.
contratClock('system', () => ({ clock: creerClockSysteme(), passer: (ms) => attendre(ms) }));

contratClock('fake', () => {
  const clock = creerFakeClock(1000);
  return { clock, passer: (ms) => clock.avancer(ms) };
});

test('fake: sleepers wake in the order of their hour, each seeing its own, and may sleep again', async () => {
  const clock = creerFakeClock(0);
  const vus: string[] = [];
  const dormir = async (nom: string, ...durees: number[]) => {
    for (const ms of durees) {
      await clock.sleep(ms);
      vus.push(`${nom}@${clock.now()}`);
    }
  };
  const tous = Promise.all([dormir('a', 30), dormir('b', 10, 10, 50), dormir('c', 25)]);
  await clock.avancer(40);
  expect(vus).toEqual(['b@10', 'b@20', 'c@25', 'a@30']);
  expect([clock.now(), clock.dormeurs()]).toEqual([40, 1]);
  await clock.avancer(30);
  await tous;
  expect(vus.at(-1)).toBe('b@70');
});

test('fake: the clock may be set back, as by an administrator; nobody wakes for it', async () => {
  const clock = creerFakeClock(1000);
  const sommeil = clock.sleep(10);
  clock.regler(0);
  expect([clock.now(), clock.dormeurs()]).toEqual([0, 1]);
  await clock.avancer(2000);
  await sommeil;
});
