import { describe, expect, test } from 'vitest';
import { bilan, codes, schema, suite } from './essais.ts';

const s = schema(
  '<x:simpleType name="L"><x:list itemType="x:IDREF"/></x:simpleType>' +
    suite(
      '<x:element name="a" maxOccurs="unbounded"><x:complexType><x:simpleContent><x:extension base="L"><x:attribute name="i" type="x:ID"/><x:attribute name="r" type="x:IDREF"/></x:extension></x:simpleContent></x:complexType></x:element>',
    ),
);
const e = (corps: string): string => `<e>${corps}</e>`;

describe('XSD Structures 3.3.4: identifiers and their references', () => {
  test('a reference may come first, or after, in a text too', () => {
    expect(codes(s, e('<a i="x">y</a><a i="y" r="x">x y</a>'))).toEqual([]);
  });

  test('what nothing bears is told at the end, where it was first cited', () => {
    const texte = e('\n<a i="x" r="nul">x rien</a><a>rien nul</a>');
    expect(bilan(s, texte).constats).toEqual([
      {
        code: 'XSD-013',
        message: 'L’identifiant « nul » est cité, mais rien ne le porte dans le fichier.',
        position: { octet: texte.indexOf('nul'), ligne: 2, colonne: 13 },
        element: 4,
        chemin: '/e/a[1]/@r',
        valeur: 'nul',
        attendu: 'un identifiant du fichier',
      },
      {
        code: 'XSD-013',
        message: 'L’identifiant « rien » est cité, mais rien ne le porte dans le fichier.',
        position: { octet: 4, ligne: 2, colonne: 1 },
        element: 4,
        chemin: '/e/a[1]',
        valeur: 'rien',
        attendu: 'un identifiant du fichier',
      },
    ]);
  });

  test('an identifier that comes back is told where it does', () => {
    const constats = bilan(s, e('<a i="x">x</a><a i="x">x</a>')).constats;
    expect(constats.map((c) => [c.code, c.chemin, c.valeur])).toEqual([['XSD-006', '/e/a[2]/@i', 'x']]);
  });

  test('no more are told than asked for, and it is said', () => {
    const lu = (n: number) => bilan(s, e('<a>u v w</a>'), { constats: n });
    expect([lu(2).constats.length, lu(2).tronque]).toEqual([2, true]);
    expect([lu(3).constats.length, lu(3).tronque]).toEqual([3, false]);
  });
});

describe('identifiers are kept up to the limit of the reading', () => {
  const lire = (corps: string, ids: number) => bilan(s, e(corps), { limites: { ids } }).constats;

  test('beyond, it is said once, where it happens', () => {
    const corps = '<a i="u"/><a i="v"/><a i="w"/><a i="x"/>';
    expect(lire(corps, 4)).toEqual([]);
    expect(lire(corps, 2)).toMatchObject([
      {
        code: 'XSD-014',
        message: 'Le fichier porte plus de 2 identifiants.',
        position: { octet: e(corps).indexOf('w"') },
        element: e(corps).indexOf('<a i="w"'),
      },
    ]);
  });

  test('references not met yet count apart; one that is met makes room', () => {
    expect(lire('<a>u v</a><a i="u"/><a i="v"/>', 2)).toEqual([]);
    expect(lire('<a>u v</a><a i="u"/><a>w</a><a i="v"/>', 2).map((c) => c.code)).toEqual(['XSD-013']);
    expect(lire('<a>u v w</a><a i="u"/><a i="v"/>', 2).map((c) => c.code)).toEqual(['XSD-014']);
  });

  test('the same reference again takes no room', () => {
    expect(lire('<a>u u u</a><a i="u"/>', 1)).toEqual([]);
    expect(lire('<a i="u">u</a><a>u</a>', 1)).toEqual([]);
  });
});
