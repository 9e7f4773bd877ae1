import { describe, expect, test } from 'vitest';
import { compilerMotif } from '../../../../src/formats/xsd/motif.ts';
import { bilan, codes, restriction, schema, typeDe } from './essais.ts';

const juger = (type: string, valeurs: readonly string[]): boolean[] => {
  const s = typeDe(type);
  return valeurs.map((v) => codes(s, `<e>${v}</e>`).length === 0);
};
const tous = (valeurs: readonly string[], attendu: boolean): boolean[] => valeurs.map(() => attendu);

describe('XSD Datatypes 3: what is written in each predefined type', () => {
  const cas: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['string', ['', ' a\n'], []],
    ['decimal', ['1', '-1.50', '+.5', '1.', ' 2 '], ['', '.', '1,5', '1e3', '--1', '1 2']],
    ['integer', ['0', '-00', '+99999999999999999999'], ['1.0', '', 'a', '1.']],
    ['int', ['-2147483648', '2147483647'], ['2147483648', '-2147483649']],
    ['long', ['9223372036854775807'], ['9223372036854775808']],
    ['unsignedLong', ['18446744073709551615', '0'], ['18446744073709551616', '-1']],
    ['unsignedByte', ['255'], ['256', '-1']],
    ['positiveInteger', ['1', '+01'], ['0', '-1']],
    ['nonNegativeInteger', ['0', '-0'], ['-1']],
    ['negativeInteger', ['-1'], ['0']],
    ['boolean', ['true', 'false', '0', '1', ' 1 '], ['TRUE', '2', '']],
    [
      'date',
      ['2024-02-29', '2000-02-29', '12026-01-01', '-0044-03-15', '2026-01-01+14:00', '2026-01-01Z'],
      [
        '2023-02-29',
        '1900-02-29',
        '2026-13-01',
        '2026-04-31',
        '26-01-01',
        '02026-01-01',
        '0000-01-01',
        '2026-01-01+14:01',
        '2026-1-1',
      ],
    ],
    [
      'dateTime',
      ['2026-01-01T24:00:00', '2026-01-01T23:59:59.999Z'],
      [
        '2026-01-01',
        '2026-01-01T24:00:01',
        '2026-01-01T23:60:00',
        '2026-01-01T23:59:60',
        '2026-01-01t10:00:00',
      ],
    ],
    ['time', ['10:20:30', '24:00:00'], ['25:00:00', '10:20', '10:20:30.']],
    ['gYear', ['2026', '2026Z'], ['26', '0000', '02026']],
    ['gYearMonth', ['2026-04'], ['2026-13', '2026']],
    ['gMonthDay', ['--02-29', '--12-31'], ['--02-30', '--13-01']],
    ['gDay', ['---31'], ['---32', '---00']],
    ['gMonth', ['--12'], ['--13']],
    ['duration', ['P1Y', '-P1DT2H', 'PT0.5S'], ['P', 'P1YT', '1Y', 'PT', 'P1S']],
    ['double', ['1.5e-3', 'INF', '-INF', 'NaN', '.5'], ['+INF', 'inf', '1e', '']],
    [
      'base64Binary',
      ['', 'QUJD', 'QUI=', 'QQ==', 'QU JD\n'],
      ['QUJ', 'QUJ=', 'QR==', 'QUJD=', 'Q===', 'QU-D', 'QQ==QQ=='],
    ],
    ['hexBinary', ['', '0aFF'], ['0', '0g', '0a 0b']],
    ['anyURI', ['', 'http://a.fr/b?c#d', 'urn:x:y', '../a', 'é à'], ['a:b%zz', '#a#b', ':a']],
    ['language', ['fr', 'fr-FR'], ['', 'fr_FR', 'abcdefghi']],
    ['NCName', ['_a', 'é.1'], ['1a', 'a:b', '']],
    ['NMTOKEN', ['1a:b'], ['a b', '']],
    ['NMTOKENS', ['a b'], ['', '@']],
    ['token', ['a b', ''], []],
  ];
  test.each(cas)('xs:%s', (type, bons, mauvais) => {
    expect(juger(`x:${type}`, bons)).toEqual(tous(bons, true));
    expect(juger(`x:${type}`, mauvais)).toEqual(tous(mauvais, false));
  });

  test('QName: its prefix must be bound (3.2.18)', () => {
    const s = typeDe('x:QName');
    expect(codes(s, '<e xmlns:a="urn:a">a:b</e>')).toEqual([]);
    expect(codes(s, '<e>a:b</e>')).toEqual(['XSD-007']);
  });
});

describe('XSD Datatypes 4.3: facets', () => {
  const cas: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    [
      'length counts characters, not bytes',
      restriction('x:string', ['length', '3']),
      ['abc', 'é€𝄞'],
      ['ab', 'abcd'],
    ],
    [
      'length of base64 counts bytes',
      restriction('x:base64Binary', ['maxLength', '3']),
      ['QUJD'],
      ['QUJDRA=='],
    ],
    [
      'length is counted after white space',
      restriction('x:token', ['maxLength', '3']),
      ['  a b  '],
      ['a b c'],
    ],
    [
      'totalDigits and fractionDigits ignore zeros without value',
      restriction('x:decimal', ['totalDigits', '3'], ['fractionDigits', '1']),
      ['012.50', '-99.9'],
      ['1.25', '1234'],
    ],
    [
      'bounds compare exactly, far beyond floating point',
      restriction('x:decimal', ['maxInclusive', '99999999999999999999.5']),
      ['99999999999999999999.50'],
      ['99999999999999999999.51'],
    ],
    [
      'exclusive bounds',
      restriction('x:integer', ['minExclusive', '0'], ['maxExclusive', '3']),
      ['1', '2'],
      ['0', '3'],
    ],
    [
      'bounds of dates; a missing zone within 14 hours is undetermined',
      restriction('x:date', ['maxInclusive', '2026-04-01Z']),
      ['2026-03-01', '2026-04-01Z'],
      ['2026-04-01', '2026-05-01'],
    ],
    [
      'enumeration compares values',
      restriction('x:decimal', ['enumeration', '1.0'], ['enumeration', '2']),
      ['1', '1.00', '+2'],
      ['3'],
    ],
    [
      'enumeration of text compares after white space',
      restriction('x:token', ['enumeration', 'a b']),
      [' a  b '],
      ['ab'],
    ],
    [
      'patterns of one step are alternatives',
      restriction('x:string', ['pattern', 'a+'], ['pattern', 'b']),
      ['aa', 'b'],
      ['ab', ''],
    ],
    [
      'whiteSpace replace',
      restriction('x:string', ['whiteSpace', 'replace'], ['pattern', 'a b']),
      ['a\tb'],
      ['a  b'],
    ],
  ];
  test.each(cas)('%s', (...[, type, bons, mauvais]) => {
    expect(juger(type, bons)).toEqual(tous(bons, true));
    expect(juger(type, mauvais)).toEqual(tous(mauvais, false));
  });

  test('patterns of successive steps add up', () => {
    const s = schema(
      '<x:simpleType name="A"><x:restriction base="x:string"><x:pattern value="[a-z]*"/></x:restriction></x:simpleType>' +
        `<x:element name="e">${restriction('A', ['pattern', '.{2}'])}</x:element>`,
    );
    expect([codes(s, '<e>ab</e>'), codes(s, '<e>a1</e>'), codes(s, '<e>abc</e>')]).toEqual([
      [],
      ['XSD-007'],
      ['XSD-007'],
    ]);
  });

  test('lists: items, length, enumeration; unions: the first member that takes the value', () => {
    const liste = typeDe(
      '<x:simpleType><x:restriction><x:simpleType><x:list itemType="x:int"/></x:simpleType><x:length value="2"/></x:restriction></x:simpleType>',
    );
    expect(['1 2', ' 1\n2 ', '1', '1 a'].map((v) => codes(liste, `<e>${v}</e>`).length)).toEqual([
      0, 0, 1, 1,
    ]);
    const union = typeDe(
      `<x:simpleType><x:union memberTypes="x:date">${restriction('x:string', ['enumeration', ''])}</x:union></x:simpleType>`,
    );
    expect(['2026-01-01', '', 'x'].map((v) => codes(union, `<e>${v}</e>`).length)).toEqual([0, 0, 1]);
  });
});

const essai = (motif: string, valeur: string): boolean => {
  const c = compilerMotif(motif);
  if (c.type === 'refus') throw new TypeError(c.motif);
  return c.essai(valeur);
};

describe('XSD Datatypes, appendix F: patterns', () => {
  const cas: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['[0|9][0-9]', ['|1', '01'], ['11']],
    ['a.c', ['abc', 'a c'], ['a\nc', 'ac']],
    ['[a-z-[aeiou]]+', ['bcd'], ['bad']],
    ['[^a-c-[x]]', ['d'], ['a', 'x']],
    ['\\d{2,3}', ['12', '١٢'], ['1', '1234']],
    ['\\w+', ['é1', '$'], ['a b', '-']],
    ['[\\w\\-]+', ['a-b'], ['a b']],
    ['\\i\\c*', ['a:1', '_é'], ['1a']],
    ['\\p{Lu}\\P{Lu}', ['Éa'], ['EE']],
    ['\\p{IsBasicLatin}*', ['abc'], ['é']],
    ['^$', ['^$'], ['']],
    ['a|b|', ['a', 'b', ''], ['ab']],
    ['(ab){2}c?', ['abab', 'ababc'], ['ab']],
    ["[A-Z 0-9'\\-Œ\\(\\)]*", ["L'Œ (1)-A"], ['a']],
    ["[a-z -']", ['&', '!'], ['-']],
    ['[-a]+', ['-a'], ['b']],
    ['𝄞{2}', ['𝄞𝄞'], ['𝄞']],
    ['a{0}', [''], ['a']],
  ];
  test.each(cas)('%s', (motif, bons, mauvais) => {
    expect(bons.map((v) => essai(motif, v))).toEqual(tous(bons, true));
    expect(mauvais.map((v) => essai(motif, v))).toEqual(tous(mauvais, false));
  });

  test.each([
    'a**',
    '[a',
    'a{2,1}',
    '(a',
    '\\q',
    '\\p{Xx}',
    '\\p{IsKlingon}',
    '[]',
    'a{',
    '+',
    '[a-\\d]',
    ']',
    '[z-a]',
    'a)',
  ])('refused, never guessed: %s', (motif) => expect(compilerMotif(motif).type).toBe('refus'));

  test('a pattern whose trials cannot be bounded either way is refused', () => {
    expect(compilerMotif('(a?){4000}')).toEqual({
      type: 'refus',
      motif: 'ses répétitions sont trop nombreuses',
    });
  });

  test('a hostile value costs a time linear in its length, whatever the pattern', () => {
    const debut = performance.now();
    expect(essai('(a+)+b', 'a'.repeat(20_000))).toBe(false);
    expect(essai('.*[^0]+.*', `${'a'.repeat(3000)}\n0\n${'a'.repeat(3000)}`)).toBe(false);
    expect(essai('([a-z0-9]+(\\.[a-z0-9]+)*)+@a', 'a1.'.repeat(5000))).toBe(false);
    for (const motif of ['(a?){60}a{60}', '(a|a){59}', '(a|aa){40}', '((a?|b){4}){12}']) {
      expect([motif, essai(motif, `${'a'.repeat(58)}c`)]).toEqual([motif, false]);
    }
    expect(essai('(a?){60}a{60}', 'a'.repeat(60))).toBe(true);
    expect(essai('a{100000}', 'a'.repeat(100_000))).toBe(true);
    expect(essai('(){999999999}', '')).toBe(true);
    expect(performance.now() - debut).toBeLessThan(5000);
  });
});

describe('Values that stream', () => {
  const s = typeDe('x:base64Binary');

  test('a false character of a long base64 is told at its very byte, whatever the portions', () => {
    const texte = `<e>\n${'QUJD'.repeat(50_000)}\nQU%D${'QUJD'.repeat(50_000)}</e>`;
    for (const morceau of [1000, 65_537, texte.length]) {
      const [c] = bilan(s, texte, { morceau }).constats;
      expect(c?.position).toEqual({ octet: texte.indexOf('%'), ligne: 3, colonne: 3 });
      expect(c?.valeur).toMatch(/^%DQUJD/);
    }
  });

  test('a text that a pattern must see whole is refused beyond the limit, by a code of its own', () => {
    const court = typeDe(restriction('x:string', ['pattern', 'a*']));
    expect(codes(court, `<e>${'a'.repeat(100)}</e>`, { texte: 99 })).toEqual(['XSD-014']);
    expect(codes(court, `<e>${'a'.repeat(100)}</e>`, { texte: 100 })).toEqual([]);
  });

  test('a length is counted over references, CDATA sections and comments', () => {
    const trois = typeDe(restriction('x:string', ['length', '5']));
    expect(codes(trois, '<e>a&#x1D11E;<!-- x --><![CDATA[<é]]>b</e>', { morceau: 1 })).toEqual([]);
    expect(
      codes(trois, '<?xml version="1.0" encoding="ISO-8859-1"?><e>é&amp;abc</e>', { encodage: 'latin1' }),
    ).toEqual([]);
  });
});
