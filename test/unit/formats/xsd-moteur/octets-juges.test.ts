import { describe, expect, test } from 'vitest';
import type { Juge } from '../../../../src/formats/xsd/juges.ts';
import { OctetsJuges } from '../../../../src/formats/xsd/octets-juges.ts';
import { schema, un } from './essais.ts';

const s = schema(['int', 'date', 'ID'].map((t) => un(t, ` type="x:${t}"`)).join(''));
const [INT, DATE, ID] = s.elements.map((e) => e.type.juge) as [Juge, Juge, Juge];

/** Asks once, and keeps what is not known, as one does of a value that was judged and is right. */
function demander(memoire: OctetsJuges, juge: Juge, valeur: string): boolean {
  const octets = Buffer.from(`..${valeur}.`);
  memoire.montrer(octets, 2, octets.length - 1);
  const connu = memoire.connu(juge);
  if (!connu) memoire.retenir();
  return connu;
}
/** Until values are worth keeping. */
function habituer(memoire: OctetsJuges, juge: Juge): void {
  for (let k = 0; k < 16; k += 1) expect(demander(memoire, juge, 'a')).toBe(false);
}

describe('values that a type accepted are known again, as bytes', () => {
  test('once the type was met sixteen times', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    expect([demander(memoire, INT, 'a'), demander(memoire, INT, 'a')]).toEqual([false, true]);
  });

  test('only those that were kept', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    const octets = Buffer.from('12');
    memoire.montrer(octets, 0, 2);
    expect([memoire.connu(INT), memoire.connu(INT)]).toEqual([false, false]);
    memoire.retenir();
    expect(memoire.connu(INT)).toBe(true);
  });

  test('by each type for itself', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    habituer(memoire, DATE);
    demander(memoire, INT, '2026');
    expect([demander(memoire, DATE, '2026'), demander(memoire, INT, '2026')]).toEqual([false, true]);
  });

  test('whole: neither a beginning, nor another of the same length, nor the same letters in another order', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    demander(memoire, INT, '1234');
    for (const autre of ['123', '12345', '1235', '4321', '2134', ''])
      expect([autre, demander(memoire, INT, autre)]).toEqual([autre, false]);
  });

  test('never one that was not kept, however many were', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    const mille = (lettre: string) => Array.from({ length: 1000 }, (_, k) => `${lettre}${k}`);
    for (const v of mille('a')) demander(memoire, INT, v);
    const connus = mille('b').filter((v) => {
      const octets = Buffer.from(v);
      memoire.montrer(octets, 0, octets.length);
      return memoire.connu(INT);
    });
    expect(connus).toEqual([]);
  });

  test('many at a time, of one byte to thirty-one; longer or empty ones never', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    const valeurs = Array.from({ length: 31 }, (_, k) => 'x'.repeat(k + 1));
    for (const v of valeurs) demander(memoire, INT, v);
    expect(valeurs.filter((v) => demander(memoire, INT, v)).length).toBeGreaterThan(25);
    for (const v of ['', 'x'.repeat(32), 'x'.repeat(60)]) {
      demander(memoire, INT, v);
      expect(demander(memoire, INT, v)).toBe(false);
    }
  });

  test('never of a type whose values act beyond themselves', () => {
    const memoire = new OctetsJuges();
    for (let k = 0; k < 40; k += 1) expect(demander(memoire, ID, 'a')).toBe(false);
  });

  test('nothing is kept of what may not be, even right after what was', () => {
    const memoire = new OctetsJuges();
    habituer(memoire, INT);
    demander(memoire, INT, '12');
    demander(memoire, INT, 'x'.repeat(40));
    demander(memoire, ID, '13');
    expect([demander(memoire, INT, '12'), demander(memoire, INT, '13')]).toEqual([true, false]);
  });
});
