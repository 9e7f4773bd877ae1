import { describe, expect, test } from 'vitest';
import {
  ajouter,
  delaiBudgetaire,
  delaiDefere,
  delaiFranc,
  delaiSuspension,
  limiteTransmission,
  refusImplicite,
} from '../../../src/metier/calendrier/delais.ts';
import { j } from './decor.ts';

describe('from quantième to quantième (CPC, art. 641)', () => {
  test.each([
    ['2026-01-13', 2, '2026-03-13'],
    ['2025-12-31', 2, '2026-02-28'],
    ['2027-12-31', 2, '2028-02-29'],
    ['2027-12-30', 2, '2028-02-29'],
    ['2026-12-29', 2, '2027-02-28'],
    ['2026-07-31', 2, '2026-09-30'],
    ['2026-12-31', 1, '2027-01-31'],
    ['2026-02-28', 2, '2026-04-28'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2099-12-31', 2, '2100-02-28'],
  ])('%s + %i months = %s', (depart, mois, attendu) => {
    expect(ajouter(j(depart), { mois })).toBe(attendu);
  });
});

describe('délai franc, carried over to a working day (CE, 19 September 2014, n° 362568)', () => {
  test.each([
    ['the day after the term', '2026-02-02', '2026-04-03', '2026-04-03'],
    ['quoted by practitioners: received on 12 November 2024', '2024-11-12', '2025-01-13', '2025-01-13'],
    ['quoted by practitioners: notified on 1 October 2021', '2021-10-01', '2021-12-02', '2021-12-02'],
    ['a Saturday: Monday', '2026-01-13', '2026-03-14', '2026-03-16'],
    ['a Sunday: Monday', '2026-01-14', '2026-03-15', '2026-03-16'],
    ['end of a short month, then a Sunday', '2025-12-31', '2026-03-01', '2026-03-02'],
    ['end of February in a leap year', '2027-12-31', '2028-03-01', '2028-03-01'],
    ['1 May, then a week-end', '2026-02-28', '2026-04-29', '2026-04-29'],
    ['1 May, a Friday', '2026-03-01', '2026-05-02', '2026-05-04'],
    ['Ascension, then its Friday, which is worked', '2026-03-13', '2026-05-14', '2026-05-15'],
    ['Whit Monday', '2026-03-23', '2026-05-24', '2026-05-26'],
    ['Easter: Sunday and Monday', '2026-02-03', '2026-04-04', '2026-04-07'],
  ])('two months, %s', (...[, depart, terme, fin]) => {
    expect(delaiDefere(j(depart), 'metropole')).toEqual({ fin, terme });
  });

  test('one month, the case judged by the Conseil d’État on 24 October 2019: 15 May to Monday 18 June 2018', () => {
    expect(delaiFranc(j('2018-05-15'), { mois: 1 }, 'metropole')).toEqual({
      fin: '2018-06-18',
      terme: '2018-06-16',
    });
  });

  test.each([
    ['2024-10-25', 'metropole', '2024-12-26'],
    ['2024-10-25', 'alsace_moselle', '2024-12-27'],
    ['2026-02-02', 'alsace_moselle', '2026-04-07'],
    ['2024-10-19', 'metropole', '2024-12-20'],
    ['2024-10-19', 'reunion', '2024-12-23'],
    ['2026-07-23', 'nouvelle_caledonie', '2026-09-25'],
  ] as const)('received on %s in %s: until %s', (depart, territoire, fin) => {
    expect(delaiDefere(j(depart), territoire).fin).toBe(fin);
  });
});

describe('other délais', () => {
  test.each([
    ['February is short: thirty days end later', '2026-01-30', '2026-03-02', '2026-03-02'],
    ['a month of 31 days ends later', '2026-07-01', '2026-08-02', '2026-08-03'],
    ['a month of 30 days: the same', '2026-06-01', '2026-07-02', '2026-07-02'],
  ])('budget, thirty days or a month (CGCT, L. 1612-5): %s', (...[, depart, terme, fin]) => {
    expect(delaiBudgetaire(j(depart), 'metropole')).toEqual({ fin, terme });
  });

  test('suspension, ten days (CGCT, L. 2131-6)', () => {
    expect(delaiSuspension(j('2026-01-13'), 'metropole')).toEqual({ fin: '2026-01-26', terme: '2026-01-24' });
  });

  test('an individual decision, fifteen days, counted strictly (CGCT, L. 2131-2, II)', () => {
    expect(limiteTransmission(j('2026-01-02'))).toBe('2026-01-17');
  });

  test('silence, two months, born on a Sunday all the same (CJA, R. 421-2)', () => {
    expect(refusImplicite(j('2026-01-01'))).toBe('2026-03-01');
    expect(refusImplicite(j('2026-12-31'))).toBe('2027-02-28');
  });
});
