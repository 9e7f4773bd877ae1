import { describe, expect, test } from 'vitest';
import { compilerXsd } from '../../../../src/formats/xsd/compiler.ts';
import { bilan, codes, refus, restriction, schema } from './essais.ts';

const type = (corps: string): string =>
  `<x:element name="e"><x:complexType>${corps}</x:complexType></x:element>`;
const un = (nom: string, suite = ''): string => `<x:element name="${nom}"${suite}/>`;
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

function verdicts(corps: string, documents: readonly string[]): boolean[] {
  const s = schema(corps);
  return documents.map((d) => codes(s, d).length === 0);
}

describe('XSD Structures 3.8: content models', () => {
  test('sequence, occurrences, nesting', () => {
    const s = type(
      `<x:sequence>${un('a')}<x:sequence minOccurs="0" maxOccurs="2">${un('b')}${un('c', ' minOccurs="0"')}</x:sequence>${un('d', ' minOccurs="2" maxOccurs="3"')}</x:sequence>`,
    );
    expect(
      verdicts(s, [
        '<e><a/><d/><d/></e>',
        '<e><a/><b/><b/><c/><d/><d/><d/></e>',
        '<e><a/><b/><b/><b/><d/><d/></e>',
        '<e><a/><d/></e>',
        '<e><a/><d/><d/><d/><d/></e>',
        '<e><d/><d/></e>',
        '<e/>',
      ]),
    ).toEqual([true, true, false, false, false, false, false]);
  });

  test('choice, unbounded; an optional content may be empty', () => {
    const s = type(`<x:choice minOccurs="0" maxOccurs="unbounded">${un('a')}${un('b')}</x:choice>`);
    expect(verdicts(s, ['<e/>', '<e><b/><a/><b/></e>', '<e> \n </e>', '<e><c/></e>', '<e>x</e>'])).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('all: any order, each once, the required ones there', () => {
    const s = type(`<x:all>${un('a')}${un('b', ' minOccurs="0"')}${un('c')}</x:all>`);
    expect(
      verdicts(s, ['<e><c/><a/></e>', '<e><b/><c/><a/></e>', '<e><a/><a/><c/></e>', '<e><a/></e>', '<e/>']),
    ).toEqual([true, true, false, false, false]);
  });

  test('groups, attribute groups, references', () => {
    const s = `<x:group name="g"><x:choice>${un('a')}${un('b')}</x:choice></x:group><x:attributeGroup name="ag"><x:attribute ref="n" use="required"/></x:attributeGroup><x:attribute name="n" type="x:int"/>${type('<x:sequence><x:group ref="g" maxOccurs="2"/></x:sequence><x:attributeGroup ref="ag"/>')}`;
    expect(verdicts(s, ['<e n="1"><b/><a/></e>', '<e n="x"><a/></e>', '<e><a/></e>', '<e n="1"/>'])).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('empty content refuses even white space (3.4.4)', () => {
    expect(verdicts(type(''), ['<e/>', '<e></e>', '<e> </e>', '<e><!-- c --></e>', '<e>&#32;</e>'])).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  test('mixed content', () => {
    const s = `<x:element name="e"><x:complexType mixed="true"><x:sequence>${un('a')}</x:sequence></x:complexType></x:element>`;
    expect(verdicts(s, ['<e>x<a/>y</e>', '<e>x</e>', '<e>x<b/></e>'])).toEqual([true, false, false]);
  });
});

describe('XSD Structures 3.2 and 3.3: attributes and elements', () => {
  test('required, prohibited by restriction, fixed by value, unknown', () => {
    const s = type(
      '<x:attribute name="r" use="required"/><x:attribute name="f" type="x:decimal" fixed="1.0"/>',
    );
    expect(
      ['<e r=""/>', '<e r="" f="1.00"/>', '<e r="" f="2"/>', '<e/>', '<e r="" z=""/>'].map((d) =>
        codes(schema(s), d),
      ),
    ).toEqual([[], [], ['XSD-006'], ['XSD-005'], ['XSD-004']]);
  });

  test('default, fixed, nillable, abstract', () => {
    const s = schema(
      `${type(`<x:sequence>${un('d', ' type="x:int" default="1" minOccurs="0"')}${un('f', ' type="x:int" fixed="5" minOccurs="0"')}${un('n', ' type="x:int" nillable="true" minOccurs="0"')}<x:element ref="a" minOccurs="0"/></x:sequence>`)}<x:element name="a" abstract="true"/>`,
    );
    const cas: readonly (readonly [string, readonly string[]])[] = [
      ['<e><d/></e>', []],
      ['<e><f/></e>', []],
      ['<e><f> 5 </f></e>', []],
      ['<e><f>6</f></e>', ['XSD-007']],
      [`<e><n ${XSI} xsi:nil="true"/></e>`, []],
      [`<e><n ${XSI} xsi:nil="true">1</n></e>`, ['XSD-008']],
      [`<e><n ${XSI} xsi:nil="1"><z/></n></e>`, ['XSD-002']],
      [`<e><n ${XSI} xsi:nil="oui"/></e>`, ['XSD-010', 'XSD-007']],
      [`<e><d ${XSI} xsi:nil="false">1</d></e>`, ['XSD-010']],
      ['<e><n/></e>', ['XSD-007']],
      ['<e><a/></e>', ['XSD-011']],
    ];
    for (const [d, attendu] of cas) expect([d, codes(s, d)]).toEqual([d, attendu]);
  });

  test('identifiers: unique in the file, references met, forward as well (3.15.4)', () => {
    const s = schema(
      type(
        `<x:sequence><x:element name="a" maxOccurs="unbounded"><x:complexType><x:attribute name="id" type="x:ID"/><x:attribute name="v" type="x:IDREFS"/></x:complexType></x:element></x:sequence>`,
      ),
    );
    expect(codes(s, '<e><a v="y x"/><a id="x"/><a id="y" v="x"/></e>')).toEqual([]);
    expect(codes(s, '<e><a id="x"/><a id=" x "/></e>')).toEqual(['XSD-006']);
    const [c] = bilan(s, '<e>\n<a id="x" v="x z"/></e>').constats;
    expect([c?.code, c?.valeur, c?.position.ligne, c?.chemin]).toEqual(['XSD-013', 'z', 2, '/e/a[1]/@v']);
  });
});

const docTypee = (t: string, corps: string, attributs = ''): string =>
  `<e ${XSI} xsi:type="${t}"${attributs}>${corps}</e>`;

describe('XSD Structures 3.4: derivation and xsi:type', () => {
  const base = `<x:complexType name="B"><x:sequence>${un('a', ' type="x:int"')}</x:sequence><x:attribute name="p" type="x:int"/></x:complexType>`;
  const etendu = `<x:complexType name="X"><x:complexContent><x:extension base="B"><x:sequence>${un('b')}</x:sequence><x:attribute name="q" use="required"/></x:extension></x:complexContent></x:complexType>`;
  const restreint = `<x:complexType name="R"><x:complexContent><x:restriction base="B"><x:sequence>${un('a', ' type="x:byte"')}</x:sequence><x:attribute name="p" use="prohibited"/></x:restriction></x:complexContent></x:complexType>`;

  test('extension adds, restriction takes away, xsi:type chooses', () => {
    const s = schema(`${base}${etendu}${restreint}<x:complexType name="Z"/>${un('e', ' type="B"')}`);
    expect(codes(s, '<e p="1"><a>300</a></e>')).toEqual([]);
    expect(codes(s, docTypee('X', '<a>1</a><b/>', ' q=""'))).toEqual([]);
    expect(codes(s, docTypee('X', '<a>1</a>'))).toEqual(['XSD-005', 'XSD-003']);
    expect(codes(s, docTypee('R', '<a>300</a>', ' p="1"'))).toEqual(['XSD-004', 'XSD-007']);
    expect(codes(s, docTypee('Z', '<a>1</a>'))).toEqual(['XSD-009']);
    expect(codes(s, docTypee('Absent', '<a>1</a>'))).toEqual(['XSD-009']);
  });

  test('block refuses a derivation; an abstract type asks for another', () => {
    const bloque = schema(`${base}${etendu}${restreint}${un('e', ' type="B" block="extension"')}`);
    expect(codes(bloque, docTypee('X', '<a>1</a><b/>', ' q=""'))).toContain('XSD-009');
    expect(codes(bloque, docTypee('R', '<a>1</a>'))).toEqual([]);
    const abstrait = schema(
      `${base.replace('name="B"', 'name="B" abstract="true"')}${etendu}${un('e', ' type="B"')}`,
    );
    expect(codes(abstrait, '<e><a>1</a></e>')).toEqual(['XSD-011']);
    expect(codes(abstrait, docTypee('X', '<a>1</a><b/>', ' q=""'))).toEqual([]);
  });

  test('simple content: extension with attributes, restriction with facets, a base taken through complexContent', () => {
    const s = schema(
      '<x:complexType name="M"><x:simpleContent><x:extension base="x:decimal"><x:attribute name="u"/></x:extension></x:simpleContent></x:complexType>' +
        '<x:complexType name="N"><x:simpleContent><x:restriction base="M"><x:maxInclusive value="9"/></x:restriction></x:simpleContent></x:complexType>' +
        '<x:complexType name="O"><x:complexContent><x:extension base="N"><x:attribute name="w"/></x:extension></x:complexContent></x:complexType>' +
        un('e', ' type="O"'),
    );
    expect(
      ['<e u="" w="">9</e>', '<e>10</e>', '<e>x</e>', '<e><a/></e>'].map((d) => codes(s, d).length),
    ).toEqual([0, 1, 1, 1]);
  });

  test('a member of a union may stand for it', () => {
    const s = schema(
      `<x:simpleType name="U"><x:union memberTypes="x:int x:date"/></x:simpleType>${un('e', ' type="U"')}`,
    );
    const t = (nom: string, v: string) =>
      codes(s, `<e ${XSI} xmlns:x="http://www.w3.org/2001/XMLSchema" xsi:type="x:${nom}">${v}</e>`);
    expect([t('int', '1'), t('date', '1'), t('string', '1')]).toEqual([[], ['XSD-007'], ['XSD-009']]);
  });
});

const docJoker = (corps: string, attributs = ''): string =>
  `<a:e xmlns:a="urn:a" xmlns:b="urn:b" xmlns:c="urn:c"${attributs}>${corps}</a:e>`;

describe('XSD Structures 3.10: wildcards', () => {
  const autre =
    '<x:schema targetNamespace="urn:b" elementFormDefault="qualified"><x:element name="k" type="x:int"/><x:attribute name="t" type="x:int"/></x:schema>';
  const s = (processus: string, espace: string) =>
    schema({
      'a.xsd': `<x:schema targetNamespace="urn:a" xmlns="urn:a"><x:import namespace="urn:b" schemaLocation="b.xsd"/><x:element name="e"><x:complexType><x:sequence><x:any processContents="${processus}" namespace="${espace}" minOccurs="0"/></x:sequence><x:anyAttribute processContents="${processus}" namespace="${espace}"/></x:complexType></x:element></x:schema>`,
      'b.xsd': autre,
    });

  test('lax judges what is declared, strict asks for a declaration, skip judges nothing', () => {
    const k = docJoker('<b:k>x</b:k>', ' b:t="x"');
    const inconnu = docJoker('<c:k>x</c:k>', ' c:t="x"');
    expect([codes(s('lax', '##any'), k), codes(s('lax', '##any'), inconnu)]).toEqual([
      ['XSD-006', 'XSD-007'],
      [],
    ]);
    expect([codes(s('strict', '##any'), k), codes(s('strict', '##any'), inconnu)]).toEqual([
      ['XSD-006', 'XSD-007'],
      ['XSD-012', 'XSD-012'],
    ]);
    expect([codes(s('skip', '##any'), k), codes(s('skip', '##any'), inconnu)]).toEqual([[], []]);
  });

  test('namespaces: ##other is neither the target nor none; lists are lists', () => {
    const corps = ['<b:k>1</b:k>', '<a:e/>', '<z/>'];
    expect(
      ['##other', '##targetNamespace', '##local', 'urn:b ##local'].map((espace) =>
        corps.map((d) => codes(s('lax', espace), docJoker(d)).length),
      ),
    ).toEqual([
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
      [0, 1, 0],
    ]);
  });

  test('what a lax wildcard or anyType lets in is judged again where a declaration is known', () => {
    expect(codes(s('lax', '##any'), docJoker('<c:x><b:k>x</b:k></c:x>'))).toEqual(['XSD-007']);
    const libre = schema(`${un('e')}${un('k', ' type="x:int"')}`);
    expect([codes(libre, '<e a="1">t<z><k>1</k></z></e>'), codes(libre, '<e><z><k>x</k></z></e>')]).toEqual([
      [],
      ['XSD-007'],
    ]);
  });
});

describe('XSD Structures 4.2: sets of files', () => {
  test('a chameleon takes the namespace of the schema that includes it', () => {
    const s = schema({
      'a.xsd':
        '<x:schema targetNamespace="urn:a" xmlns:a="urn:a" elementFormDefault="qualified"><x:include schemaLocation="sous/c.xsd"/><x:element name="e" type="a:T"/></x:schema>',
      'sous/c.xsd':
        '<x:schema elementFormDefault="qualified"><x:include schemaLocation="../d.xsd"/><x:complexType name="T"><x:sequence><x:element name="v" type="N"/></x:sequence></x:complexType></x:schema>',
      'd.xsd': '<x:schema><x:simpleType name="N"><x:restriction base="x:int"/></x:simpleType></x:schema>',
    });
    expect([
      codes(s, '<e xmlns="urn:a"><v>1</v></e>'),
      codes(s, '<e xmlns="urn:a"><v>x</v></e>'),
      codes(s, '<e xmlns="urn:a"><v xmlns="">1</v></e>'),
    ]).toEqual([[], ['XSD-007'], ['XSD-002']]);
  });

  test('elementFormDefault, attributeFormDefault and form', () => {
    const s = schema(
      '<x:schema targetNamespace="urn:a" attributeFormDefault="qualified"><x:element name="e"><x:complexType><x:sequence><x:element name="v"/><x:element name="w" form="qualified"/></x:sequence><x:attribute name="t"/></x:complexType></x:element></x:schema>',
    );
    expect(codes(s, '<a:e xmlns:a="urn:a" a:t=""><v/><a:w/></a:e>')).toEqual([]);
    expect(codes(s, '<a:e xmlns:a="urn:a" t=""><v/><a:w/></a:e>')).toEqual(['XSD-004']);
  });
});

describe('What cannot be honoured is refused at compile time, with its place', () => {
  const cas: readonly (readonly [string, string, RegExp])[] = [
    [
      'key',
      '<x:element name="e"><x:complexType/><x:key name="k"><x:selector xpath="."/></x:key></x:element>',
      /contrainte d’identité/,
    ],
    [
      'substitutionGroup',
      '<x:element name="a"/><x:element name="e" substitutionGroup="a"/>',
      /substitutionGroup/,
    ],
    ['redefine', '<x:redefine schemaLocation="b.xsd"/>', /redefine/],
    ['notation', '<x:notation name="n" public="p"/>', /notation/],
    ['ENTITY', '<x:element name="e" type="x:ENTITY"/>', /ENTITY/],
    [
      'fixed value of a mixed content',
      '<x:element name="e" fixed="a"><x:complexType mixed="true"/></x:element>',
      /fixed/,
    ],
    [
      'pattern',
      `<x:element name="e">${restriction('x:string', ['pattern', '\\p{IsKlingon}'])}</x:element>`,
      /motif/,
    ],
    ['huge occurrences', type(`<x:sequence>${un('a', ' maxOccurs="100000"')}</x:sequence>`), /répétitions/],
    ['unknown type', '<x:element name="e" type="T"/>', /n’est pas déclaré/],
    ['unknown built-in', '<x:element name="e" type="x:nombre"/>', /n’existe pas/],
    ['undeclared prefix', '<x:element name="e" type="z:T"/>', /préfixe/],
    ['ambiguous content', type(`<x:sequence>${un('a', ' minOccurs="0"')}${un('a')}</x:sequence>`), /ambigu/],
    ['wildcard against element', type(`<x:sequence><x:any minOccurs="0"/>${un('a')}</x:sequence>`), /ambigu/],
    [
      'circular type',
      '<x:complexType name="A"><x:complexContent><x:extension base="A"/></x:complexContent></x:complexType>',
      /par lui-même/,
    ],
    [
      'circular group',
      '<x:group name="g"><x:sequence><x:group ref="g"/></x:sequence></x:group>',
      /se contient/,
    ],
    [
      'facet of another type',
      `<x:element name="e">${restriction('x:decimal', ['length', '3'])}</x:element>`,
      /ne s’applique pas/,
    ],
    [
      'bound that is no value',
      `<x:element name="e">${restriction('x:int', ['maxInclusive', 'x'])}</x:element>`,
      /borne/,
    ],
    ['declared twice', `${un('e')}${un('e')}`, /deux fois/],
    ['unknown element', '<x:elment name="e"/>', /n’a pas sa place/],
    ['missing file', '<x:include schemaLocation="absent.xsd"/>', /n’est pas dans le jeu/],
    ['attribute twice', type('<x:attribute name="a"/><x:attribute name="a"/>'), /deux fois/],
    [
      'maxOccurs below minOccurs',
      type(`<x:sequence>${un('a', ' minOccurs="2"')}</x:sequence>`),
      /plus petit/,
    ],
  ];
  test.each(cas)('%s', (_, corps, message) => {
    const [premier] = refus(`\n${corps}`);
    expect(premier?.message).toMatch(message);
    expect([premier?.fichier, premier?.ligne]).toEqual(['a.xsd', 2]);
  });

  test('an element against a wildcard: the element, where that shuts nothing out; else libxml2 is to judge', () => {
    const avec = (joker: string): string =>
      type(
        `<x:sequence>${un('a', ' type="x:int" minOccurs="0"')}<x:any processContents="skip" ${joker}/></x:sequence>`,
      );
    const documents = ['<e><a>x</a></e>', '<e><a>1</a><a>x</a><o/></e>', '<e><o/><a>x</a></e>', '<e/>'];
    const libre = avec('minOccurs="0" maxOccurs="unbounded"');
    expect(verdicts(libre, documents)).toEqual([false, true, true, true]);
    expect(refus(avec(''))).toMatchObject([{ genre: 'nonHonore' }]);
    expect(refus(avec('minOccurs="0" maxOccurs="2"'))).toMatchObject([{ genre: 'nonHonore' }]);
  });

  const cite = (balise: string, fin: string): string =>
    Array.from({ length: 40 }, (_, k) => {
      const suivants = `<x:${balise} ref="g${k + 1}"/>`.repeat(2);
      const contenu = k === 39 ? fin : suivants;
      const dedans = balise === 'group' ? `<x:sequence>${contenu}</x:sequence>` : contenu;
      return `<x:${balise} name="g${k}">${dedans}</x:${balise}>`;
    }).join('');
  test.each([
    ['groups', 'group', un('a'), 'ses groupes, développés, donnent trop d’éléments'],
    ['attribute groups', 'attributeGroup', '', 'ses groupes, développés, donnent trop d’attributs'],
  ])('%s that double at each level are refused, and it ends', (...[, balise, fin, message]) => {
    expect(refus(`${cite(balise, fin)}${type(`<x:${balise} ref="g0"/>`)}`)).toEqual([
      expect.objectContaining({ genre: 'invalide', fichier: 'a.xsd', message }),
    ]);
  });

  test('a long sequence of optional elements is compiled, a longer one left to libxml2, in no time', () => {
    const suite = (n: number): string =>
      type(
        `<x:sequence>${Array.from({ length: n }, (_, k) => un(`a${k}`, ' minOccurs="0"')).join('')}</x:sequence>`,
      );
    const debut = performance.now();
    expect(verdicts(suite(1000), ['<e><a0/><a500/><a999/></e>', '<e><a1/><a0/></e>'])).toEqual([true, false]);
    expect(refus(suite(3000))).toMatchObject([{ genre: 'nonHonore' }]);
    const copies = type(`<x:sequence maxOccurs="1000">${un('a', ' minOccurs="0"')}</x:sequence>`);
    expect(refus(copies)).toMatchObject([{ genre: 'nonHonore' }]);
    expect(performance.now() - debut).toBeLessThan(10_000);
  });

  test('nothing, however many times, is nothing', () => {
    const s = type(`<x:sequence><x:sequence maxOccurs="999999999"/>${un('a')}</x:sequence>`);
    expect(verdicts(s, ['<e><a/></e>', '<e/>'])).toEqual([true, false]);
  });

  test('no XML, and another vocabulary', () => {
    expect(refus({ 'a.xsd': '<x:schema>\n<a></b></x:schema>' })).toMatchObject([
      { ligne: 2, message: expect.stringMatching(/^ce n’est pas du XML \(.*[éà«]/) },
    ]);
    expect(refus('<x:schema')[0]?.message).toMatch(/pas du XML/);
    expect(refus({ 'a.xsd': '<x:schema xmlns:x="urn:z"/>' })[0]?.message).toMatch(/n’est pas un schéma/);
  });
});

describe('encodings of a schema', () => {
  const VALEUR = '<x:element name="e"><x:simpleType><x:restriction base="x:string"><x:enumeration value="';
  const octets = (declaration: string, valeur: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from(`${declaration}<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema">${VALEUR}`),
      valeur,
      Buffer.from('"/></x:restriction></x:simpleType></x:element></x:schema>'),
    ]);
  const annonce = (encodage: string): string => `<?xml version="1.0" encoding="${encodage}"?>`;
  const compiler = (contenu: Uint8Array) => compilerXsd('a.xsd', () => contenu);
  const valeurs = (contenu: Uint8Array) => {
    const c = compiler(contenu);
    return c.type === 'compile' ? JSON.stringify(c.artefact.types) : '';
  };

  test.each([
    ['ISO-8859-15', [0xa4, 0xe9], '€é'],
    ['iso-8859-1', [0xa4, 0xe9], '¤é'],
    ['windows-1252', [0x80, 0xe9], '€é'],
    ['UTF-8', [0xe2, 0x82, 0xac], '€'],
  ])('%s: its bytes mean what its declaration says', (encodage, valeur, lue) => {
    expect(valeurs(octets(annonce(encodage), Uint8Array.from(valeur)))).toContain(`["${lue}"]`);
  });

  test.each([
    ['UTF-16', Buffer.from('\ufeff<x/>', 'utf16le'), /^son encodage « UTF-16 » n’est pas admis : UTF-8, /],
    ['another', octets(annonce('EBCDIC-FR'), Buffer.from('a')), /« EBCDIC-FR » n’est pas admis/],
    ['bytes that are not the UTF-8 announced', octets('', Uint8Array.of(0xe9)), /ne sont pas de l’UTF-8/],
  ])('%s: refused', (_, contenu, message) => {
    expect(compiler(contenu)).toMatchObject({
      refus: [{ genre: 'invalide', message: expect.stringMatching(message) }],
    });
  });
});
