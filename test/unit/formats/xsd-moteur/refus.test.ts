import { describe, expect, test } from 'vitest';
import { complexe, contenu, element, etendre, nomme, seul, simple, suite, un } from './essais.ts';

const A = un('a');
const B = un('b');
const T_SIMPLE = nomme('T', contenu('simple', etendre('x:int')));

type Cas = readonly [regle: string, corps: string, message: string];

describe('XSD Structures: what is not XML Schema is refused, in French', () => {
  const cas: readonly Cas[] = [
    [
      'booleans are true, false, 1 or 0',
      '<x:element name="e" nillable="oui"/>',
      '« oui » n’est pas une valeur de « nillable »',
    ],
    [
      'abstract too',
      '<x:element name="e" abstract="vrai"/>',
      '« vrai » n’est pas une valeur de « abstract »',
    ],
    ['mixed too', nomme('T', '').replace('name', 'mixed="" name'), '«  » n’est pas une valeur de « mixed »'],
    [
      'minOccurs is bounded',
      suite('<x:element name="a" minOccurs="unbounded" maxOccurs="unbounded"/>'),
      '« unbounded » n’est pas une valeur de « minOccurs »',
    ],
    [
      'minOccurs is not negative',
      suite('<x:element name="a" minOccurs="-1"/>'),
      '« -1 » n’est pas une valeur de « minOccurs »',
    ],
    [
      'maxOccurs is whole',
      suite('<x:element name="a" maxOccurs="1.5"/>'),
      '« 1.5 » n’est pas une valeur de « maxOccurs »',
    ],
    [
      'a facet is bounded',
      simple('maxLength', 'unbounded'),
      '« unbounded » n’est pas une valeur de « value »',
    ],
    ['use', complexe('<x:attribute name="a" use="oui"/>'), '« oui » n’est pas une valeur de « use »'],
    [
      'processContents of elements',
      suite('<x:any processContents="oui"/>'),
      '« oui » n’est pas une valeur de « processContents »',
    ],
    [
      'processContents of attributes',
      complexe('<x:anyAttribute processContents=""/>'),
      '«  » n’est pas une valeur de « processContents »',
    ],
    ['all stands alone', suite(`<x:all>${A}</x:all>`), '« all » n’a pas sa place ici'],
    ['all is there once', complexe(`<x:all maxOccurs="2">${A}</x:all>`), '« all » ne se répète pas'],
    [
      'all holds each once',
      complexe('<x:all><x:element name="a" maxOccurs="2"/></x:all>'),
      '« all » ne contient que des éléments, une fois chacun',
    ],
    [
      'a model alone',
      complexe('<x:sequence/><x:choice/>'),
      '« choice » n’a pas sa place dans « complexType »',
    ],
    ['known children alone', complexe('<x:key/>'), '« key » n’a pas sa place dans « complexType »'],
    [
      'known children alone, in an extension',
      `${nomme('T', '')}${nomme('U', contenu('complex', etendre('T', '<x:pattern/>')))}`,
      '« pattern » n’a pas sa place dans « extension »',
    ],
    ['known particles alone', suite('<x:attribute name="a"/>'), '« attribute » n’a pas sa place ici'],
    ['an element has a name', suite('<x:element type="x:int"/>'), '« element » sans nom'],
    ['an attribute has a name', complexe('<x:attribute type="x:int"/>'), '« attribute » sans nom'],
    ['a global element has a name', '<x:element type="x:int"/>', '« element » global sans nom'],
    ['a global type has a name', '<x:complexType/>', '« complexType » global sans nom'],
    [
      'an element that is referred to is declared',
      suite('<x:element ref="z"/>'),
      'l’élément « z » n’est pas déclaré',
    ],
    [
      'a group that is referred to is declared',
      suite('<x:group ref="z"/>'),
      'le groupe « z » n’est pas déclaré, ou est vide',
    ],
    [
      'an attribute that is referred to is declared',
      complexe('<x:attribute ref="z"/>'),
      'l’attribut « z » n’est pas déclaré',
    ],
    [
      'an attribute group that is referred to is declared',
      complexe('<x:attributeGroup ref="z"/>'),
      'le groupe d’attributs « z » n’est pas déclaré',
    ],
    [
      'an attribute once, by reference',
      `<x:attribute name="a"/>${complexe('<x:attribute ref="a"/><x:attribute ref="a"/>')}`,
      'l’attribut « a » est déclaré deux fois',
    ],
    [
      'an attribute once, groups included',
      `<x:attributeGroup name="g"><x:attribute name="a"/></x:attributeGroup>${complexe('<x:attribute name="a"/><x:attributeGroup ref="g"/>')}`,
      'l’attribut « a » est déclaré deux fois',
    ],
    [
      'one anyAttribute',
      complexe('<x:anyAttribute/><x:anyAttribute/>'),
      'un seul « anyAttribute » est permis',
    ],
    [
      'no attribute group in itself',
      `<x:attributeGroup name="g"><x:attributeGroup ref="h"/></x:attributeGroup><x:attributeGroup name="h"><x:attributeGroup ref="g"/></x:attributeGroup>${complexe('<x:attributeGroup ref="g"/>')}`,
      'le groupe d’attributs « g » se contient lui-même',
    ],
    [
      'no group in itself',
      `<x:group name="g"><x:choice>${A}<x:sequence><x:group ref="g"/></x:sequence></x:choice></x:group>`,
      'le groupe « g » se contient lui-même',
    ],
    [
      'a derived content alone',
      complexe(`${contenu('simple', etendre('x:int'))}<x:attribute name="a"/>`),
      '« simpleContent » doit être seul',
    ],
    [
      'a derived content derives',
      complexe('<x:simpleContent/>'),
      'une extension ou une restriction, et sa base, y sont attendues',
    ],
    [
      'a derived content has a base',
      complexe(contenu('complex', '<x:extension/>')),
      'une extension ou une restriction, et sa base, y sont attendues',
    ],
    [
      'a derived content derives once',
      complexe(contenu('simple', etendre('x:int').repeat(2))),
      'une extension ou une restriction, et sa base, y sont attendues',
    ],
    [
      'a simple content has no particle',
      complexe(contenu('simple', etendre('x:int', '<x:sequence/>'))),
      '« sequence » n’a pas sa place ici',
    ],
    [
      'a restricted simple content neither',
      `${T_SIMPLE}${complexe(contenu('simple', '<x:restriction base="T"><x:choice/></x:restriction>'))}`,
      '« choice » n’a pas sa place ici',
    ],
    [
      'an extended simple content has no facet',
      complexe(contenu('simple', etendre('x:int', '<x:maxInclusive value="1"/>'))),
      '« maxInclusive » n’a pas sa place ici',
    ],
    [
      'a complex content comes from a complex type',
      complexe(contenu('complex', etendre('x:int'))),
      'la base d’un contenu complexe est un type simple',
    ],
    [
      'an extension keeps to mixed',
      `${nomme('T', `<x:sequence>${A}</x:sequence>`).replace('name', 'mixed="true" name')}${complexe(contenu('complex', etendre('T', `<x:sequence>${B}</x:sequence>`)))}`,
      'une extension est mixte si et seulement si sa base l’est',
    ],
    [
      'an extension keeps to not mixed',
      `${nomme('T', `<x:sequence>${A}</x:sequence>`)}${complexe(contenu('complex', etendre('T')).replace('>', ' mixed="true">'))}`,
      'une extension est mixte si et seulement si sa base l’est',
    ],
    [
      'all is not extended',
      `${nomme('T', `<x:all>${A}</x:all>`)}${complexe(contenu('complex', etendre('T', `<x:sequence>${B}</x:sequence>`)))}`,
      '« all » ne s’étend pas',
    ],
    [
      'all extends nothing',
      `${nomme('T', `<x:sequence>${A}</x:sequence>`)}${complexe(contenu('complex', etendre('T', `<x:all>${B}</x:all>`)))}`,
      '« all » ne s’étend pas',
    ],
    [
      'elements are not added to a simple content',
      `${T_SIMPLE}${complexe(contenu('complex', etendre('T', `<x:sequence>${A}</x:sequence>`)))}`,
      'la base d’un contenu complexe a un contenu simple',
    ],
    [
      'nor mixed text',
      `${T_SIMPLE}${complexe(contenu('complex', etendre('T')).replace('>', ' mixed="true">'))}`,
      'la base d’un contenu complexe a un contenu simple',
    ],
    [
      'no list of lists',
      '<x:simpleType name="t"><x:list itemType="x:NMTOKENS"/></x:simpleType>',
      'une liste de listes',
    ],
    [
      'a union has members',
      '<x:simpleType name="t"><x:union memberTypes=" "/></x:simpleType>',
      'une union sans membre',
    ],
    [
      'a simple type is something',
      '<x:simpleType name="t"/>',
      'un type simple est une restriction, une liste ou une union',
    ],
    [
      'a simple type is one thing',
      `<x:simpleType name="t">${'<x:list itemType="x:int"/>'.repeat(2)}</x:simpleType>`,
      'un type simple est une restriction, une liste ou une union',
    ],
    [
      'a simple type is no model',
      '<x:simpleType name="t"><x:sequence/></x:simpleType>',
      'un type simple est une restriction, une liste ou une union',
    ],
    [
      'a simple type comes from simple types',
      `${nomme('T', '')}<x:simpleType name="t"><x:restriction base="T"/></x:simpleType>`,
      'le type « T » n’est pas un type simple',
    ],
    [
      'an attribute is of a simple type',
      `${nomme('T', '')}${complexe('<x:attribute name="a" type="T"/>')}`,
      'le type « T » n’est pas un type simple',
    ],
    [
      'a facet has a value',
      element('<x:simpleType><x:restriction base="x:string"><x:maxLength/></x:restriction></x:simpleType>'),
      'la facette « maxLength » n’a pas de valeur',
    ],
    ['whiteSpace', simple('whiteSpace', 'z'), 'blancs « z » inconnus'],
    [
      'length is kept',
      `<x:simpleType name="t"><x:restriction base="x:string"><x:length value="2"/></x:restriction></x:simpleType>${simple('length', '3', 't')}`,
      'deux longueurs se contredisent',
    ],
    [
      'no restriction of itself',
      '<x:simpleType name="t"><x:restriction base="u"/></x:simpleType><x:simpleType name="u"><x:restriction base="t"/></x:simpleType>',
      'le type « t » se définit par lui-même',
    ],
    [
      'no list of itself',
      '<x:simpleType name="t"><x:list itemType="t"/></x:simpleType>',
      'le type « t » se définit par lui-même',
    ],
    [
      'no member of itself',
      '<x:simpleType name="t"><x:union memberTypes="x:int t"/></x:simpleType>',
      'le type « t » se définit par lui-même',
    ],
    [
      'XML Schema does not change',
      '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2001/XMLSchema"><x:element name="e"/></x:schema>',
      'XML Schema lui-même ne se redéclare pas',
    ],
    ['what a root holds', '<x:key/>', '« key » n’a pas sa place à la racine d’un schéma'],
    ['no attribute of XML Schema', '<x:element name="e" x:name="f"/>', 'l’attribut « x:name » n’existe pas'],
    ['no text', '<x:element name="e">\n texte</x:element>', 'du texte n’a pas sa place dans « x:element »'],
    [
      'no text, not even quoted',
      '<x:element name="e"><![CDATA[a]]></x:element>',
      'du texte n’a pas sa place dans « x:element »',
    ],
    [
      'no other vocabulary',
      '<x:element name="e"><y xmlns="urn:y"/></x:element>',
      'l’élément « y » n’est pas de XML Schema',
    ],
    [
      'a wrong default',
      '<x:element name="e" type="x:int" default="x"/>',
      '« x » (default) n’est pas une valeur du type',
    ],
    [
      'a wrong fixed value, of a simple content',
      `${T_SIMPLE}<x:element name="e" type="T" fixed="x"/>`,
      '« x » (fixed) n’est pas une valeur du type',
    ],
    [
      'a wrong default of an attribute',
      complexe('<x:attribute name="a" type="x:date" default=""/>'),
      '«  » (default) n’est pas une valeur du type',
    ],
    [
      'a wrong fixed value, where the attribute is used',
      `<x:attribute name="a" type="x:int"/>${complexe('<x:attribute ref="a" fixed="x"/>')}`,
      '« x » (fixed) n’est pas une valeur du type',
    ],
  ];
  test.each(cas)('%s', (_, corps, message) => {
    expect(seul(corps)).toEqual(['invalide', message, 1]);
  });

  test.each([
    ['length', 'x:int'],
    ['minLength', 'x:date'],
    ['maxLength', 'x:double'],
    ['length', 'x:boolean'],
    ['maxLength', 'x:duration'],
    ['totalDigits', 'x:string'],
    ['fractionDigits', 'x:double'],
    ['minInclusive', 'x:string'],
    ['maxExclusive', 'x:boolean'],
    ['minExclusive', 'x:hexBinary'],
    ['enumeration', 'x:boolean'],
    ['maxInclusive', 'x:NMTOKENS'],
    ['totalDigits', 'x:NMTOKENS'],
    ['minLength', 'u'],
    ['whiteSpace', 'u'],
    ['maxInclusive', 'u'],
  ])('the facet %s is not of %s (Datatypes, 4.1.5)', (facette, base) => {
    const union = '<x:simpleType name="u"><x:union memberTypes="x:int x:date"/></x:simpleType>';
    const message = `la facette « ${facette} » ne s’applique pas à ce type`;
    expect(seul(union + simple(facette, '1', base))).toEqual(['invalide', message, 1]);
  });

  test.each([
    ['minInclusive', 'x:int', '1.0'],
    ['maxInclusive', 'x:date', '2026-02-30'],
    ['minExclusive', 'x:decimal', ''],
    ['maxExclusive', 'x:double', 'inf'],
  ])('%s of %s: « %s » is no value of it', (facette, base, valeur) => {
    expect(seul(simple(facette, valeur, base))[1]).toBe(
      `la borne « ${valeur} » n’est pas une valeur du type`,
    );
  });
});
