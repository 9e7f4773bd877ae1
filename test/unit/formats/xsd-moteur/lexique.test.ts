import { describe, expect, test } from 'vitest';
import { bilan, codes, restriction, typeDe } from './essais.ts';

/** Those that are refused, among the values given to an element of this type. */
const refuses = (type: string, valeurs: readonly string[]): string[] => {
  const s = typeDe(type);
  return valeurs.filter((v) => codes(s, `<e>${v}</e>`).length > 0);
};

describe('XSD Datatypes 3: every way of writing a value, and what comes close', () => {
  const cas: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'decimal',
      ['12.34', '.05', '+0.5', '-12', '007'],
      ['+', '-.', '1..2', 'a1', '1a', '1.5.2', '+-1', 'INF'],
    ],
    ['integer', ['12', '+12', '-12'], ['1a', 'a1', '+', '-', '.0', '1 2']],
    ['boolean', ['true', 'false', '1', '0'], ['True', 'FALSE', '01', 'oui', '-1']],
    [
      'double',
      ['12', '12.', '12.25E+10', '-12.25e-10', '+1e12', '.25', '.25e1', '1e400', 'NaN', '-INF'],
      ['e5', '1e', '1e+', '1.5.2', '--1', '+NaN', '-NaN', 'xINF', 'INFx', '1x', 'x1', '.', '1e1.5', '1 e1'],
    ],
    ['hexBinary', ['00', 'aAfF09'], ['000', '0x00', 'fg', 'g0', '0é']],
    [
      'language',
      ['f', 'abcdefgh', 'fr-FR', 'x-12345678', 'fr-a-1'],
      ['fr-', '-fr', '1', 'fr-123456789', 'é'],
    ],
    [
      'NCName',
      ['a', '_', 'À', 'Ā', 'Ⰰ', '一', '豈', 'ﷰ', '𐀀', 'a-b.c_1', 'a·', 'à\u0300'],
      ['×', 'a×', '÷', '-a', '.a', '1a', '·a', '\u0300a', 'a b', ':a', 'a:', 'a;'],
    ],
    ['Name', ['a', ':', 'a:b:c', ':a', 'a-1', '_.'], ['-a', '1', '.', 'a b', '', 'a;']],
    ['NMTOKEN', ['-', '.', '1', ':', 'a:b', '·'], ['a;', 'a/b', 'a b']],
    [
      'anyURI',
      [
        'a',
        'a/b:c',
        '/',
        '/a//b/',
        '//h',
        '//h/a',
        '?a/b?c',
        '#a/b?c',
        './a:b',
        'urn:',
        'a+b-c.1:/d',
        'mailto:a@b.fr',
        'http://u:p@h.fr:8080/a?b#c',
        'http://u%40v@h',
        'http://[::1]:80/',
        'http://h:',
        'a%41',
        'file:///a b',
        'http://é.fr/«»',
        'a{b}|c\\^`"',
        'a;b=c,d',
      ],
      [
        '1a:b',
        ':a',
        'é:a',
        'a%4',
        'a%4g',
        '%',
        'a%é41',
        'http://h:80a/',
        'http://[::1',
        'a#b#c',
        'a[b]',
        'http://u@v@h',
      ],
    ],
  ];
  test.each(cas)('xs:%s', (type, bons, mauvais) => {
    expect(refuses(`x:${type}`, bons)).toEqual([]);
    expect(refuses(`x:${type}`, mauvais)).toEqual(mauvais);
  });

  test('QName: one colon at most, a name on each side (3.2.18)', () => {
    const s = typeDe('x:QName');
    const lu = (v: string) => codes(s, `<e xmlns:a="urn:a">${v}</e>`);
    expect(['a:b', 'b', 'À.1'].map(lu)).toEqual([[], [], []]);
    expect(['a:b:c', ':b', 'a:', '1', 'a:1', ''].flatMap(lu)).toHaveLength(6);
  });

  test('base64Binary in an attribute, which is judged in one go: same writings as in an element', () => {
    const s = typeDe(
      '<x:complexType><x:attribute name="b"><x:simpleType><x:restriction base="x:base64Binary"/></x:simpleType></x:attribute></x:complexType>',
    );
    const lu = (v: string) => codes(s, `<e b="${v}"/>`);
    expect(['', 'QUJD', 'QUI=', 'QQ==', '+/+/', ' QU  JD ', 'QUJDQUI='].flatMap(lu)).toEqual([]);
    const mauvais = [
      'Q',
      'QQ',
      'QUJ',
      'QUJ=',
      'QR==',
      'QQ=',
      'Q===',
      '=',
      '====',
      'QU-D',
      'QQ==QQ==',
      '-UI=',
      '-Q==',
      'QUI=Q',
      'QQUI=',
    ];
    expect(mauvais.filter((v) => lu(v).length === 0)).toEqual([]);
  });

  test.each([
    ['decimal', 'x', 'un nombre décimal (le séparateur décimal est le point)'],
    ['integer', 'x', 'un nombre entier'],
    ['boolean', 'x', '« true », « false », « 1 » ou « 0 »'],
    ['date', 'x', 'une date (AAAA-MM-JJ)'],
    ['dateTime', 'x', 'une date et une heure (AAAA-MM-JJThh:mm:ss)'],
    ['time', 'x', 'une heure (hh:mm:ss)'],
    ['gYear', 'x', 'une année (AAAA)'],
    ['gYearMonth', 'x', 'une année et un mois (AAAA-MM)'],
    ['gMonth', 'x', 'un mois (--MM)'],
    ['gMonthDay', 'x', 'un mois et un jour (--MM-JJ)'],
    ['gDay', 'x', 'un jour (---JJ)'],
    ['duration', 'x', 'une durée (P1Y2M3DT4H5M6S)'],
    ['float', 'x', 'un nombre à virgule flottante (le séparateur décimal est le point)'],
    ['hexBinary', 'x', 'des octets en hexadécimal'],
    ['anyURI', '%', 'une adresse (URI)'],
    ['language', '%', 'un code de langue'],
    ['Name', '%', 'un nom XML'],
    ['NCName', '%', 'un nom XML sans deux-points'],
    ['NMTOKEN', '%', 'un mot sans espace (lettres, chiffres, . - _ :)'],
    ['QName', '%', 'un nom qualifié'],
    ['QName', 'a:b', 'un préfixe déclaré'],
    ['ID', '%', 'un identifiant (commence par une lettre ou « _ », sans espace)'],
    ['IDREF', '%', 'la référence d’un identifiant du fichier'],
    ['NMTOKENS', 'a %', 'une liste dont chaque mot est un mot sans espace (lettres, chiffres, . - _ :)'],
    ['unsignedByte', '256', 'au plus 255'],
    ['positiveInteger', '0', 'au moins 1'],
  ])('what xs:%s expects is told in French', (type, valeur, attendu) => {
    expect(bilan(typeDe(`x:${type}`), `<e>${valeur}</e>`).constats[0]?.attendu).toBe(attendu);
  });
});

describe('XSD Datatypes 4.3.7 to 4.3.10: order', () => {
  const cas: readonly (readonly [string, string, string, readonly string[], readonly string[]])[] = [
    ['decimal', 'minInclusive', '-1.5', ['-1.5', '-1.50', '0', '2'], ['-1.51', '-2']],
    [
      'decimal',
      'minExclusive',
      '0.1',
      ['0.10000000000000001', '1'],
      ['0.1', '0.10', '0.09999999999999999999'],
    ],
    ['decimal', 'maxExclusive', '0.10000000000000001', ['0.1', '-1'], ['0.10000000000000001', '0.2']],
    [
      'decimal',
      'maxInclusive',
      '9007199254740992',
      ['9007199254740992.0', '9007199254740991'],
      ['9007199254740993', '10000000000000000000'],
    ],
    [
      'decimal',
      'minInclusive',
      '9007199254740993',
      ['9007199254740993', '90071992547409930'],
      ['9007199254740992', '-9007199254740993', '5'],
    ],
    [
      'decimal',
      'maxInclusive',
      '-9007199254740993',
      ['-9007199254740993', '-9007199254740994', '-10000000000000000'],
      ['-9007199254740992', '9007199254740993', '-999999999999999', '0'],
    ],
    [
      'integer',
      'maxExclusive',
      '100000000000000000',
      ['99999999999999999', '-100000000000000000'],
      ['100000000000000000', '100000000000000001'],
    ],
    ['double', 'maxInclusive', '10', ['9', '1e1', '-INF'], ['11', 'INF', 'NaN', '10.5']],
    ['double', 'minExclusive', '-1', ['0', '-0.5', 'INF'], ['-1', '-2', 'NaN', '-INF']],
    ['double', 'maxInclusive', 'INF', ['INF', '1e300', '-INF'], ['NaN']],
    ['double', 'maxExclusive', 'INF', ['1e300', '-INF'], ['INF', 'NaN']],
    ['double', 'minInclusive', 'NaN', ['NaN'], ['0', 'INF', '-INF']],
    ['float', 'maxInclusive', '16777216', ['16777217', '16777216'], ['16777218']],
    [
      'date',
      'minInclusive',
      '2026-03-01',
      ['2026-03-01', '2026-12-01', '10000-01-01', '2026-03-02Z'],
      ['2026-02-28', '-2026-03-01', '2026-03-01Z'],
    ],
    ['date', 'minExclusive', '2026-03-01', ['2026-03-02'], ['2026-03-01']],
    [
      'dateTime',
      'maxExclusive',
      '2026-01-01T00:00:00Z',
      ['2025-12-31T23:59:59.999Z', '2025-12-31T09:59:59'],
      ['2026-01-01T01:00:00+01:00', '2025-12-31T10:00:00', '2026-01-01T14:00:01'],
    ],
    [
      'dateTime',
      'minInclusive',
      '2026-01-01T00:00:00',
      ['2026-01-01T00:00:00', '2026-01-01T14:00:01Z'],
      ['2026-01-01T14:00:00Z', '2025-12-31T00:00:00Z'],
    ],
    ['time', 'minInclusive', '10:00:00', ['10:00:00', '10:00:00.5'], ['09:59:59.9']],
    ['gYear', 'maxInclusive', '2026', ['2026', '1900', '-2026'], ['2027']],
    ['gYearMonth', 'maxInclusive', '2026-02', ['2026-02', '2026-01', '2025-12'], ['2026-03', '2027-01']],
    ['gMonthDay', 'maxInclusive', '--02-28', ['--02-28', '--01-31'], ['--02-29', '--03-01']],
    ['gMonth', 'maxInclusive', '--06', ['--06', '--01'], ['--07']],
    ['gDay', 'maxInclusive', '---15', ['---15', '---01'], ['---16']],
  ];
  test.each(cas)('xs:%s %s %s', (...[type, facette, borne, bons, mauvais]) => {
    const borne1 = restriction(`x:${type}`, [facette, borne]);
    expect(refuses(borne1, bons)).toEqual([]);
    expect(refuses(borne1, mauvais)).toEqual(mauvais);
  });

  test.each([
    ['minInclusive', '2', '1', 'au moins 2'],
    ['minExclusive', '2', '2', 'plus de 2'],
    ['maxInclusive', '2', '3', 'au plus 2'],
    ['maxExclusive', '2', '2', 'moins de 2'],
  ])('%s: what is expected is told', (...[facette, borne, valeur, attendu]) => {
    const s = typeDe(restriction('x:int', [facette, borne]));
    expect(bilan(s, `<e>${valeur}</e>`).constats[0]?.attendu).toBe(attendu);
  });

  test('a million zeros after the point cost no more than a reading of them', () => {
    const s = typeDe(restriction('x:decimal', ['fractionDigits', '2'], ['maxInclusive', '1']));
    const debut = performance.now();
    const long = (fin: string) => codes(s, `<e>0.${'0'.repeat(900_000)}${fin}</e>`);
    expect([long(''), long('1')]).toEqual([[], ['XSD-007']]);
    expect(performance.now() - debut).toBeLessThan(2000);
  });
});

describe('XSD Datatypes 4.3.1 to 4.3.3: length, in the unit of the type', () => {
  test.each([
    ['hexBinary', '2', ['00ff'], ['00', '00ff00', '00f']],
    ['base64Binary', '1', ['QQ==', ' Q Q = = '], ['', 'QUI=', 'QUJD']],
    ['base64Binary', '2', ['QUI='], ['QQ==', 'QUJD']],
    ['base64Binary', '4', ['QUJDRA=='], ['QUJD', 'QUJDQUI=']],
    ['anyURI', '3', ['u:/'], ['u:', 'u:/a']],
    ['NMTOKENS', '2', ['a b', ' abc\n d '], ['ab', 'a b c']],
  ])('xs:%s of length %s, in an element and in an attribute', (...[type, n, bons, mauvais]) => {
    const simple = restriction(`x:${type}`, ['length', n]);
    expect(refuses(simple, bons)).toEqual([]);
    expect(refuses(simple, mauvais)).toEqual(mauvais);
    const s = typeDe(`<x:complexType><x:attribute name="a">${simple}</x:attribute></x:complexType>`);
    const lu = (v: string) => codes(s, `<e a="${v}"/>`).length > 0;
    expect([...bons, ...mauvais].filter(lu)).toEqual(mauvais);
  });

  test.each([
    ['string', 'length', '2', 'a', 'exactement 2 caractères (ici 1)'],
    ['string', 'minLength', '1', '', 'au moins 1 caractère (ici 0)'],
    ['token', 'maxLength', '2', 'abc', 'au plus 2 caractères (ici 3)'],
    ['hexBinary', 'length', '1', '', 'exactement 1 octet (ici 0)'],
    ['hexBinary', 'maxLength', '2', '00ff00', 'au plus 2 octets (ici 3)'],
    ['base64Binary', 'minLength', '2', 'QQ==', 'au moins 2 octets (ici 1)'],
    ['NMTOKENS', 'maxLength', '1', 'a b', 'au plus 1 mot (ici 2)'],
    ['NMTOKENS', 'minLength', '3', 'a b', 'au moins 3 mots (ici 2)'],
    ['decimal', 'totalDigits', '3', '12.34', 'au plus 3 chiffres en tout (ici 4)'],
    ['decimal', 'fractionDigits', '1', '1.230', 'au plus 1 chiffre après le point (ici 2)'],
  ])(
    'xs:%s, %s %s: what is expected is told, and what is there',
    (...[type, facette, n, valeur, attendu]) => {
      const s = typeDe(restriction(`x:${type}`, [facette, n]));
      expect(bilan(s, `<e>${valeur}</e>`).constats[0]?.attendu).toBe(attendu);
    },
  );
});
