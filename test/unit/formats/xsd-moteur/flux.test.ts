import { describe, expect, test } from 'vitest';
import type { SchemaXsd } from '../../../../src/formats/xsd/schema.ts';
import { bilan, codes, complexe, element, restriction, schema, simple, suite, typeDe, un } from './essais.ts';

const XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const LATIN1 = '<?xml version="1.0" encoding="ISO-8859-1"?>';

/** The same whatever the portions. */
function lire(s: SchemaXsd, texte: string, options: Parameters<typeof bilan>[2] = {}) {
  const [entier, ...autres] = [texte.length, 1, 7].map((morceau) => bilan(s, texte, { ...options, morceau }));
  for (const autre of autres) expect(autre).toEqual(entier);
  return entier?.constats ?? [];
}

describe('base 64 as it streams: judged character by character', () => {
  const s = typeDe('x:base64Binary');

  test.each([
    '',
    'QUJD',
    'QU JD',
    'Q\nU\tJ&#13;D',
    'QUI=',
    'Q Q = =',
    'QQ=&#61;',
    'QU&#74;D',
    '<![CDATA[QU]]>JD',
    '+/9z',
    'QUJDQUI=',
  ])('« %s » is right', (v) => expect(lire(s, `<e>${v}</e>`)).toEqual([]));

  test.each([
    ['Q', ''],
    ['QUJDQ', ''],
    ['QU', ''],
    ['QUJ', ''],
    ['QQ=', ''],
    ['=', ''],
    ['QR==', ''],
    ['QUJ=', ''],
    ['QUJDQR==', ''],
  ])('« %s » is not complete, or has bits too many: told of the element', (v) => {
    expect(lire(s, `<e>${v}</e>`)).toMatchObject([
      {
        code: 'XSD-007',
        position: { octet: 0, ligne: 1, colonne: 1 },
        valeur: v,
        attendu: 'des données en base 64 complètes (quatre caractères par groupe)',
      },
    ]);
  });

  test.each([
    ['QQ==Q', 4, 'Q'],
    ['QQ=Q', 3, 'Q'],
    ['QQ===', 4, '='],
    ['====', 2, '=='],
    ['QU-D', 2, '-D'],
    ['QUéD', 2, 'éD'],
    ['QU_', 2, '_'],
    ['QUJD.QUJD', 4, '.QUJD'],
  ])('« %s »: the character that cannot come is told at its byte, and what follows', (v, rang, vu) => {
    const [c] = bilan(s, `<e>${v}</e>`).constats;
    expect(c).toMatchObject({ code: 'XSD-007', valeur: vu, attendu: 'des données en base 64' });
    expect(c?.position).toEqual({ octet: 3 + rang, ligne: 1, colonne: 4 + rang });
  });

  test.each([
    ['QU&#45;D', '-'],
    ['QU&#233;D', 'é'],
    ['QUJD&#x1D11E;', '𝄞'],
    ['QU&lt;D', '<'],
  ])('« %s »: a reference is told at its ampersand', (v, vu) => {
    expect(lire(s, `<e>${v}</e>`)).toMatchObject([{ valeur: vu, position: { octet: 3 + v.indexOf('&') } }]);
  });

  test('told once, however many there are', () => {
    expect(lire(s, '<e>-</e>')).toHaveLength(1);
    expect(lire(s, '<e>Q-<!-- -->-&#45;Q</e>')).toHaveLength(1);
  });

  test('in ISO-8859-1 the character is told as it is', () => {
    expect(bilan(s, `${LATIN1}<e>QU\xe9D</e>`, { encodage: 'latin1' }).constats[0]?.valeur).toBe('éD');
  });

  test('an element after the other, each begins anew', () => {
    const liste = schema(suite(un('a', ' type="x:base64Binary" maxOccurs="unbounded"')));
    const constats = lire(liste, '<e><a>QQ==</a><a>QU</a><a>QUJD</a><a>-</a><a>QUJD</a><a>=</a><a/></e>');
    expect(constats.map((c) => c.chemin)).toEqual(['/e/a[2]', '/e/a[4]', '/e/a[6]']);
  });

  test('its length is that of the bytes', () => {
    const court = typeDe(restriction('x:base64Binary', ['maxLength', '4'], ['minLength', '2']));
    const dits = ['QUI=', 'QUJD', 'QUJDRA==', 'QUJDRE0=', 'QQ==', ''].map(
      (v) => lire(court, `<e>${v}</e>`)[0]?.attendu,
    );
    expect(dits).toEqual([
      undefined,
      undefined,
      undefined,
      'au plus 4 octets (ici 5)',
      'au moins 2 octets (ici 1)',
      'au moins 2 octets (ici 0)',
    ]);
  });

  test('a value long before its fault shows what stands there, one of too many bytes its beginning', () => {
    const long = 'QUJD'.repeat(100);
    expect(bilan(s, `<e>${long}-${long}</e>`).constats[0]?.valeur).toBe(`-${long.slice(0, 59)}…`);
    const court = typeDe(restriction('x:base64Binary', ['maxLength', '4']));
    expect(lire(court, `<e>${long}</e>`)[0]?.valeur).toBe(`${long.slice(0, 60)}…`);
  });
});

describe('a length counts as it streams', () => {
  const type = (n: number) => typeDe(restriction('x:string', ['length', String(n)]));

  test.each([
    ['ASCII', 'a'.repeat(200), 200],
    ['two bytes', 'é'.repeat(100), 100],
    ['four bytes, two code units', '𝄞'.repeat(70), 70],
    ['references', `${'a'.repeat(70)}&amp;&#x1D11E;&#233;`, 73],
    ['sections and comments', `${'a'.repeat(70)}<![CDATA[<é>]]><!-- non -->b`, 74],
    ['line ends', `${'a'.repeat(70)}\r\nb\n`, 73],
  ])('%s', (_, texte, n) => {
    expect(lire(type(n), `<e>${texte}</e>`)).toEqual([]);
    expect(lire(type(n + 1), `<e>${texte}</e>`)[0]?.attendu).toBe(
      `exactement ${n + 1} caractères (ici ${n})`,
    );
  });

  test('in ISO-8859-1 too', () => {
    const texte = `${'a'.repeat(130)}é${'b'.repeat(130)}&amp;é`;
    for (const morceau of [1, 50, 999]) {
      const lu = (n: number) => codes(type(n), `${LATIN1}<e>${texte}</e>`, { encodage: 'latin1', morceau });
      expect([lu(263), lu(262), lu(264)]).toEqual([[], ['XSD-007'], ['XSD-007']]);
    }
  });

  test('in ISO-8859-1, a long text without accents: its length, its beginning, or the whole of it', () => {
    const texte = `${'a'.repeat(700)}b`;
    for (const morceau of [100, 999]) {
      const lu = (s: SchemaXsd) =>
        bilan(s, `${LATIN1}<e>${texte}</e>`, { encodage: 'latin1', morceau }).constats.map((c) => [
          c.attendu,
          c.valeur,
        ]);
      expect(lu(type(701))).toEqual([]);
      expect(lu(type(9))).toEqual([['exactement 9 caractères (ici 701)', `${'a'.repeat(60)}…`]]);
      expect(lu(typeDe(restriction('x:string', ['pattern', 'a*b'])))).toEqual([]);
    }
  });

  test('an element after the other, each begins anew', () => {
    const s = schema(
      suite(
        `<x:element name="a" maxOccurs="unbounded">${restriction('x:string', ['maxLength', '3'])}</x:element>`,
      ),
    );
    const constats = lire(s, '<e><a>abc</a><a>abcd</a><a>ab</a><a/><a>abc</a></e>');
    expect(constats.map((c) => [c.chemin, c.valeur])).toEqual([['/e/a[2]', 'abcd']]);
  });

  test('the value told is the same whatever the portions, and cut at sixty characters', () => {
    const [c] = lire(type(1), `<e>${'𝄞'.repeat(70)}</e>`);
    expect(c?.valeur).toBe(`${'𝄞'.repeat(60)}…`);
  });

  test('white space that will be replaced counts, that which will be collapsed does not', () => {
    const n = typeDe(restriction('x:normalizedString', ['length', '3']));
    expect([lire(n, '<e>a\t </e>'), lire(n, '<e>a\t\n </e>').length]).toEqual([[], 1]);
  });
});

describe('a text that must be seen whole is bounded', () => {
  test('up to the limit it is judged, whatever it is made of; beyond, it is said at the end tag', () => {
    const s = typeDe('x:date');
    const date = '2026-01-01';
    expect(lire(s, `<e>${date}</e>`, { texte: 10 })).toEqual([]);
    expect(lire(s, `<e>2026-01<![CDATA[-0]]>&#49;</e>`, { texte: 10 })).toEqual([]);
    expect(lire(s, `<e>\n${date}&#32;</e>`, { texte: 10 })).toMatchObject([
      {
        code: 'XSD-014',
        message: 'Le texte de « e » est trop long pour être jugé.',
        position: { octet: 19, ligne: 2, colonne: 16 },
        valeur: ' 2026-01-0',
        element: 0,
      },
    ]);
  });

  test('a million characters by default', () => {
    const s = typeDe(restriction('x:string', ['pattern', 'a*']));
    expect(codes(s, `<e>${'a'.repeat(1_000_000)}</e>`)).toEqual([]);
    expect(codes(s, `<e>${'a'.repeat(1_000_001)}</e>`)).toEqual(['XSD-014']);
  });

  test('a text without constraint has no limit, nor base 64, nor a length', () => {
    for (const type of ['x:string', 'x:base64Binary', restriction('x:string', ['maxLength', '99'])]) {
      expect(lire(typeDe(type), `<e>${'QUJD'.repeat(5)}</e>`, { texte: 10 })).toEqual([]);
    }
  });
});

describe('text where there may be none, told once, where it begins', () => {
  const cas: readonly (readonly [string, SchemaXsd, string, string, number, string])[] = [
    ['an empty content', schema(complexe('')), '<e>\n</e>', '« e » doit être vide', 3, ''],
    ['a reference in an empty content', schema(complexe('')), '<e>&#32;x</e>', '« e » doit être vide', 3, ''],
    [
      'elements alone',
      schema(suite(un('a'))),
      '<e>\n été<a/>b</e>',
      '« e » ne contient que des éléments',
      5,
      'été',
    ],
    [
      'elements alone, a reference',
      schema(suite(un('a'))),
      '<e> &#65;<a/></e>',
      '« e » ne contient que des éléments',
      4,
      'A',
    ],
    [
      'a nil element',
      schema('<x:element name="e" type="x:int" nillable="true"/>'),
      `<e ${XSI} i:nil="true"> é</e>`,
      '« e » est déclaré vide (xsi:nil)',
      68,
      'é',
    ],
    [
      'a nil element, a reference',
      schema(
        `<x:element name="e" nillable="true"><x:complexType><x:sequence>${un('a')}</x:sequence></x:complexType></x:element>`,
      ),
      `<e ${XSI} i:nil="1">&#32;</e>`,
      '« e » est déclaré vide (xsi:nil)',
      65,
      '',
    ],
  ];
  test.each(cas)('%s', (...[, s, texte, dit, octet, valeur]) => {
    const [c, ...autres] = bilan(s, texte).constats;
    expect(autres).toEqual([]);
    expect(c).toMatchObject({
      code: 'XSD-008',
      message: `Du texte n’a pas sa place ici : ${dit}.`,
      position: { octet },
      element: 0,
      valeur,
    });
  });

  test('white space between elements is nothing, in all its writings; a section is a text', () => {
    const s = schema(suite(un('a')));
    expect(lire(s, '<e> \n\t\r\n<a/>&#32;&#9;&#10;&#13;<!-- x --><?p x?><![CDATA[ ]]></e>')).toEqual([]);
    expect(lire(s, '<e><a/><![CDATA[x]]></e>')).toMatchObject([{ code: 'XSD-008', valeur: 'x' }]);
    expect(lire(schema(complexe('')), '<e><![CDATA[]]></e>')).toEqual([]);
  });

  test('in a mixed content there may be', () => {
    const mixte = schema(
      element(`<x:complexType mixed="true"><x:sequence>${un('a')}</x:sequence></x:complexType>`),
    );
    expect(lire(mixte, '<e>x&#65;<a/><![CDATA[y]]></e>')).toEqual([]);
  });
});

describe('XSD Structures 3.3.4: default and fixed values', () => {
  const s = (attribut: string, type = 'x:int') => schema(`<x:element name="e" type="${type}" ${attribut}/>`);

  test.each(['<e/>', '<e></e>', '<e><!-- x --></e>', '<e><![CDATA[]]></e>', '<e> 5 </e>', '<e>0&#53;</e>'])(
    'an element without text takes the value declared: %s',
    (d) => expect([codes(s('default="7"'), d), codes(s('fixed="5"'), d)]).toEqual([[], []]),
  );

  test('white space is a text, which is judged', () => {
    expect(['<e> </e>', '<e>&#32;</e>'].flatMap((d) => codes(s('default="7"'), d))).toHaveLength(2);
    expect(codes(s(''), '<e/>')).toEqual(['XSD-007']);
  });

  test('another value than the fixed one: both are told, with the place of the element', () => {
    expect(lire(s('fixed="abc"', 'x:string'), '\n<e>é</e>')).toMatchObject([
      {
        code: 'XSD-007',
        message: 'La valeur « é » de « e » n’est pas admise ; attendu : « abc ».',
        position: { octet: 1, ligne: 2, colonne: 1 },
        element: 1,
        chemin: '/e',
        valeur: 'é',
        attendu: '« abc »',
      },
    ]);
    expect(lire(s('fixed="abc"', 'x:string'), '<e>abc</e>')).toEqual([]);
    expect(lire(s('fixed="QUJD"', 'x:base64Binary'), '<e>QU JD</e>')).toEqual([]);
    expect(codes(s('fixed="QUJD"', 'x:base64Binary'), '<e>QUJE</e>')).toEqual(['XSD-007']);
    expect(
      codes(schema(simple('length', '3').replace('name="e"', 'name="e" fixed="abc"')), '<e>abd</e>'),
    ).toEqual(['XSD-007']);
  });

  test('a value that is none of the type is told as such', () => {
    expect(lire(s('fixed="5"'), '<e>x</e>')[0]?.attendu).toBe('un nombre entier');
  });
});
