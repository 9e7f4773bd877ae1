import { describe, expect, test } from 'vitest';
import {
  codes,
  complexe,
  contenu,
  element,
  etendre,
  nomme,
  refus,
  schema,
  seul,
  simple,
  suite,
  un,
} from './essais.ts';

const A = un('a');
const B = un('b');
const T_SIMPLE = nomme('T', contenu('simple', etendre('x:int')));

type Cas = readonly [regle: string, corps: string, message: string];

describe('legal, and not carried out: left to libxml2', () => {
  const cas: readonly Cas[] = [
    ['key', element('<x:complexType/><x:key name="k"/>'), 'la contrainte d’identité (key)'],
    [
      'keyref',
      element('<x:complexType/><x:keyref name="k" refer="k"/>'),
      'la contrainte d’identité (keyref)',
    ],
    ['unique', element('<x:complexType/><x:unique name="k"/>'), 'la contrainte d’identité (unique)'],
    [
      'substitutionGroup',
      '<x:element name="e" substitutionGroup="a"/>',
      'les groupes de substitution (substitutionGroup)',
    ],
    ['notation', '<x:notation name="n" public="p"/>', 'les notations (notation)'],
    ['redefine', '<x:redefine schemaLocation="b.xsd"/>', 'les redéfinitions (redefine)'],
    ['ENTITY', '<x:element name="e" type="x:ENTITY"/>', 'le type ENTITY'],
    ['ENTITIES', '<x:element name="e" type="x:ENTITIES"/>', 'le type ENTITIES'],
    ['NOTATION', '<x:element name="e" type="x:NOTATION"/>', 'le type NOTATION'],
    ['an unknown facet', simple('assertion', '1'), 'la facette « assertion »'],
    ['anyType extended', complexe(contenu('complex', etendre('x:anyType'))), 'une extension de anyType'],
    [
      'a simple content restricted from a simple type',
      complexe(contenu('simple', '<x:restriction base="x:int"/>')),
      'un contenu simple tiré d’un tel type',
    ],
    [
      'a simple content from a complex one',
      `${nomme('T', `<x:sequence>${A}</x:sequence>`)}${complexe(contenu('simple', etendre('T')))}`,
      'un contenu simple tiré d’un tel type',
    ],
    [
      'fixed, elements',
      `<x:element name="e" fixed="a"><x:complexType><x:sequence>${A}</x:sequence></x:complexType></x:element>`,
      'une valeur imposée (fixed) à un contenu qui n’est pas simple',
    ],
    [
      'fixed, anyType',
      '<x:element name="e" fixed="a"/>',
      'une valeur imposée (fixed) à un contenu qui n’est pas simple',
    ],
    [
      'a pattern',
      simple('pattern', '\\p{IsGreek}'),
      'le motif « \\p{IsGreek} » (la catégorie « IsGreek » n’est pas connue)',
    ],
    [
      'ambiguous names',
      suite(`<x:choice>${A}<x:sequence>${A}${B}</x:sequence></x:choice>`),
      'un contenu ambigu (« a » et « a » peuvent prendre la même place)',
    ],
    [
      'a name and a wildcard',
      suite(`<x:choice><x:any/><x:sequence>${A}${B}</x:sequence></x:choice>`),
      'un contenu ambigu (« a » et n’importe quel élément peuvent prendre la même place)',
    ],
    [
      'two wildcards',
      suite('<x:choice><x:any namespace="urn:a urn:b"/><x:any namespace="##other"/></x:choice>'),
      'un contenu ambigu (n’importe quel élément et n’importe quel élément peuvent prendre la même place)',
    ],
    [
      'too many copies',
      suite(`<x:sequence maxOccurs="5001">${A}</x:sequence>`),
      'un contenu dont les répétitions, ou les éléments facultatifs, sont si nombreux',
    ],
  ];
  test.each(cas)('%s', (_, corps, quoi) => {
    const message = `${quoi} : construction que ce programme ne sait pas appliquer`;
    expect(seul(corps)).toEqual(['nonHonore', message, 1]);
  });
});

describe('what is near a refusal, and right', () => {
  const cas: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    [
      'occurrences of any length',
      suite(
        '<x:sequence maxOccurs="99999999999999999999"/><x:element name="a" minOccurs="+1" maxOccurs=" 2 "/>',
      ),
      ['<e><a/></e>', '<e><a/><a/></e>'],
      ['<e/>', '<e><a/><a/><a/></e>'],
    ],
    ['a length as long as one likes', simple('maxLength', '2147483648'), ['<e>a</e>'], []],
    ['a length beyond numbers', simple('maxLength', '9'.repeat(400)), ['<e>a</e>'], []],
    [
      'booleans, in all their writings',
      suite(
        '<x:element name="a" type="x:int" nillable=" 1 "/><x:element name="b" abstract="0" type="x:int"/>',
      ),
      ['<e><a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/><b>1</b></e>'],
      ['<e><a/><b>1</b></e>'],
    ],
    [
      'a member of all that may not come',
      complexe('<x:all><x:element name="a" minOccurs="0" maxOccurs="0"/><x:element name="b"/></x:all>'),
      ['<e><b/></e>'],
      ['<e><a/><b/></e>'],
    ],
    [
      'an element that may not come',
      suite('<x:element name="a" minOccurs="0" maxOccurs="0"/><x:element name="b"/>'),
      ['<e><b/></e>'],
      ['<e><a/><b/></e>'],
    ],
    [
      'attributes around the model, and annotations everywhere',
      complexe(
        '<x:annotation><x:documentation>texte <p xmlns="urn:h"/></x:documentation></x:annotation><x:sequence/><x:attribute name="a"><x:annotation/></x:attribute><x:anyAttribute namespace="urn:x"/>',
      ),
      ['<e a=""/>'],
      ['<e b=""/>'],
    ],
    [
      'attributes of other vocabularies',
      '<x:element name="e" type="x:int" y:z="1" xmlns:y="urn:y"/>',
      ['<e>1</e>'],
      ['<e/>'],
    ],
    [
      'white space is tightened, never loosened',
      simple('whiteSpace', 'preserve', 'x:token'),
      ['<e> a </e>'],
      [],
    ],
    [
      'the same length again',
      `<x:simpleType name="t"><x:restriction base="x:string"><x:length value="2"/></x:restriction></x:simpleType>${simple('length', '2', 't')}`,
      ['<e>ab</e>'],
      ['<e>a</e>'],
    ],
    [
      'a complex content restricted from a simple one',
      `${T_SIMPLE}${complexe(contenu('complex', `<x:restriction base="T"><x:sequence>${A}</x:sequence></x:restriction>`))}`,
      ['<e><a/></e>'],
      ['<e>1</e>'],
    ],
    [
      'two wildcards that share nothing',
      suite(
        '<x:choice><x:any namespace="urn:a" processContents="lax"/><x:any namespace="##local urn:b" processContents="lax"/></x:choice>',
      ),
      ['<e><a/></e>', '<e><a xmlns="urn:a"/></e>'],
      ['<e><a xmlns="urn:c"/></e>', '<e/>'],
    ],
    [
      'the same declaration on both sides',
      `<x:element name="k"/>${suite('<x:choice><x:sequence><x:element ref="k" minOccurs="0"/></x:sequence></x:choice>')}`,
      ['<e><k/></e>', '<e/>'],
      ['<e><k/><k/></e>'],
    ],
  ];
  test.each(cas)('%s', (...[, corps, bons, mauvais]) => {
    const s = schema(corps);
    expect(bons.filter((d) => codes(s, d).length > 0)).toEqual([]);
    expect(mauvais.filter((d) => codes(s, d).length === 0)).toEqual([]);
  });

  test('no more than fifty refusals are told', () => {
    expect(refus('<x:key/>'.repeat(60))).toHaveLength(50);
    expect(
      refus(`${Array.from({ length: 60 }, (_, k) => `<x:element name="e${k}" type="T"/>`).join('')}`),
    ).toHaveLength(50);
  });

  test('what is not declared is told with its namespace, once for each demand', () => {
    expect(refus('<x:element name="e" type="T"/>\n<x:element name="f" type="T"/>')).toEqual([
      {
        genre: 'invalide',
        fichier: 'a.xsd',
        ligne: 2,
        message: 'le type « T » de l’espace «  » n’est pas déclaré',
      },
      {
        genre: 'invalide',
        fichier: 'a.xsd',
        ligne: 1,
        message: 'le type « T » de l’espace «  » n’est pas déclaré',
      },
    ]);
  });
});
