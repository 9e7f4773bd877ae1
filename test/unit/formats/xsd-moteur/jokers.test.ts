import { describe, expect, test } from 'vitest';
import { codes, refus, schema } from './essais.ts';

/** One wildcard attribute for each namespace asked: which of them an element of the type may carry. */
const ESPACES: Readonly<Record<string, string>> = {
  a: 'urn:a',
  b: 'urn:b',
  c: 'urn:c',
};
const DECLARES = Object.entries(ESPACES)
  .map(([p, uri]) => ` xmlns:${p}="${uri}"`)
  .join('');

const enTete = (cible: string): string =>
  `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"${cible === '' ? '' : ` targetNamespace="${cible}" xmlns="${cible}"`}>`;

function admis(cible: string, corps: string): string {
  const s = schema(`${enTete(cible)}${corps}</x:schema>`);
  const e = cible === '' ? 'e' : 'z:e';
  const racine = (attribut: string) => `<${e} xmlns:z="${cible || 'urn:z'}"${DECLARES}${attribut}/>`;
  const essais = ['', 'a', 'b', 'c'].filter(
    (p) => codes(s, racine(p === '' ? ' t="1"' : ` ${p}:t="1"`)).length === 0,
  );
  return essais.map((p) => (p === '' ? '-' : p)).join('');
}

const joker = (espace: string): string => `<x:anyAttribute processContents="lax" namespace="${espace}"/>`;
const groupe = (nom: string, espace: string): string =>
  `<x:attributeGroup name="${nom}">${joker(espace)}</x:attributeGroup>`;

/** What an element lets in whose type has this wildcard, and a group with that one. */
const croiser = (cible: string, un: string, autre: string): string =>
  admis(
    cible,
    `${groupe('g', autre)}<x:element name="e"><x:complexType><x:attributeGroup ref="g"/>${joker(un)}</x:complexType></x:element>`,
  );

const etendre = (un: string, autre: string): string =>
  `<x:complexType name="T">${joker(un)}</x:complexType><x:element name="e"><x:complexType><x:complexContent><x:extension base="T">${joker(autre)}</x:extension></x:complexContent></x:complexType></x:element>`;
const unir = (cible: string, un: string, autre: string): string => admis(cible, etendre(un, autre));

describe('XSD Structures 3.10.6: wildcards in common', () => {
  test.each([
    ['urn:a', '##any', '##any', '-abc'],
    ['urn:a', '##any', 'urn:a urn:b', 'ab'],
    ['urn:a', 'urn:a urn:b', '##any', 'ab'],
    ['urn:a', 'urn:a urn:b ##local', 'urn:b urn:c ##local', '-b'],
    ['urn:a', '##other', '##any', 'bc'],
    ['urn:a', '##any', '##other', 'bc'],
    ['urn:a', '##other', 'urn:a urn:b ##local', 'b'],
    ['urn:a', ' urn:b\n##targetNamespace ', '##other', 'b'],
    ['urn:a', '##targetNamespace', '##any', 'a'],
    ['urn:a', '##other', '##other', 'bc'],
    ['urn:a', '', '##any', ''],
    ['', '##other', '##other', 'abc'],
    ['', '##other', '##any', 'abc'],
    ['', '##targetNamespace', '##local', '-'],
  ])('target « %s »: %s and %s let in %s', (...[cible, un, autre, attendu]) => {
    expect(croiser(cible, un, autre)).toBe(attendu);
    expect(croiser(cible, autre, un)).toBe(attendu);
  });

  test('the process is that of the type, not of its groups', () => {
    const s = (type: string, duGroupe: string) =>
      schema(
        `<x:attributeGroup name="g"><x:anyAttribute processContents="${duGroupe}"/></x:attributeGroup><x:element name="e"><x:complexType><x:attributeGroup ref="g"/><x:anyAttribute processContents="${type}"/></x:complexType></x:element>`,
      );
    expect(codes(s('skip', 'strict'), '<e t=""/>')).toEqual([]);
    expect(codes(s('strict', 'skip'), '<e t=""/>')).toEqual(['XSD-012']);
  });

  test('without a wildcard of its own, a type has those of its groups in common', () => {
    const s = (uns: string) =>
      admis(
        'urn:a',
        `${groupe('g', uns)}${groupe('h', 'urn:b urn:c')}<x:element name="e"><x:complexType><x:attributeGroup ref="g"/><x:attributeGroup ref="h"/></x:complexType></x:element>`,
      );
    expect([s('##any'), s('urn:a urn:b')]).toEqual(['bc', 'b']);
  });
});

describe('XSD Structures 3.10.6: wildcards together', () => {
  test.each([
    ['urn:a', '##any', 'urn:b', '-abc'],
    ['urn:a', '##any', '##local', '-abc'],
    ['urn:a', '##any', '##other', '-abc'],
    ['urn:a', '##any', '##any', '-abc'],
    ['urn:a', 'urn:a', 'urn:b', 'ab'],
    ['urn:a', 'urn:a ##local', 'urn:b urn:a', '-ab'],
    ['urn:a', '##other', '##other', 'bc'],
    ['urn:a', '##other', 'urn:b', 'bc'],
    ['urn:a', '##other', 'urn:a', 'abc'],
    ['urn:a', '##other', 'urn:a ##local', '-abc'],
    ['', '##other', '##local', '-abc'],
    ['', '##other', 'urn:a', 'abc'],
  ])('target « %s »: an extension adds %s to %s: %s', (...[cible, un, autre, attendu]) => {
    expect(unir(cible, un, autre)).toBe(attendu);
    expect(unir(cible, autre, un)).toBe(attendu);
  });

  test('the union of ##other and of no namespace cannot be written: refused, with its place', () => {
    const texte = (un: string, autre: string) => `${enTete('urn:a')}\n${etendre(un, autre)}</x:schema>`;
    for (const corps of [texte('##other', '##local'), texte('##local urn:b', '##other')]) {
      expect(refus(corps)).toEqual([
        {
          genre: 'invalide',
          fichier: 'a.xsd',
          ligne: 2,
          message: 'l’union de ces espaces de noms ne peut pas s’écrire',
        },
      ]);
    }
  });

  test('an extension keeps the wildcard of its base, a restriction does not', () => {
    const s = (derivation: string) =>
      admis(
        'urn:a',
        `<x:complexType name="T">${joker('urn:b')}</x:complexType><x:element name="e"><x:complexType><x:complexContent><x:${derivation} base="T"/></x:complexContent></x:complexType></x:element>`,
      );
    expect([s('extension'), s('restriction')]).toEqual(['b', '']);
  });
});

describe('XSD Structures 3.10.6: wildcards of two target namespaces', () => {
  const autre = (espace: string): string =>
    `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b">${groupe('g', espace)}<x:complexType name="T">${joker(espace)}</x:complexType></x:schema>`;
  const hote = (cible: string, corps: string): string =>
    `${enTete(cible).replace('>', ' xmlns:b="urn:b">')}<x:import namespace="urn:b" schemaLocation="b.xsd"/>${corps}</x:schema>`;
  const lire = (principal: string, espace: string): string => {
    const s = schema({ 'a.xsd': principal, 'b.xsd': autre(espace) });
    const e = principal.includes('targetNamespace="urn:a"') ? 'a:e' : 'e';
    return ['', 'a', 'b', 'c']
      .filter((p) => codes(s, `<${e}${DECLARES} ${p === '' ? 't' : `${p}:t`}="1"/>`).length === 0)
      .map((p) => (p === '' ? '-' : p))
      .join('');
  };
  const type = `<x:element name="e"><x:complexType><x:attributeGroup ref="b:g"/>${joker('##other')}</x:complexType></x:element>`;
  const extension = `<x:element name="e"><x:complexType><x:complexContent><x:extension base="b:T">${joker('##other')}</x:extension></x:complexContent></x:complexType></x:element>`;

  test('two negations in common are no constraint: left to libxml2', () => {
    expect(refus({ 'a.xsd': hote('urn:a', type), 'b.xsd': autre('##other') })).toMatchObject([
      {
        genre: 'nonHonore',
        fichier: 'a.xsd',
        message: expect.stringContaining('ce croisement d’espaces de noms'),
      },
    ]);
  });

  test('« any but none » and « any but one »: the second', () => {
    expect(lire(hote('', type), '##other')).toBe('ac');
    const sans =
      '<x:import schemaLocation="c.xsd"/><x:element name="e"><x:complexType><x:attributeGroup ref="s:g"/>';
    const s = schema({
      'a.xsd': `${enTete('urn:a').replace(' xmlns="urn:a"', '')}${sans.replace('s:g', 'g')}${joker('##other')}</x:complexType></x:element></x:schema>`,
      'c.xsd': `${enTete('')}${groupe('g', '##other')}</x:schema>`,
    });
    const lus = ['t', 'a:t', 'b:t', 'c:t'].filter((t) => codes(s, `<a:e${DECLARES} ${t}="1"/>`).length === 0);
    expect(lus).toEqual(['b:t', 'c:t']);
  });

  test('two negations together: all but no namespace', () => {
    expect(lire(hote('urn:a', extension), '##other')).toBe('abc');
    expect(lire(hote('', extension), '##other')).toBe('abc');
  });
});

describe('wildcards of elements: which takes an element', () => {
  const contenu = (jokers: string): string =>
    `${enTete('urn:a')}<x:element name="k"/><x:element name="e"><x:complexType><x:sequence>${jokers}</x:sequence></x:complexType></x:element></x:schema>`;
  const any = (espace: string, suite = ''): string =>
    `<x:any namespace="${espace}" processContents="skip"${suite}/>`;
  const e = (corps: string): string => `<a:e${DECLARES}>${corps}</a:e>`;

  test('one after the other, each its own', () => {
    const s = schema(contenu(`${any('urn:b', ' minOccurs="0"')}${any('##local')}`));
    expect([codes(s, e('<b:x/><x/>')), codes(s, e('<x/>')), codes(s, e('<x/><b:x/>'))]).toEqual([
      [],
      [],
      ['XSD-002'],
    ]);
  });

  test.each([
    ['urn:b', '##other', true],
    ['##other', 'urn:a ##local', false],
    ['##other', '##other', true],
    ['##any', '##local', true],
    ['##local', '##any', true],
    ['urn:b', 'urn:c ##targetNamespace', false],
    ['##other', '##any', true],
    ['urn:b urn:c', '##local urn:c', true],
  ])('%s and %s could take the same element: %s', (un, autre, ambigu) => {
    const corps = contenu(`<x:choice>${any(un)}${any(autre)}</x:choice>`);
    expect(refus(corps).length > 0).toBe(ambigu);
    expect(refus(contenu(`<x:choice>${any(autre)}${any(un)}</x:choice>`)).length > 0).toBe(ambigu);
  });

  test.each([
    ['##targetNamespace', true],
    ['##other', false],
    ['##local', false],
    ['##any', true],
  ])('a declared element against the wildcard %s: ambiguous? %s', (espace, ambigu) => {
    const corps = contenu(
      `<x:choice>${any(espace)}<x:sequence><x:element ref="k"/>${any('urn:b')}</x:sequence></x:choice>`,
    );
    expect(refus(corps).length > 0).toBe(ambigu);
  });
});
