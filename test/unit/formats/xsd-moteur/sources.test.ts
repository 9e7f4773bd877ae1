import { describe, expect, test } from 'vitest';
import { compilerXsd } from '../../../../src/formats/xsd/compiler.ts';
import { codes, type Fichiers, refus, schema, un } from './essais.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const entier = (nom: string): string =>
  `<x:simpleType name="${nom}"><x:restriction base="x:int"/></x:simpleType>`;
const racine = (attributs: string, corps: string): string => `<x:schema ${attributs}>${corps}</x:schema>`;
const inclure = (lieu: string): string => `<x:include schemaLocation="${lieu}"/>`;
const importer = (espace: string, lieu: string): string =>
  `<x:import namespace="${espace}" schemaLocation="${lieu}"/>`;
const B = 'targetNamespace="urn:b" xmlns="urn:b"';
const juge = (fichiers: Fichiers, texte: string) => codes(schema(fichiers), texte);
const messages = (fichiers: Fichiers) => refus(fichiers).map((r) => [r.genre, r.fichier, r.ligne, r.message]);

describe('XSD Structures 4.2.1: include', () => {
  test.each([
    ['n.xsd', 'n.xsd'],
    [' ./n.xsd ', 'n.xsd'],
    ['sous/n.xsd', 'sous/n.xsd'],
    ['sous/../n.xsd', 'n.xsd'],
    ['../n.xsd', '../n.xsd'],
    ['http://exemple.fr/n.xsd', 'http://exemple.fr/n.xsd'],
    ['URN:n.xsd', 'URN:n.xsd'],
  ])('« %s » is the file « %s »', (lieu, nom) => {
    const fichiers = { 'a.xsd': `${inclure(lieu)}${un('e', ' type="N"')}`, [nom]: entier('N') };
    expect(juge(fichiers, '<e>x</e>')).toEqual(['XSD-007']);
    const c = compilerXsd('a.xsd', (f) =>
      f === 'a.xsd' || f === nom
        ? Buffer.from(racine(XS, f === nom ? entier('N') : fichiers['a.xsd']))
        : null,
    );
    expect(c.type === 'compile' ? c.artefact.fichiers : []).toEqual(['a.xsd', nom]);
  });

  test('a path is relative to the file that holds it', () => {
    const fichiers = {
      'a.xsd': `${inclure('p/b.xsd')}${un('e', ' type="N"')}`,
      'p/b.xsd': inclure('q/c.xsd'),
      'p/q/c.xsd': inclure('../d.xsd'),
      'p/d.xsd': entier('N'),
    };
    expect(juge(fichiers, '<e>1</e>')).toEqual([]);
  });

  test('a file is read once, and may include who includes it', () => {
    const fichiers = {
      'a.xsd': `${inclure('b.xsd')}${inclure('b.xsd')}${inclure('a.xsd')}${inclure('./c.xsd')}${un('e', ' type="N"')}`,
      'b.xsd': `${inclure('c.xsd')}${inclure('a.xsd')}`,
      'c.xsd': entier('N'),
    };
    expect(juge(fichiers, '<e>1</e>')).toEqual([]);
  });

  test('what is missing is told where it is asked for; the main schema, by itself', () => {
    expect(messages(`\n${inclure('absent.xsd')}`)).toEqual([
      ['absent', 'a.xsd', 2, 'le fichier « absent.xsd » n’est pas dans le jeu'],
    ]);
    expect(messages({})).toEqual([['absent', 'a.xsd', 0, 'le fichier « a.xsd » n’est pas dans le jeu']]);
    expect(messages(`<x:include/>`)).toEqual([
      ['absent', 'a.xsd', 1, 'le fichier « . » n’est pas dans le jeu'],
    ]);
  });

  test('a broken file is told by its name and line', () => {
    expect(
      messages({ 'a.xsd': inclure('b.xsd'), 'b.xsd': racine(XS, '\n<x:element name="e">z</x:element>') }),
    ).toEqual([['invalide', 'b.xsd', 2, 'du texte n’a pas sa place dans « x:element »']]);
  });

  test('a file of another namespace cannot be included', () => {
    const fichiers = { 'a.xsd': `\n${inclure('b.xsd')}`, 'b.xsd': racine(B, entier('N')) };
    expect(messages(fichiers)).toEqual([
      ['invalide', 'a.xsd', 2, '« b.xsd » est inclus alors que son espace de noms est « urn:b »'],
    ]);
    expect(
      juge(
        { 'a.xsd': racine(B, inclure('b.xsd') + un('e', ' type="N"')), 'b.xsd': racine(B, entier('N')) },
        '<e xmlns="urn:b">1</e>',
      ),
    ).toEqual([]);
  });

  test('a file without namespace takes that of each file that includes it', () => {
    const fichiers = {
      'a.xsd': racine(
        'targetNamespace="urn:a" xmlns:a="urn:a" xmlns:b="urn:b"',
        `${inclure('c.xsd')}${importer('urn:b', 'b.xsd')}<x:element name="e"><x:complexType><x:sequence><x:element ref="a:k"/><x:element ref="b:k"/></x:sequence></x:complexType></x:element>`,
      ),
      'b.xsd': racine('targetNamespace="urn:b"', inclure('c.xsd')),
      'c.xsd': racine('', `${entier('N')}<x:element name="k" type="N"/>`),
    };
    const document = (un1: string, deux: string) =>
      `<a:e xmlns:a="urn:a" xmlns:b="urn:b"><a:k>${un1}</a:k><b:k>${deux}</b:k></a:e>`;
    expect([juge(fichiers, document('1', '2')), juge(fichiers, document('x', 'y'))]).toEqual([
      [],
      ['XSD-007', 'XSD-007'],
    ]);
  });
});

describe('XSD Structures 4.2.3: import', () => {
  const hote = (corps: string, attributs = 'xmlns:b="urn:b"'): string => racine(attributs, corps);
  const E = un('e', ' type="b:N"');

  test('brings another namespace, once', () => {
    const fichiers = {
      'a.xsd': hote(
        `${importer('urn:b', 'b.xsd')}${importer('urn:b', 'autre.xsd')}${importer('urn:b', 'b.xsd')}${E}`,
      ),
      'b.xsd': racine(B, entier('N')),
    };
    expect(juge(fichiers, '<e>1</e>')).toEqual([]);
  });

  test('a hint that leads nowhere is none: what is missing is told where it is referred to', () => {
    for (const i of [importer('urn:b', 'absent.xsd'), '<x:import namespace="urn:b"/>']) {
      expect(messages({ 'a.xsd': hote(`${i}\n${E}`) })).toEqual([
        ['invalide', 'a.xsd', 2, 'le type « N » de l’espace « urn:b » n’est pas déclaré'],
      ]);
      expect(messages({ 'a.xsd': hote(i) })).toEqual([]);
    }
  });

  test('after a hint that leads nowhere, another is followed', () => {
    const fichiers = {
      'a.xsd': hote(`${importer('urn:b', 'absent.xsd')}${importer('urn:b', 'b.xsd')}${E}`),
      'b.xsd': racine(B, entier('N')),
    };
    expect(juge(fichiers, '<e>1</e>')).toEqual([]);
  });

  test('one does not import its own namespace, nor another than the one told', () => {
    expect(
      messages({ 'a.xsd': racine(B, `\n${importer('urn:b', 'b.xsd')}`), 'b.xsd': racine(B, '') }),
    ).toEqual([['invalide', 'a.xsd', 2, 'un schéma ne peut pas importer son propre espace de noms']]);
    expect(messages({ 'a.xsd': racine('', '<x:import/>') })).toMatchObject([
      ['invalide', 'a.xsd', 1, expect.anything()],
    ]);
    expect(
      messages({
        'a.xsd': hote(`\n${importer('urn:b', 'c.xsd')}`),
        'c.xsd': racine('targetNamespace="urn:c"', ''),
      }),
    ).toEqual([['invalide', 'a.xsd', 2, '« c.xsd » est importé pour « urn:b » et décrit « urn:c »']]);
  });

  test('no namespace may be imported by one that has one', () => {
    const fichiers = {
      'a.xsd': racine(B, '<x:import schemaLocation="c.xsd"/><x:element xmlns="" name="e" type="N"/>'),
      'c.xsd': racine('', entier('N')),
    };
    expect(juge(fichiers, '<e xmlns="urn:b">1</e>')).toEqual([]);
  });

  test('two schemas may import one another', () => {
    const fichiers = {
      'a.xsd': racine(
        'targetNamespace="urn:a" xmlns:b="urn:b" xmlns:a="urn:a"',
        `${importer('urn:b', 'b.xsd')}${entier('N')}${un('e', ' type="b:M"')}`,
      ),
      'b.xsd': racine(
        'targetNamespace="urn:b" xmlns:a="urn:a"',
        `${importer('urn:a', 'a.xsd')}<x:simpleType name="M"><x:restriction base="a:N"><x:maxInclusive value="9"/></x:restriction></x:simpleType>`,
      ),
    };
    expect([juge(fichiers, '<e xmlns="urn:a">9</e>'), juge(fichiers, '<e xmlns="urn:a">10</e>')]).toEqual([
      [],
      ['XSD-007'],
    ]);
  });

  test('a broken import is told', () => {
    expect(
      messages({
        'a.xsd': hote(importer('urn:b', 'b.xsd')),
        'b.xsd': racine('xmlns="urn:z" targetNamespace="urn:b"', '<z/>'),
      }),
    ).toEqual([['invalide', 'b.xsd', 1, 'l’élément « z » n’est pas de XML Schema']]);
  });
});

describe('XSD Structures 3.15.3: names', () => {
  test('a prefix is looked for where the name stands, white space around it is nothing', () => {
    const local = '<x:element name="e" xmlns:p="urn:b" type=" p:N "/>';
    const fichiers = {
      'a.xsd': racine('xmlns:p="urn:z"', `${importer('urn:b', 'b.xsd')}${local}`),
      'b.xsd': racine(B, entier('N')),
    };
    expect(juge(fichiers, '<e>1</e>')).toEqual([]);
  });

  test('the default namespace is that of names without prefix; it may be taken back', () => {
    const fichiers = (type: string) =>
      racine('targetNamespace="urn:a" xmlns="urn:a"', `${entier('N')}${type}`);
    expect(juge(fichiers(un('e', ' type="N"')), '<e xmlns="urn:a">1</e>')).toEqual([]);
    expect(messages(fichiers('<x:element name="e" xmlns="" type="N"/>'))[0]?.[3]).toBe(
      'le type « N » de l’espace «  » n’est pas déclaré',
    );
  });

  test('a prefix that is not declared is told', () => {
    expect(messages(`\n${un('e', ' type="z:N"')}`)).toContainEqual([
      'invalide',
      'a.xsd',
      2,
      'le préfixe « z » n’est pas déclaré',
    ]);
  });

  test('each kind of thing has its own names; types of both kinds share theirs', () => {
    const meme = `${un('n', ' type="n"')}${entier('n')}<x:attribute name="n"/><x:group name="n"><x:sequence/></x:group><x:attributeGroup name="n"/>`;
    expect(juge(meme, '<n>1</n>')).toEqual([]);
    for (const double of [
      un('n'),
      '<x:attribute name="n"/>',
      '<x:complexType name="n"/>',
      '<x:group name="n"/>',
      '<x:attributeGroup name="n"/>',
    ]) {
      expect(messages(`${meme}\n${double}`)).toEqual([
        ['invalide', 'a.xsd', 2, '« n » est déclaré deux fois'],
      ]);
    }
  });

  test('xml is declared without being said', () => {
    const fichiers = {
      'a.xsd': racine(
        '',
        `${importer('http://www.w3.org/XML/1998/namespace', 'xml.xsd')}<x:element name="e"><x:complexType><x:attribute ref="xml:lang"/></x:complexType></x:element>`,
      ),
      'xml.xsd': racine(
        'targetNamespace="http://www.w3.org/XML/1998/namespace"',
        '<x:attribute name="lang" type="x:language"/>',
      ),
    };
    expect([juge(fichiers, '<e xml:lang="fr"/>'), juge(fichiers, '<e xml:lang="_"/>')]).toEqual([
      [],
      ['XSD-006'],
    ]);
  });
});

describe('local names: with the target namespace, or without', () => {
  const corps = (forme: string) =>
    `<x:element name="e"><x:complexType><x:sequence><x:element name="v"${forme}/></x:sequence><x:attribute name="t"${forme}/></x:complexType></x:element>`;
  const lus = (defaut: string, forme: string) => {
    const s = schema(racine(`targetNamespace="urn:a"${defaut}`, corps(forme)));
    const document = (v: string, t: string) => `<a:e xmlns:a="urn:a" ${t}="1"><${v}/></a:e>`;
    return (['v', 'a:v'] as const).flatMap((v) =>
      (['t', 'a:t'] as const).filter((t) => codes(s, document(v, t)).length === 0).map((t) => `${v} ${t}`),
    );
  };

  test.each([
    ['', '', 'v t'],
    [' elementFormDefault="qualified"', '', 'a:v t'],
    [' attributeFormDefault="qualified"', '', 'v a:t'],
    [' elementFormDefault="unqualified" attributeFormDefault="unqualified"', ' form="qualified"', 'a:v a:t'],
    [' elementFormDefault="qualified" attributeFormDefault=" qualified "', ' form="unqualified"', 'v t'],
  ])('defaults%s, form%s: %s', (defaut, forme, attendu) => {
    expect(lus(defaut, forme)).toEqual([attendu]);
  });

  test('global ones are always of the target namespace, where they are referred to as well', () => {
    const s = schema(
      racine(
        'targetNamespace="urn:a" xmlns:a="urn:a"',
        '<x:attribute name="g"/><x:element name="k"/><x:element name="e"><x:complexType><x:sequence><x:element ref="a:k"/></x:sequence><x:attribute ref="a:g"/></x:complexType></x:element>',
      ),
    );
    expect(codes(s, '<a:e xmlns:a="urn:a" a:g=""><a:k/></a:e>')).toEqual([]);
    expect(codes(s, '<a:e xmlns:a="urn:a" g=""><k/></a:e>')).toEqual(['XSD-004', 'XSD-002']);
  });
});

describe('attributes that are referred to', () => {
  const avec = (usage: string) =>
    schema(
      `<x:attribute name="g" type="x:int" fixed="5"/><x:attribute name="l">${'<x:simpleType><x:restriction base="x:string"><x:maxLength value="1"/></x:restriction></x:simpleType>'}</x:attribute><x:element name="e"><x:complexType><x:attribute ref="l"/><x:attribute ref="g"${usage}/></x:complexType></x:element>`,
    );

  test.each([
    ['', ['<e/>', '<e g="5"/>', '<e g="05" l="a"/>'], ['<e g="6"/>', '<e l="ab"/>']],
    [' use="required"', ['<e g="5"/>'], ['<e/>', '<e g="6"/>']],
    [' use=" optional "', ['<e/>', '<e g="5"/>'], ['<e g="6"/>']],
    [' use="prohibited"', ['<e/>'], ['<e g="5"/>']],
    [' fixed="7"', ['<e/>', '<e g="7"/>'], ['<e g="5"/>']],
  ])('%s', (usage, bons, mauvais) => {
    const s = avec(usage);
    expect([...bons, ...mauvais].filter((d) => codes(s, d).length > 0)).toEqual(mauvais);
  });

  test('without type, any value', () => {
    const s = schema(
      '<x:attribute name="g"/><x:element name="e"><x:complexType><x:attribute ref="g"/><x:attribute name="h"/></x:complexType></x:element>',
    );
    expect(codes(s, '<e g=" é " h=""/>')).toEqual([]);
  });

  test('groups hold groups', () => {
    const s = schema(
      '<x:attributeGroup name="g"><x:attribute name="a"/><x:attributeGroup ref="h"/></x:attributeGroup><x:attributeGroup name="h"><x:attribute name="b" type="x:int" use="required"/></x:attributeGroup><x:element name="e"><x:complexType><x:attributeGroup ref="g"/></x:complexType></x:element>',
    );
    expect([codes(s, '<e a="" b="1"/>'), codes(s, '<e/>'), codes(s, '<e b="x"/>')]).toEqual([
      [],
      ['XSD-005'],
      ['XSD-006'],
    ]);
  });
});
