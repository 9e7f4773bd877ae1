import { describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { lireFluxId } from '../../../src/metier/identifiants.ts';

const T = Date.UTC(2026, 10, 20);

describe.each([
  ['system', creerRandomSysteme],
  ['fake', creerFakeRandom],
] as const)('random: %s', (_nom, creer) => {
  test('identifiers are UUIDv7 of the clock (RFC 9562 § 5.7), strictly increasing within a millisecond', () => {
    const random = creer(creerFakeClock(T));
    const ids = Array.from({ length: 10_000 }, () => random.uuid());
    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(lireFluxId(ids[0] ?? '')).toBe(ids[0]);
    expect(Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16)).toBe(T);
  });

  test('a clock set back does not take identifiers back', () => {
    const clock = creerFakeClock(T);
    const random = creer(clock);
    const avant = random.uuid();
    clock.regler(T - 3_600_000);
    expect(random.uuid() > avant).toBe(true);
  });

  test('hexadecimal of the length asked, fractions in [0, 1)', () => {
    const random = creer(creerFakeClock(T));
    expect(random.hex(16)).toMatch(/^[0-9a-f]{32}$/);
    const fractions = Array.from({ length: 1000 }, () => random.fraction());
    expect(fractions.every((f) => f >= 0 && f < 1)).toBe(true);
    expect(Math.max(...fractions) - Math.min(...fractions)).toBeGreaterThan(0.9);
  });
});

const suite = (graine: number) => {
  const random = creerFakeRandom(creerFakeClock(T), graine);
  return [random.uuid(), random.hex(4), random.fraction()];
};

test('fake: same seed, same sequence; another seed, another one', () => {
  expect(suite(1)).toEqual(suite(1));
  expect(suite(1)).not.toEqual(suite(2));
});
