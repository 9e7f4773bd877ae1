import { describe, expect, test } from 'vitest';
import { codes, refus, schema, typeDe, un } from './essais.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';

/** Each built-in type under the one that it derives from (Datatypes, 3). */
const HIERARCHIE: Readonly<Record<string, string>> = {
  anySimpleType: 'anyType',
  ...Object.fromEntries(
    (
      'string boolean decimal float double duration dateTime time date gYearMonth gYear gMonthDay gDay gMonth hexBinary ' +
      'base64Binary anyURI QName NMTOKENS IDREFS'
    )
      .split(' ')
      .map((nom) => [nom, 'anySimpleType']),
  ),
  normalizedString: 'string',
  token: 'normalizedString',
  language: 'token',
  NMTOKEN: 'token',
  Name: 'token',
  NCName: 'Name',
  ID: 'NCName',
  IDREF: 'NCName',
  integer: 'decimal',
  nonPositiveInteger: 'integer',
  negativeInteger: 'nonPositiveInteger',
  long: 'integer',
  int: 'long',
  short: 'int',
  byte: 'short',
  nonNegativeInteger: 'integer',
  unsignedLong: 'nonNegativeInteger',
  unsignedInt: 'unsignedLong',
  unsignedShort: 'unsignedInt',
  unsignedByte: 'unsignedShort',
  positiveInteger: 'nonNegativeInteger',
};
const TYPES = ['anyType', ...Object.keys(HIERARCHIE)];

function descendDe(type: string, ancetre: string): boolean {
  for (let t: string | undefined = type; t !== undefined; t = HIERARCHIE[t]) if (t === ancetre) return true;
  return false;
}

describe('XSD Datatypes 3: the types that XML Schema defines', () => {
  test.each(TYPES)('xs:%s may be replaced by those that derive from it, and by no other', (declare) => {
    const s = typeDe(`x:${declare}`);
    const admis = TYPES.filter((t) => !codes(s, `<e ${XS} ${XSI} i:type="x:${t}"/>`).includes('XSD-009'));
    expect(admis).toEqual(TYPES.filter((t) => descendDe(t, declare)));
  });

  test.each([
    ['long', '-9223372036854775808', '9223372036854775807'],
    ['int', '-2147483648', '2147483647'],
    ['short', '-32768', '32767'],
    ['byte', '-128', '127'],
    ['unsignedLong', '0', '18446744073709551615'],
    ['unsignedInt', '0', '4294967295'],
    ['unsignedShort', '0', '65535'],
    ['unsignedByte', '0', '255'],
  ])('xs:%s goes from %s to %s', (type, min, max) => {
    const s = typeDe(`x:${type}`);
    const [avant, apres] = [BigInt(min) - 1n, BigInt(max) + 1n];
    const refusees = [min, max, String(avant), String(apres), '1.0'].filter(
      (v) => codes(s, `<e>${v}</e>`).length > 0,
    );
    expect(refusees).toEqual([String(avant), String(apres), '1.0']);
  });

  test.each([
    ['nonPositiveInteger', ['0', '-1', '-99999999999999999999'], ['1']],
    ['negativeInteger', ['-1', '-99999999999999999999'], ['0', '1']],
    ['nonNegativeInteger', ['0', '1', '99999999999999999999'], ['-1']],
    ['positiveInteger', ['1', '99999999999999999999'], ['0', '-1']],
    ['integer', ['-99999999999999999999', '99999999999999999999'], ['0.5']],
  ])('xs:%s has no other bound', (type, bons, mauvais) => {
    const s = typeDe(`x:${type}`);
    expect([...bons, ...mauvais].filter((v) => codes(s, `<e>${v}</e>`).length > 0)).toEqual(mauvais);
  });

  test.each([
    ['string', false, false],
    ['normalizedString', true, false],
    ['token', true, true],
  ])('xs:%s: a line end is a space: %s; spaces around are nothing: %s', (type, remplace, reduit) => {
    const admet = (fixe: string, v: string) =>
      codes(schema(un('e', ` type="x:${type}" fixed="${fixe}"`)), `<e>${v}</e>`).length === 0;
    expect([admet('a b', 'a\nb'), admet('a b', ' a  b ')]).toEqual([remplace, reduit]);
  });

  test('every other type treats white space as nothing around its value', () => {
    const valeurs: Readonly<Record<string, string>> = {
      boolean: '1',
      decimal: '1',
      float: '1',
      double: '1',
      duration: 'P1D',
      dateTime: '2026-01-01T00:00:00',
      time: '00:00:00',
      date: '2026-01-01',
      gYearMonth: '2026-01',
      gYear: '2026',
      gMonthDay: '--01-01',
      gDay: '---01',
      gMonth: '--01',
      hexBinary: '00',
      anyURI: 'a',
      QName: 'a',
      language: 'a',
      NMTOKEN: 'a',
      NMTOKENS: 'a b',
      Name: 'a',
      NCName: 'a',
      ID: 'a',
      integer: '1',
      byte: '1',
    };
    for (const [type, v] of Object.entries(valeurs)) {
      expect([type, codes(typeDe(`x:${type}`), `<e>\n\t ${v} \n</e>`)]).toEqual([type, []]);
      expect([type, codes(typeDe(`x:${type}`), `<e>${v} %</e>`)]).toEqual([type, ['XSD-007']]);
    }
  });

  test('anyType holds anything; anySimpleType a text', () => {
    const tout = typeDe('x:anyType');
    expect(codes(tout, '<e a="1" b="2">t<z/>&amp;<e x=""/><z>t</z></e>')).toEqual([]);
    const texte = typeDe('x:anySimpleType');
    expect([codes(texte, '<e> a  b </e>'), codes(texte, '<e><a/></e>'), codes(texte, '<e a=""/>')]).toEqual([
      [],
      ['XSD-002'],
      ['XSD-004'],
    ]);
  });
});

describe('all that a schema declares is looked at, used or not', () => {
  test.each([
    ['a group', '<x:group name="g"><x:sequence><x:element name="a" type="T"/></x:sequence></x:group>'],
    ['a group of « all »', '<x:group name="g"><x:all><x:element name="a" type="T"/></x:all></x:group>'],
    ['an attribute', '<x:attribute name="a" type="T"/>'],
    [
      'a complex type',
      '<x:complexType name="U"><x:sequence><x:element name="a" type="T"/></x:sequence></x:complexType>',
    ],
    ['a simple type', '<x:simpleType name="U"><x:list itemType="T"/></x:simpleType>'],
    [
      'an element in an element',
      un('e').replace(
        '/>',
        '><x:complexType><x:sequence><x:element name="a"><x:complexType><x:attribute name="a" type="T"/></x:complexType></x:element></x:sequence></x:complexType></x:element>',
      ),
    ],
  ])('%s', (_, corps) => {
    expect(refus(corps).map((r) => r.message)).toContain('le type « T » de l’espace «  » n’est pas déclaré');
  });
});
