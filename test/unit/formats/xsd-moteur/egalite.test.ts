import { describe, expect, test } from 'vitest';
import { codes, refus, restriction, schema, typeDe } from './essais.ts';

/** Those that are refused, among the values given to an element of this type. */
const refuses = (type: string, valeurs: readonly string[]): string[] => {
  const s = typeDe(type);
  return valeurs.filter((v) => codes(s, `<e>${v}</e>`).length > 0);
};

const enumere = (type: string, valeur: string): string => restriction(`x:${type}`, ['enumeration', valeur]);

describe('XSD Datatypes 2.2: values are equal, not their writings', () => {
  const cas: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ['decimal', '0', ['-0', '+0.0', '.0', '000', '-0.00'], ['0.1', '10', '-1']],
    ['decimal', '-1', ['-01', '-1.0', '-1.'], ['1', '+1', '-10', '-0.1']],
    ['decimal', '100', ['+100', '0100.00'], ['1', '10', '1000', '100.01']],
    ['decimal', '-0.50', ['-.5', '-00.5'], ['.5', '-0.05', '-5']],
    ['integer', '10', ['+010'], ['1', '-10', '100']],
    ['double', '100', ['1e2', '+1.0E+2'], ['-100', '1e-2']],
    ['double', '0', ['-0', '0e9'], ['1', 'NaN']],
    ['double', 'INF', ['1e400'], ['-INF', 'NaN', '1']],
    ['double', '-INF', ['-1e400'], ['INF', 'NaN']],
    ['double', 'NaN', ['NaN'], ['0', 'INF']],
    ['double', '16777216', ['1.6777216e7'], ['16777217']],
    ['float', '16777216', ['16777217'], ['16777218']],
    ['duration', 'P1Y', ['P12M', 'P0Y12M'], ['P1M', '-P1Y', 'P365D']],
    ['duration', 'P1DT1H1M1S', ['PT90061S', 'P1DT61M1S', 'PT25H61S'], ['P1D', 'PT90060S']],
    ['duration', 'P2M', ['P0Y2M'], ['PT2M', 'P2Y', 'P60D']],
    ['duration', 'PT0S', ['P0Y', '-P0D'], ['PT1S']],
    ['duration', '-PT1.5S', ['-PT1.50S'], ['PT1.5S', '-PT1S']],
    ['hexBinary', '0aFf', ['0AFF', '0aff'], ['0aF0']],
    ['base64Binary', 'QUJD', ['QU JD', ' Q U\tJ\nD '], ['QUJE']],
    [
      'dateTime',
      '2026-01-01T00:00:00Z',
      ['2026-01-01T01:00:00+01:00', '2025-12-31T24:00:00Z', '2025-12-31T22:30:00.0-01:30'],
      ['2026-01-01T00:00:00', '2026-01-01T00:00:01Z', '2026-01-01T00:00:00.5Z'],
    ],
    ['date', '2026-01-01', ['2026-01-01'], ['2026-01-01Z', '2026-01-02']],
    ['time', '10:00:00Z', ['11:00:00+01:00'], ['10:00:00', '11:00:00Z']],
    ['string', 'a', ['a'], ['A', 'a ', '']],
    ['anyURI', 'http://a', ['http://a', ' http://a '], ['http://A']],
  ];
  test.each(cas)('xs:%s: « %s » and what is equal to it', (...[type, valeur, egales, autres]) => {
    const enumeration = enumere(type, valeur);
    expect(refuses(enumeration, [valeur, ...egales])).toEqual([]);
    expect(refuses(enumeration, autres)).toEqual(autres);
  });

  test('a list is equal word by word, a union by the member that takes the value first', () => {
    const liste = '<x:simpleType><x:list itemType="x:decimal"/></x:simpleType>';
    const deux = `<x:simpleType><x:restriction>${liste}<x:enumeration value="1 2.0"/></x:restriction></x:simpleType>`;
    expect(refuses(deux, ['1.0 2', ' 01\n2. '])).toEqual([]);
    expect(refuses(deux, ['1', '1 2 3', '2 1', '', '12'])).toEqual(['1', '1 2 3', '2 1', '', '12']);
    const union = '<x:simpleType><x:union memberTypes="x:decimal x:string"/></x:simpleType>';
    const dix = `<x:simpleType><x:restriction>${union}<x:enumeration value="10"/><x:enumeration value="a  b"/></x:restriction></x:simpleType>`;
    expect(refuses(dix, ['10', '10.0', 'a  b'])).toEqual([]);
    expect(refuses(dix, ['1', 'a b', '10.x'])).toEqual(['1', 'a b', '10.x']);
  });

  test('words of a list are not taken for one another', () => {
    const de = (type: string, valeur: string) =>
      `<x:simpleType><x:restriction><x:simpleType><x:list itemType="x:${type}"/></x:simpleType><x:enumeration value="${valeur}"/></x:restriction></x:simpleType>`;
    expect(refuses(de('string', 'a b'), ['a b', 'ab'])).toEqual(['ab']);
    expect(refuses(de('decimal', '0'), ['0.0', ''])).toEqual(['']);
  });

  test('an empty list is a value of its own', () => {
    const liste = '<x:simpleType><x:list itemType="x:string"/></x:simpleType>';
    const vide = `<x:simpleType><x:restriction>${liste}<x:enumeration value=""/></x:restriction></x:simpleType>`;
    expect(refuses(vide, ['', '  ', 'a'])).toEqual(['a']);
  });

  test('fixed: by value too (XSD Structures, 3.2.4 and 3.3.4)', () => {
    const booleen = (fixe: string) => schema(`<x:element name="e" type="x:boolean" fixed="${fixe}"/>`);
    const lus = (fixe: string) =>
      ['true', '1', 'false', '0'].filter((v) => codes(booleen(fixe), `<e>${v}</e>`).length === 0);
    expect(['true', '1', 'false', '0'].map(lus)).toEqual([
      ['true', '1'],
      ['true', '1'],
      ['false', '0'],
      ['false', '0'],
    ]);
    const fixe = typeDe(
      '<x:complexType><x:attribute name="a" type="x:decimal" fixed=" 01.0"/><x:attribute name="t" fixed="x"/></x:complexType>',
    );
    expect(['a="1"', 'a=" 1. "', 't="x"'].flatMap((a) => codes(fixe, `<e ${a}/>`))).toEqual([]);
    expect(['a="2"', 't="x "', 't=""'].flatMap((a) => codes(fixe, `<e ${a}/>`))).toHaveLength(3);
  });
});

describe('Values that a schema gives are values of the type', () => {
  test.each([
    ['int', '1.0'],
    ['decimal', 'abc'],
    ['date', '2026-02-30'],
    ['duration', 'P'],
    ['unsignedByte', '256'],
    ['NMTOKENS', 'a %'],
  ])('enumeration of xs:%s: « %s » is refused (4.3.5.4)', (type, valeur) => {
    const message = `la valeur énumérée « ${valeur} » n’est pas une valeur du type`;
    expect(refus(`<x:element name="e">${enumere(type, valeur)}</x:element>`)).toMatchObject([
      { genre: 'invalide', message },
    ]);
  });

  test('what a value means in a document is not asked of a schema: identifiers, prefixes', () => {
    const declare = (type: string, attributs: string) =>
      refus(
        `<x:element name="e"><x:complexType><x:attribute name="a" type="${type}" ${attributs}/></x:complexType></x:element>`,
      );
    expect(declare('x:QName', 'default="z:a"')).toEqual([]);
    expect(declare('x:IDREF', 'fixed="a"')).toEqual([]);
    expect(
      refus(
        `<x:element name="e">${restriction('x:ID', ['enumeration', 'a'], ['enumeration', 'b'])}</x:element>`,
      ),
    ).toEqual([]);
    expect(declare('x:NMTOKENS', 'default="a %"')).toHaveLength(1);
    expect(declare('x:NMTOKENS', 'default="a b"')).toEqual([]);
  });

  test('where a pattern is not carried out, nothing is said of the values', () => {
    const type =
      '<x:simpleType name="t"><x:restriction base="x:string"><x:pattern value="\\p{IsGreek}"/></x:restriction></x:simpleType>';
    const derive = `<x:element name="e">${restriction('t', ['enumeration', 'a'])}</x:element>`;
    expect(refus(type + derive).map((r) => r.genre)).toEqual(['nonHonore']);
  });

  test('a value enumerated again is one of those of the base', () => {
    const base =
      '<x:simpleType name="L"><x:list itemType="N"/></x:simpleType><x:simpleType name="N"><x:restriction base="x:int"><x:enumeration value="1"/><x:enumeration value="2"/></x:restriction></x:simpleType>';
    const derive = (type: string, valeur: string) =>
      refus(`${base}<x:element name="e">${restriction(type, ['enumeration', valeur])}</x:element>`).length;
    expect([derive('N', '02'), derive('N', '3'), derive('L', '1 2'), derive('L', '1 3')]).toEqual([
      0, 1, 0, 1,
    ]);
  });

  test.each([
    ['duration', 'minInclusive', 'P1D'],
    ['duration', 'maxExclusive', 'P1D'],
    ['QName', 'enumeration', 'x:a'],
    ['QName', 'maxLength', '9'],
  ])('xs:%s %s: legal, and left to libxml2', (type, facette, valeur) => {
    expect(
      refus(`<x:element name="e">${restriction(`x:${type}`, [facette, valeur])}</x:element>`),
    ).toMatchObject([
      { genre: 'nonHonore', message: expect.stringContaining(`la facette « ${facette} » de ce type`) },
    ]);
  });
});
