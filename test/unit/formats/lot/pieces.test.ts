import { describe, expect, test } from 'vitest';
import { absente, cleDeNom, DEHORS, lireChemin } from '../../../../src/formats/lot/pieces.ts';

/** Paths that a manifest names. */

describe('a path written by a person or another system', () => {
  test.each([
    ['sous\\a.pdf', 'sous/a.pdf'],
    ['./sous//a.pdf', 'sous/a.pdf'],
    ['sous/../a.pdf', 'a.pdf'],
    ['de\u0301lib.pdf', 'd\u00e9lib.pdf'],
    ['annexe b:3.pdf', 'annexe b:3.pdf'],
    ['a..pdf', 'a..pdf'],
    ['..a.pdf', '..a.pdf'],
    ['sous/..a', 'sous/..a'],
    ['suite..', 'suite..'],
  ])('« %s » → « %s »', (brut, attendu) => {
    expect(lireChemin(brut)).toBe(attendu);
  });

  test.each(['../a.pdf', '..', 'x/../..', '/a.pdf', '\\a.pdf', 'C:\\a.pdf', 'c:a.pdf', 'a\0.pdf'])(
    '« %s » leads out',
    (brut) => {
      expect(lireChemin(brut)).toBe(DEHORS);
    },
  );
});

test('names that differ by what some systems do not see are one', () => {
  expect(cleDeNom('DÉLIB.pdf')).toBe(cleDeNom('de\u0301lib.PDF'));
  expect(cleDeNom('delib.pdf')).toBe('delib.pdf');
  expect(cleDeNom('ç1')).not.toBe(cleDeNom('c2'));
});

test('an absent file is told with what to do', () => {
  expect(absente(undefined).remede).toContain('Le joindre');
  expect(absente('Plan.PDF').remede).toContain('« Plan.PDF »');
});
