import { describe, expect, test } from 'vitest';
import { codes, restriction, typeDe } from './essais.ts';

const refuses = (type: string, valeurs: readonly string[]): string[] => {
  const s = typeDe(type);
  return valeurs.filter((v) => codes(s, `<e>${v}</e>`).length > 0);
};

/** Whether two writings stand for the same value of a type. */
const egales = (type: string, a: string, b: string): boolean =>
  refuses(restriction(`x:${type}`, ['enumeration', a]), [b]).length === 0;

describe('XSD Datatypes 3.2.7 to 3.2.14: dates and times', () => {
  const cas: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'date',
      [
        '2026-01-31',
        '2026-04-30',
        '2026-12-31',
        '1600-02-29',
        '-2026-01-01',
        '2026-01-01-14:00',
        '2026-01-01+13:59',
      ],
      [
        '2026-00-10',
        '2026-01-00',
        '2026-06-31',
        '2026-09-31',
        '2026-11-31',
        '2026-01-32',
        '2100-02-29',
        '2026-01-01+13:60',
        '2026-01-01-14:01',
        '2026-01-01+15:00',
        '2026-01-01z',
        '2026-01-01+1:00',
        'x2026-01-01',
        '2026-01-01x',
        '+2026-01-01',
        '-0000-01-01',
      ],
    ],
    [
      'time',
      ['00:00:00', '23:59:59', '24:00:00.0', '10:20:30.5Z', '10:20:30+05:30'],
      [
        '24:00:00.5',
        '24:00:01',
        '24:01:00',
        '10:60:00',
        '10:20:60',
        '1:00:00',
        '10:20:30,5',
        'x10:20:30',
        '10:20:30x',
      ],
    ],
    ['gYear', ['-0044', '12026'], ['', '2026-01', 'x2026', '202']],
    ['gYearMonth', ['2026-12Z', '-0044-03'], ['2026-00', '2026-1', '2026-01-01']],
    ['gMonth', ['--01', '--12+02:00'], ['--00', '01', '-01', '--1', '--01--']],
    ['gMonthDay', ['--01-31', '--04-30Z'], ['--04-31', '--00-01', '--01-00', '-01-01', '01-01']],
    ['gDay', ['---01', '---31Z'], ['--01', '---1', '01', '---001']],
    [
      'duration',
      ['P12Y', 'P12M', 'P12D', 'PT12H', 'PT12M', 'PT12.25S', '-P1Y2M3DT4H5M6S', 'P0D'],
      [
        '',
        '-',
        'P-1Y',
        '+P1Y',
        'xP1Y',
        'P1Yx',
        'P1M1Y',
        'PT1M1H',
        'PT.5S',
        'PT1.S',
        'P1.5Y',
        'P1DT',
        'p1y',
        'P1Y 1',
      ],
    ],
  ];
  test.each(cas)('xs:%s: the fields within their ranges, and nothing else', (type, bons, mauvais) => {
    expect(refuses(`x:${type}`, bons)).toEqual([]);
    expect(refuses(`x:${type}`, mauvais)).toEqual(mauvais);
  });

  test.each([
    ['2026-02-01', '2026-01-31'],
    ['2026-03-01', '2026-02-28'],
    ['2024-03-01', '2024-02-29'],
    ['1900-03-01', '1900-02-28'],
    ['2000-03-01', '2000-02-29'],
    ['2026-04-01', '2026-03-31'],
    ['2026-05-01', '2026-04-30'],
    ['2026-06-01', '2026-05-31'],
    ['2026-07-01', '2026-06-30'],
    ['2026-08-01', '2026-07-31'],
    ['2026-09-01', '2026-08-31'],
    ['2026-10-01', '2026-09-30'],
    ['2026-11-01', '2026-10-31'],
    ['2026-12-01', '2026-11-30'],
    ['2027-01-01', '2026-12-31'],
    ['2001-01-01', '2000-12-31'],
    ['10000-01-01', '9999-12-31'],
    ['-0043-01-01', '-0044-12-31'],
  ])('midnight of %s one hour east is 23:00 of %s', (jour, veille) => {
    expect(egales('dateTime', `${jour}T00:00:00+01:00`, `${veille}T23:00:00Z`)).toBe(true);
    expect(egales('dateTime', `${veille}T23:00:00-01:00`, `${jour}T00:00:00Z`)).toBe(true);
  });

  test('minutes of a zone count, east and west', () => {
    expect(egales('time', '10:00:00+05:30', '04:30:00Z')).toBe(true);
    expect(egales('time', '10:00:00-05:30', '15:30:00Z')).toBe(true);
    expect(egales('time', '10:00:00+00:00', '10:00:00Z')).toBe(true);
    expect(egales('time', '10:00:00.25Z', '10:00:00.250Z')).toBe(true);
    expect(egales('time', '10:00:00.25Z', '10:00:00.2Z')).toBe(false);
    expect(egales('time', '10:20:30Z', '10:30:20Z')).toBe(false);
  });

  test.each([
    [
      'gYear',
      ['-10000', '-2026', '-0001', '0001', '0399', '0400', '0401', '1600', '1999', '2000', '2026', '12000'],
    ],
    [
      'date',
      ['1999-12-31', '2000-01-01', '2000-02-29', '2000-03-01', '2000-12-31', '2001-01-01', '2400-02-29'],
    ],
  ])('xs:%s: each comes before the next', (type, suite) => {
    for (const [k, borne] of suite.entries()) {
      expect(refuses(restriction(`x:${type}`, ['maxInclusive', borne]), suite)).toEqual(suite.slice(k + 1));
    }
  });

  test('a zone missing on one side: in order beyond fourteen hours, undetermined within (3.2.7.4)', () => {
    const borne = restriction('x:dateTime', ['minInclusive', '2026-01-01T00:00:00Z']);
    expect(refuses(borne, ['2026-01-01T14:00:00', '2026-01-01T14:00:00.1', '2025-12-31T09:00:00'])).toEqual([
      '2026-01-01T14:00:00',
      '2025-12-31T09:00:00',
    ]);
  });
});

describe('XSD Datatypes 3.2.6: durations are months and seconds', () => {
  test.each([
    ['P1Y2M', 'P14M', true],
    ['P1D', 'PT24H', true],
    ['PT1H', 'PT60M', true],
    ['PT1M', 'PT60S', true],
    ['P1DT2H3M4.5S', 'PT93784.5S', true],
    ['-P1Y', '-P12M', true],
    ['P0Y', '-PT0S', true],
    ['P1MT1S', 'PT0S', false],
    ['P1M', 'P30D', false],
    ['P1M', 'PT1M', false],
    ['P1M', '-P1M', false],
    ['PT1S', '-PT1S', false],
  ])('%s, %s: equal? %s', (a, b, attendu) => expect(egales('duration', a, b)).toBe(attendu));
});
