import { describe, expect, test } from 'vitest';
import {
  bilan,
  codes,
  complexe,
  contenu,
  etendre,
  nomme,
  refus,
  restriction,
  schema,
  suite,
  un,
} from './essais.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const restreindre = (base: string, corps = ''): string =>
  `<x:restriction base="${base}">${corps}</x:restriction>`;
const sequence = (corps: string): string => `<x:sequence>${corps}</x:sequence>`;

const B = nomme('B', `${sequence(un('a', ' type="x:int"'))}<x:attribute name="p"/>`);
const X = nomme('X', contenu('complex', etendre('B', `${sequence(un('b'))}<x:attribute name="q"/>`)));
const Y = nomme('Y', contenu('complex', etendre('X', sequence(un('c')))));
const R = nomme(
  'R',
  contenu(
    'complex',
    restreindre('B', `${sequence(un('a', ' type="x:byte"'))}<x:attribute name="p" use="prohibited"/>`),
  ),
);
const TYPES = B + X + Y + R;
const demander = (type: string, corps: string, attributs = ''): string =>
  `<e ${XSI} ${XS} i:type="${type}"${attributs}>${corps}</e>`;

describe('XSD Structures 3.4.2: derivation', () => {
  const admet = (type: string, documents: readonly string[]) => {
    const s = schema(TYPES + un('e', ` type="${type}"`));
    return documents.filter((d) => codes(s, d).length === 0);
  };

  test('an extension comes after what it extends, step after step; attributes add up', () => {
    const documents = ['<a>1</a>', '<a>1</a><b/>', '<a>1</a><b/><c/>', '<b/><a>1</a>'].map(
      (c) => `<e>${c}</e>`,
    );
    expect(['B', 'X', 'Y'].map((t) => admet(t, documents))).toEqual([
      ['<e><a>1</a></e>'],
      ['<e><a>1</a><b/></e>'],
      ['<e><a>1</a><b/><c/></e>'],
    ]);
    expect(admet('Y', ['<e p="" q=""><a>1</a><b/><c/></e>'])).toHaveLength(1);
  });

  test('a restriction stands for itself; a prohibited attribute goes', () => {
    const documents = ['<e><a>300</a></e>', '<e p=""><a>1</a></e>', '<e><a>1</a></e>'];
    expect(admet('R', documents)).toEqual(['<e><a>1</a></e>']);
    expect(admet('B', documents)).toEqual(documents);
  });

  test.each([
    ['nothing is added to nothing', nomme('T', ''), etendre('T'), ['<e/>'], ['<e> </e>', '<e><a/></e>']],
    [
      'elements are added to nothing',
      nomme('T', ''),
      etendre('T', sequence(un('a'))),
      ['<e><a/></e>', '<e> <a/></e>'],
      ['<e/>', '<e>x<a/></e>'],
    ],
    [
      'nothing is added to elements',
      nomme('T', sequence(un('a'))),
      etendre('T'),
      ['<e><a/></e>'],
      ['<e/>', '<e>x<a/></e>'],
    ],
    [
      'nothing is added to an « all »',
      nomme('T', `<x:all>${un('a')}${un('b')}</x:all>`),
      etendre('T'),
      ['<e><b/><a/></e>'],
      ['<e><a/></e>'],
    ],
    [
      'an « all » is added to nothing',
      nomme('T', ''),
      etendre('T', `<x:all>${un('a')}${un('b')}</x:all>`),
      ['<e><b/><a/></e>'],
      ['<e><a/></e>'],
    ],
    [
      'an attribute is added to nothing',
      nomme('T', ''),
      etendre('T', '<x:attribute name="p"/>'),
      ['<e p=""/>'],
      ['<e q=""/>', '<e p=""> </e>'],
    ],
    [
      'a mixed base stays mixed',
      nomme('T', sequence(un('a'))).replace('name', 'mixed="true" name'),
      etendre('T'),
      ['<e>x<a/></e>'],
      ['<e>x</e>'],
    ],
    [
      'a restriction may be of nothing',
      nomme('T', sequence(un('a', ' minOccurs="0"'))),
      restreindre('T'),
      ['<e/>'],
      ['<e><a/></e>', '<e> </e>'],
    ],
    [
      'a restriction of anyType is any content',
      '',
      restreindre('x:anyType', sequence(un('a'))),
      ['<e><a/></e>'],
      ['<e/>', '<e b=""><a/></e>'],
    ],
  ])('%s', (...[, base, derivation, bons, mauvais]) => {
    const s = schema(base + complexe(contenu('complex', derivation)));
    expect([...bons, ...mauvais].filter((d) => codes(s, d).length > 0)).toEqual(mauvais);
  });

  test('mixed: where the content says so, else where the type does', () => {
    const s = (type: string, contenuComplexe: string) =>
      schema(
        nomme('T', '') +
          complexe(contenu('complex', etendre('T', sequence(un('a')))))
            .replace('<x:complexType>', `<x:complexType${type}>`)
            .replace('<x:complexContent>', `<x:complexContent${contenuComplexe}>`),
      );
    const oui = ' mixed="true"';
    const non = ' mixed="false"';
    const texte = (...[type, contenuComplexe]: [string, string]) =>
      codes(s(type, contenuComplexe), '<e>x<a/></e>').length === 0;
    expect([texte('', ''), texte(oui, ''), texte('', oui), texte(oui, non), texte(non, oui)]).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  test('a type may be written before its base, and hold elements of its own type', () => {
    const s = schema(un('e', ' type="Y"') + Y + X + nomme('B', sequence(un('a', ' type="Y" minOccurs="0"'))));
    expect([codes(s, '<e><a><b/><c/></a><b/><c/></e>'), codes(s, '<e><a/><b/><c/></e>')]).toEqual([
      [],
      ['XSD-003'],
    ]);
  });

  test('no circle of types, near or far', () => {
    const [un1, deux] = [
      nomme('T', contenu('complex', etendre('U'))),
      nomme('U', contenu('complex', etendre('T'))),
    ];
    expect(refus(un1 + deux).map((r) => r.message)).toEqual(['le type « T » se définit par lui-même']);
    const anonyme = complexe(
      sequence(`<x:element name="a"><x:complexType>${sequence(un('b'))}</x:complexType></x:element>`),
    );
    expect(codes(schema(anonyme), '<e><a><b/></a></e>')).toEqual([]);
  });
});

describe('xsi:type: another type than the one declared (3.3.4, 3.4.6, 3.14.6)', () => {
  const s = (element: string, types = TYPES) => schema(types + element);
  const E = un('e', ' type="B"');

  test('one that derives, step after step; not one above, nor beside', () => {
    expect(codes(s(E), demander('Y', '<a>1</a><b/><c/>'))).toEqual([]);
    expect(codes(s(E), demander('B', '<a>1</a>'))).toEqual([]);
    expect(codes(s(un('e', ' type="X"')), demander('B', '<a>1</a><b/>'))).toEqual(['XSD-009']);
    expect(codes(s(un('e', ' type="R"')), demander('X', '<a>1</a>'))).toEqual(['XSD-009']);
  });

  test('refused: told at the attribute; the element is judged as declared', () => {
    const texte = demander('x:int', '<a>x</a>');
    expect(bilan(s(E), texte).constats).toMatchObject([
      {
        code: 'XSD-009',
        message: 'xsi:type demande « x:int », qui ne peut pas remplacer le type « B ».',
        position: { octet: texte.indexOf('x:int') },
        element: 0,
        chemin: '/e/@xsi:type',
        valeur: 'x:int',
      },
      { code: 'XSD-007', chemin: '/e/a' },
    ]);
  });

  test.each(['Absent', 'z:B', 'x:B', 'x:nul', '', 'B C', 'x:B:C', ':B', 'x:'])(
    '« %s » is no type',
    (type) => {
      expect(bilan(s(E), demander(type, '<a>1</a>')).constats).toMatchObject([
        {
          code: 'XSD-009',
          message: `xsi:type désigne « ${type} », qui n’est pas un type du schéma.`,
          valeur: type,
        },
      ]);
    },
  );

  test('white space around it is nothing; the default namespace counts', () => {
    expect(codes(s(E), demander(' X\n', '<a>1</a><b/>'))).toEqual([]);
    const espace = schema(
      `<x:schema ${XS} xmlns="urn:a" targetNamespace="urn:a" elementFormDefault="qualified">${B}${X}${E}</x:schema>`,
    );
    expect(codes(espace, demander('X', '<a>1</a><b/>').replace('<e', '<e xmlns="urn:a"'))).toEqual([]);
    expect(codes(espace, `<p:e xmlns:p="urn:a" ${XSI} i:type="X"><p:a>1</p:a></p:e>`)).toEqual(['XSD-009']);
    expect(codes(espace, `<p:e xmlns:p="urn:a" ${XSI} i:type="p:X"><p:a>1</p:a><p:b/></p:e>`)).toEqual([]);
  });

  test.each([
    ['block="extension"', '', ['Y', 'X']],
    ['block="restriction"', '', ['R']],
    ['block="extension restriction"', '', ['X', 'Y', 'R']],
    ['block="#all"', '', ['X', 'Y', 'R']],
    ['block=""', '', []],
    ['block="substitution"', '', []],
    ['', 'block="extension"', ['X', 'Y']],
    ['', 'block="restriction"', ['R']],
    ['block="restriction"', 'block="extension"', ['X', 'Y', 'R']],
  ])('element %s, type %s: refused are %j', (element, type, refusees) => {
    const types = TYPES.replace('name="B"', `name="B" ${type}`);
    const bloque = s(un('e', ` type="B" ${element}`), types);
    const corps = { X: '<a>1</a><b/>', Y: '<a>1</a><b/><c/>', R: '<a>1</a>', B: '<a>1</a>' };
    const lus = Object.entries(corps).filter(([t, c]) => codes(bloque, demander(t, c)).includes('XSD-009'));
    expect(lus.map(([t]) => t).toSorted()).toEqual([...refusees].toSorted());
  });

  test('blockDefault stands where nothing else is said', () => {
    const bloque = (element: string, type = '') =>
      schema(
        `<x:schema ${XS} blockDefault="extension">${TYPES.replaceAll('complexType name', `complexType ${type} name`)}${un('e', ` type="B"${element}`)}</x:schema>`,
      );
    const codesDe = (b: ReturnType<typeof schema>) => codes(b, demander('X', '<a>1</a><b/>'));
    expect(codesDe(bloque(''))).toContain('XSD-009');
    expect(codesDe(bloque(' block=""'))).toContain('XSD-009');
    expect(codesDe(bloque(' block=""', 'block=""'))).toEqual([]);
  });

  test('a simple type may be restricted, or be a member of the union declared', () => {
    const types = `${restriction('x:int', ['maxInclusive', '9']).replace('<x:simpleType>', '<x:simpleType name="N">')}<x:simpleType name="U"><x:union memberTypes="x:int x:date"/></x:simpleType>`;
    const lire = (...[declare, type, v, attributs = '']: [string, string, string, string?]) =>
      codes(s(un('e', ` type="${declare}"${attributs}`), types), demander(type, v));
    expect(lire('x:int', 'N', '9')).toEqual([]);
    expect(lire('x:int', 'N', '10')).toEqual(['XSD-007']);
    expect(lire('N', 'x:int', '9')).toEqual(['XSD-009']);
    expect(lire('x:decimal', 'x:byte', '300')).toEqual(['XSD-007']);
    expect(lire('U', 'N', '9')).toEqual([]);
    expect(lire('U', 'x:byte', '9')).toEqual([]);
    expect(lire('U', 'x:string', '9')).toEqual(['XSD-009']);
    expect(lire('x:int', 'N', '9', ' block="restriction"')).toEqual(['XSD-009']);
    expect(lire('x:int', 'N', '9', ' block="extension"')).toEqual([]);
    expect(lire('x:anySimpleType', 'x:date', 'x')).toEqual(['XSD-007']);
    expect(lire('x:anyType', 'N', '10')).toEqual(['XSD-007']);
    expect(lire('x:anyType', 'N', '9')).toEqual([]);
  });

  test('a fixed value stays the one declared, be it none of the type asked for', () => {
    const fixe = s('<x:element name="e" type="x:anySimpleType" fixed="abc"/>', '');
    expect(bilan(fixe, demander('x:date', '2026-01-01')).constats[0]?.attendu).toBe('« abc »');
    expect(codes(fixe, demander('x:string', 'abc'))).toEqual([]);
    expect(codes(fixe, demander('x:date', ''))).toEqual([]);
  });

  test('an abstract type is not one to ask for', () => {
    const abstrait = s(E, TYPES.replace('name="X"', 'abstract="true" name="X"'));
    expect(codes(abstrait, demander('X', '<a>1</a><b/>'))).toEqual(['XSD-011']);
    expect(codes(abstrait, demander('Y', '<a>1</a><b/><c/>'))).toEqual([]);
  });

  test('an element let in by a wildcard may ask for a type too', () => {
    const lax = s(suite('<x:any processContents="lax" maxOccurs="9"/>'));
    const simple = (v: string) => `<e><z ${XSI} ${XS} i:type="x:int">${v}</z></e>`;
    expect([codes(lax, simple('1')), codes(lax, simple('x')), codes(lax, simple(''))]).toEqual([
      [],
      ['XSD-007'],
      ['XSD-007'],
    ]);
    const texte = `<e><z ${XSI} i:type="B"><a>x</a></z></e>`;
    expect(bilan(lax, texte).constats.map((c) => [c.code, c.chemin])).toEqual([['XSD-007', '/e/z/a']]);
    expect(codes(lax, `<e><z ${XSI} i:type="Absent"/></e>`)).toEqual(['XSD-009']);
    expect(bilan(lax, `<e><z ${XSI} i:type="Absent"/></e>`).constats[0]?.chemin).toBe('/e/z/@xsi:type');
  });
});

describe('xsi:nil: an element declared empty (3.3.4)', () => {
  const lire = (attributs: string, nil: string, corps = '') => {
    const texte = `<e ${XSI} i:nil="${nil}">${corps}</e>`;
    return bilan(schema(un('e', ` type="x:int" ${attributs}`)), texte).constats.map(({ message, ...c }) => [
      c.code,
      c.code === 'XSD-010'
        ? [message, c.chemin, c.valeur, c.position.octet === texte.indexOf(`${nil}"`), c.element]
        : c.chemin,
    ]);
  };

  test.each(['true', '1', ' true\n'])('%j: nothing is required', (nil) => {
    expect(lire('nillable="true"', nil)).toEqual([]);
    expect(lire('nillable="true"', nil, '<!-- x -->')).toEqual([]);
    expect(lire('nillable="true"', nil, '1')).toEqual([['XSD-008', '/e']]);
  });

  test.each(['false', '0'])('%j: as if it were not there', (nil) => {
    expect(lire('nillable="true"', nil, '1')).toEqual([]);
    expect(lire('nillable="true"', nil)).toEqual([['XSD-007', '/e']]);
  });

  test('not a boolean, not permitted, a fixed value: told at the attribute', () => {
    expect(lire('nillable="true"', 'oui', '1')).toEqual([
      ['XSD-010', ['xsi:nil vaut « oui » ; attendu : « true » ou « false ».', '/e/@xsi:nil', 'oui', true, 0]],
    ]);
    for (const nil of ['true', 'false']) {
      expect(lire('', nil, '1')).toEqual([
        ['XSD-010', ['xsi:nil n’est pas permis sur cet élément.', '/e/@xsi:nil', nil, true, 0]],
      ]);
    }
    expect(lire('nillable="true" fixed="1"', 'true')).toEqual([
      [
        'XSD-010',
        ['xsi:nil n’est pas permis : la valeur de cet élément est imposée.', '/e/@xsi:nil', 'true', true, 0],
      ],
    ]);
    expect(lire('nillable="true" fixed="1"', 'false')).toEqual([]);
  });

  test('attributes are judged all the same; the content is not required', () => {
    const type = nomme('T', `${sequence(un('a'))}<x:attribute name="p" type="x:int" use="required"/>`);
    const s = schema(type + un('e', ' type="T" nillable="true"'));
    expect(codes(s, `<e ${XSI} i:nil="true" p="1"/>`)).toEqual([]);
    expect(codes(s, `<e ${XSI} i:nil="true" p="x"/>`)).toEqual(['XSD-006']);
    expect(codes(s, `<e ${XSI} i:nil="true"/>`)).toEqual(['XSD-005']);
  });

  test('on an element without declaration, it says nothing', () => {
    const lax = schema(suite('<x:any processContents="lax"/>'));
    expect(codes(lax, `<e><z ${XSI} i:nil="true">x</z></e>`)).toEqual([]);
  });

  test('with xsi:type as well: both count', () => {
    const s = schema(TYPES + un('e', ' type="B" nillable="true"'));
    expect(codes(s, `<e ${XSI} i:nil="true" i:type="X" q=""/>`)).toEqual([]);
    expect(codes(s, `<e ${XSI} i:type="X" i:nil="false" q=""/>`)).toEqual(['XSD-003']);
  });
});
