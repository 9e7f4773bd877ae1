import { describe, expect, test } from 'vitest';
import { bilan, codes, complexe, element, restriction, schema, typeDe } from './essais.ts';

const refuses = (type: string, valeurs: readonly string[]): string[] => {
  const s = typeDe(type);
  return valeurs.filter((v) => codes(s, `<e>${v}</e>`).length > 0);
};
const attendu = (type: string, valeur: string): string | undefined =>
  bilan(typeDe(type), `<e>${valeur}</e>`).constats[0]?.attendu;

type Facette = readonly [facette: string, valeur: string];

/** A type restricted in two steps. */
function deux(base: string, premiers: readonly Facette[], seconds: readonly Facette[]) {
  const nomme = restriction(base, ...premiers).replace('<x:simpleType>', '<x:simpleType name="t">');
  const s = schema(nomme + element(restriction('t', ...seconds)));
  return (valeurs: readonly string[]) => valeurs.filter((v) => codes(s, `<e>${v}</e>`).length > 0);
}

describe('XSD Datatypes 4.3: one step after the other, the tightest holds', () => {
  test.each<readonly [string, readonly Facette[], readonly Facette[], readonly string[], readonly string[]]>([
    ['x:string', [['minLength', '2']], [['minLength', '1']], ['ab'], ['a']],
    ['x:string', [['minLength', '1']], [['minLength', '2']], ['ab'], ['a']],
    ['x:string', [['maxLength', '2']], [['maxLength', '3']], ['ab'], ['abc']],
    ['x:string', [['maxLength', '3']], [['maxLength', '2']], ['ab'], ['abc']],
    ['x:string', [['maxLength', '0']], [['maxLength', '2']], [''], ['a']],
    ['x:string', [['length', '0']], [['pattern', '.*']], [''], ['a']],
    ['x:int', [['maxInclusive', ' 5 ']], [['minInclusive', ' 2\n']], ['2', '5'], ['1', '6']],
    ['x:boolean', [['pattern', '[01]']], [['whiteSpace', ' collapse ']], ['1', ' 0 '], ['true']],
    ['x:decimal', [['totalDigits', '2']], [['totalDigits', '3']], ['12'], ['123']],
    ['x:decimal', [['fractionDigits', '2']], [['fractionDigits', '0']], ['12', '1.0'], ['1.1']],
    ['x:int', [['minInclusive', '5']], [['minInclusive', '3']], ['5'], ['4']],
    ['x:int', [['minInclusive', '3']], [['minInclusive', '5']], ['5'], ['4']],
    ['x:int', [['maxExclusive', '5']], [['maxExclusive', '7']], ['4'], ['5']],
    ['x:int', [['maxExclusive', '7']], [['maxExclusive', '5']], ['4'], ['5']],
    [
      'x:int',
      [['minExclusive', '2']],
      [
        ['minInclusive', '1'],
        ['maxInclusive', '9'],
      ],
      ['3', '9'],
      ['2', '10'],
    ],
    ['x:string', [['whiteSpace', 'collapse']], [['enumeration', 'a b']], [' a  b '], ['ab']],
    [
      'x:string',
      [
        ['enumeration', 'a'],
        ['enumeration', 'b'],
      ],
      [['enumeration', 'b']],
      ['b'],
      ['a'],
    ],
    ['x:string', [['length', '2']], [['pattern', 'a.']], ['ab'], ['a', 'ba', 'abc']],
    ['x:NMTOKENS', [['maxLength', '2']], [['minLength', '2']], ['a b'], ['a', 'a b c']],
  ])('%s, %j then %j', (...[base, premiers, seconds, bons, mauvais]) => {
    expect(deux(base, premiers, seconds)([...bons, ...mauvais])).toEqual(mauvais);
  });

  test('length 0: nothing at all, seen whole or not', () => {
    expect(refuses(restriction('x:string', ['length', '0']), ['', 'a', ' '])).toEqual(['a', ' ']);
  });

  test('bounds of predefined types hold beneath those of a schema', () => {
    expect(refuses(restriction('x:byte', ['maxInclusive', '100']), ['100', '-128', '101', '-129'])).toEqual([
      '101',
      '-129',
    ]);
  });
});

describe('XSD Datatypes 4.3.11 and 4.3.12: digits', () => {
  test.each<readonly [readonly Facette[], readonly string[], readonly string[]]>([
    [
      [['totalDigits', '3']],
      ['123', '-123', '0012', '1.23', '12.30', '0.123', '.123', '-0.5', '+1.5'],
      ['1234', '12.34', '0.1234', '-1234'],
    ],
    [[['fractionDigits', '2']], ['1', '1.25', '1.2500', '12345678.1', '1.'], ['1.255', '.001']],
    [[['fractionDigits', '0']], ['1', '1.', '1.00'], ['1.5', '.1']],
    [
      [
        ['totalDigits', '4'],
        ['fractionDigits', '2'],
      ],
      ['12.34', '1234', '0012.3400'],
      ['123.45', '1.234', '12345'],
    ],
  ])('%j', (facettes, bons, mauvais) => {
    expect(refuses(restriction('x:decimal', ...facettes), [...bons, ...mauvais])).toEqual(mauvais);
  });

  test('both are told apart, zeros without value left out', () => {
    const type = restriction('x:decimal', ['totalDigits', '4'], ['fractionDigits', '2']);
    expect(['012345.0', '1.2340'].map((v) => attendu(type, v))).toEqual([
      'au plus 4 chiffres en tout (ici 5)',
      'au plus 2 chiffres après le point (ici 3)',
    ]);
  });
});

describe('XSD Datatypes 4.3.6: white space', () => {
  const blanc = '\t a\n\n b&#13; ';
  test.each([
    ['preserve', '&#9; a&#10;&#10; b&#13; '],
    ['replace', '  a   b  '],
    ['collapse', 'a b'],
  ])('%s: the value is judged after it', (mode, lue) => {
    const type = restriction('x:string', ['whiteSpace', mode], ['enumeration', lue]);
    expect(refuses(type, [blanc, `${blanc}x`])).toEqual([`${blanc}x`]);
  });

  test.each([
    ['string', '2', ['ab', ' a'], ['  ab', 'a']],
    ['normalizedString', '3', ['a b', '\ta ', ' a '], ['a', ' a  ']],
    ['token', '3', ['a b', ' a  b ', '\ta\nb '], ['a', ' a ', 'a b c']],
  ])('xs:%s of length %s', (...[type, n, bons, mauvais]) => {
    expect(refuses(restriction(`x:${type}`, ['length', n]), [...bons, ...mauvais])).toEqual(mauvais);
  });
});

describe('what a value should have been, in French', () => {
  test.each<readonly [string, string, string, string]>([
    ['one value', restriction('x:string', ['enumeration', 'a']), 'z', '« a »'],
    [
      'two values',
      restriction('x:string', ['enumeration', 'a'], ['enumeration', 'b']),
      'z',
      'l’une des valeurs « a », « b »',
    ],
    ['a pattern', restriction('x:string', ['pattern', 'a+']), 'z', 'une valeur de la forme « a+ »'],
    [
      'three patterns at most',
      restriction('x:string', ['pattern', 'a'], ['pattern', 'b'], ['pattern', 'c'], ['pattern', 'd']),
      'z',
      'une valeur de la forme « a » ou « b » ou « c »',
    ],
    [
      'a word of a list',
      '<x:simpleType><x:list itemType="x:int"/></x:simpleType>',
      '1 z',
      'une liste dont chaque mot est un nombre entier',
    ],
    [
      'members of a union, each way once',
      '<x:simpleType><x:union memberTypes="x:int x:integer x:boolean"/></x:simpleType>',
      'z',
      'un nombre entier, ou « true », « false », « 1 » ou « 0 »',
    ],
    [
      'three ways at most',
      '<x:simpleType><x:union memberTypes="x:int x:gDay x:gMonth x:gYear"/></x:simpleType>',
      'z',
      'un nombre entier, ou un jour (---JJ), ou un mois (--MM)',
    ],
    ['the way it is written first', restriction('x:int', ['maxInclusive', '1']), 'z', 'un nombre entier'],
  ])('%s', (...[, type, valeur, dit]) => {
    expect(attendu(type, valeur)).toBe(dit);
  });

  test('eight values are listed whole, of nine the number is told', () => {
    const type = (n: number) =>
      restriction('x:int', ...Array.from({ length: n }, (_, k) => ['enumeration', String(k)] as const));
    const huit = '« 0 », « 1 », « 2 », « 3 », « 4 », « 5 », « 6 », « 7 »';
    expect(attendu(type(8), '99')).toBe(`l’une des valeurs ${huit}`);
    expect(attendu(type(9), '99')).toBe(`l’une des valeurs ${huit}… (9 valeurs possibles)`);
  });
});

describe('XSD Datatypes 2.5.1: lists and unions', () => {
  test('a list of a restricted type: each word is judged', () => {
    const court = restriction('x:string', ['maxLength', '2']);
    const type = `<x:simpleType><x:list>${court}</x:list></x:simpleType>`;
    expect(refuses(type, ['', 'ab cd', ' a\tb ', 'abc', 'a abc'])).toEqual(['abc', 'a abc']);
  });

  test('a union takes named members, then those written within; facets stand above', () => {
    const union = `<x:simpleType><x:union memberTypes="x:int"><x:simpleType><x:list itemType="x:boolean"/></x:simpleType>${restriction('x:string', ['enumeration', '-'])}</x:union></x:simpleType>`;
    expect(refuses(union, ['12', 'true false', '-', '', '--', '1 2'])).toEqual(['--', '1 2']);
    const motif = `<x:simpleType><x:restriction>${union}<x:pattern value="1.*"/></x:restriction></x:simpleType>`;
    expect(refuses(motif, ['12', '1 0', '-', '2'])).toEqual(['-', '2']);
  });

  test('IDREFS and NMTOKENS hold a word at least', () => {
    for (const type of ['IDREFS', 'NMTOKENS']) {
      expect(attendu(`x:${type}`, ' ')).toBe('au moins 1 mot (ici 0)');
    }
  });

  test('each member of a union treats white space its own way', () => {
    const union = '<x:simpleType><x:union memberTypes="x:int x:string"/></x:simpleType>';
    const type = `<x:simpleType><x:restriction>${union}<x:enumeration value="1"/><x:enumeration value="a  b"/></x:restriction></x:simpleType>`;
    expect(refuses(type, ['1', ' 1 ', 'a  b', 'a b', ' a  b'])).toEqual(['a b', ' a  b']);
  });
});

describe('simple contents are simple types with attributes (XSD Structures, 3.4.2)', () => {
  const base =
    '<x:complexType name="M"><x:simpleContent><x:extension base="x:string"><x:attribute name="u"/></x:extension></x:simpleContent></x:complexType>';
  const restreint = (corps: string): string =>
    base + complexe(`<x:simpleContent><x:restriction base="M">${corps}</x:restriction></x:simpleContent>`);
  const lire = (corps: string, documents: readonly string[]) => {
    const s = schema(corps);
    return documents.filter((d) => codes(s, d).length > 0);
  };

  test('an inner type comes before the facets', () => {
    const interne = restreint(`${restriction('x:int', ['minInclusive', '2'])}<x:maxInclusive value="4"/>`);
    expect(lire(interne, ['<e u="">2</e>', '<e>4</e>', '<e>1</e>', '<e>5</e>', '<e>a</e>'])).toEqual([
      '<e>1</e>',
      '<e>5</e>',
      '<e>a</e>',
    ]);
  });

  test('facets and attributes of a restriction', () => {
    const facettes = restreint(
      '<x:maxLength value="2"/><x:pattern value="a*"/><x:attribute name="u" use="prohibited"/>',
    );
    expect(lire(facettes, ['<e>aa</e>', '<e/>', '<e>aaa</e>', '<e>b</e>', '<e u=""/>'])).toEqual([
      '<e>aaa</e>',
      '<e>b</e>',
      '<e u=""/>',
    ]);
  });

  test('without facet, it is as its base', () => {
    expect(lire(restreint(''), ['<e u="">a</e>', '<e v=""/>', '<e><a/></e>'])).toEqual([
      '<e v=""/>',
      '<e><a/></e>',
    ]);
  });
});
