import { describe, expect, test } from 'vitest';
import { bilan, codes, complexe, schema, suite, un } from './essais.ts';

const faits = (corps: string, texte: string) =>
  bilan(schema(corps), texte).constats.map((c) => [c.code, c.chemin, c.attendu]);
const valides = (corps: string, documents: readonly string[]): string[] => {
  const s = schema(corps);
  return documents.filter((d) => codes(s, d).length === 0);
};

describe('XSD Structures 3.8: occurrences', () => {
  const formes = ['', 'a', 'aa', 'aaa', 'aaaa', 'b', 'ab', 'aab', 'abab', 'ba', 'abb'];
  const documents = (lettres: readonly string[]) =>
    lettres.map((l) => `<e>${[...l].map((c) => `<${c}/>`).join('')}</e>`);
  const admises = (corps: string) => {
    const bons = valides(corps, documents(formes));
    return formes.filter((_, k) => bons.includes(documents(formes)[k] ?? ''));
  };
  const A = un('a');
  const B = un('b');

  test.each<readonly [string, readonly string[]]>([
    [suite(un('a', ' minOccurs="0"')), ['', 'a']],
    [suite(un('a', ' minOccurs="2" maxOccurs="3"')), ['aa', 'aaa']],
    [suite(un('a', ' minOccurs="2" maxOccurs="unbounded"')), ['aa', 'aaa', 'aaaa']],
    [suite(un('a', ' minOccurs="0" maxOccurs="unbounded"')), ['', 'a', 'aa', 'aaa', 'aaaa']],
    [suite(un('a', ' minOccurs="0" maxOccurs="0"')), ['']],
    [suite(`${un('a', ' minOccurs="0"')}${B}`), ['b', 'ab']],
    [
      suite(`${un('a', ' maxOccurs="2"')}${un('b', ' minOccurs="0" maxOccurs="2"')}`),
      ['a', 'aa', 'ab', 'aab', 'abb'],
    ],
    [complexe(`<x:choice>${A}${B}</x:choice>`), ['a', 'b']],
    [complexe(`<x:choice minOccurs="0">${A}${B}</x:choice>`), ['', 'a', 'b']],
    [complexe(`<x:choice maxOccurs="2">${A}${B}</x:choice>`), ['a', 'aa', 'b', 'ab', 'ba']],
    [
      complexe(`<x:choice minOccurs="2" maxOccurs="3">${A}${B}</x:choice>`),
      ['aa', 'aaa', 'ab', 'aab', 'ba', 'abb'],
    ],
    [complexe(`<x:sequence minOccurs="0" maxOccurs="2">${A}${B}</x:sequence>`), ['', 'ab', 'abab']],
    [complexe(`<x:sequence maxOccurs="unbounded">${A}${B}</x:sequence>`), ['ab', 'abab']],
    [
      complexe(`<x:sequence maxOccurs="2">${A}${un('b', ' minOccurs="0"')}</x:sequence>`),
      ['a', 'aa', 'ab', 'aab', 'abab'],
    ],
    [complexe(`<x:choice><x:sequence>${A}${B}</x:sequence>${B}</x:choice>`), ['b', 'ab']],
    [
      complexe(`<x:choice><x:sequence minOccurs="0">${A}${B}</x:sequence><x:sequence/></x:choice>`),
      ['', 'ab'],
    ],
    [suite(`<x:choice minOccurs="0" maxOccurs="0">${A}</x:choice>${B}`), ['b']],
    [suite(`<x:choice minOccurs="0"/>${B}`), ['b']],
    [suite(`<x:choice/>${B}`), []],
    [complexe(`<x:choice minOccurs="0"/>`), ['']],
    [complexe(`<x:all minOccurs="0">${A}${B}</x:all>`), ['', 'ab', 'ba']],
    [complexe(`<x:all>${A}${un('b', ' minOccurs="0"')}</x:all>`), ['a', 'ab', 'ba']],
    [complexe('<x:all/>'), ['']],
    [complexe('<x:sequence/>'), ['']],
    [`<x:group name="g"><x:all>${A}${B}</x:all></x:group>${complexe('<x:group ref="g"/>')}`, ['ab', 'ba']],
    [
      `<x:group name="g"><x:all>${A}${B}</x:all></x:group>${complexe('<x:group ref="g" minOccurs="0"/>')}`,
      ['', 'ab', 'ba'],
    ],
    [
      `<x:group name="g"><x:choice>${A}${B}</x:choice></x:group>${complexe('<x:group ref="g" minOccurs="0" maxOccurs="2"/>')}`,
      ['', 'a', 'aa', 'b', 'ab', 'ba'],
    ],
    [
      `<x:group name="g"><x:sequence>${A}<x:group ref="h"/></x:sequence></x:group><x:group name="h"><x:sequence>${B}</x:sequence></x:group>${complexe('<x:group ref="g"/>')}`,
      ['ab'],
    ],
  ])('%s', (corps, attendues) => expect(admises(corps)).toEqual(attendues));

  test('« all » with nothing required may be empty; facultative, it is whole or nothing', () => {
    const libre = complexe(`<x:all>${un('a', ' minOccurs="0"')}${un('b', ' minOccurs="0"')}</x:all>`);
    expect(admises(libre)).toEqual(['', 'a', 'b', 'ab', 'ba']);
    expect(faits(complexe(`<x:all minOccurs="0">${A}${B}</x:all>`), '<e><a/></e>')).toEqual([
      ['XSD-003', '/e', '« b »'],
    ]);
  });

  test('empty contents are empty, be they of elements in name', () => {
    for (const corps of [
      '',
      '<x:sequence/>',
      '<x:all/>',
      '<x:sequence minOccurs="0" maxOccurs="0"><x:any/></x:sequence>',
      '<x:sequence minOccurs="0"/>',
      '<x:choice minOccurs="0"/>',
    ].map(complexe)) {
      expect(codes(schema(corps), '<e> </e>')).toEqual(['XSD-008']);
    }
    for (const corps of ['<x:sequence><x:element name="a" minOccurs="0"/></x:sequence>', '<x:choice/>'].map(
      complexe,
    )) {
      expect(codes(schema(corps), '<e> </e>')).not.toContain('XSD-008');
    }
  });
});
