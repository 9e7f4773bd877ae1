import { describe, expect, test } from 'vitest';
import { bilan, codes, complexe, restriction, schema, suite } from './essais.ts';

const LATIN1 = '<?xml version="1.0" encoding="ISO-8859-1"?>';
const attribut = (nom: string, type: string, suivants = ''): string =>
  type.startsWith('x:')
    ? `<x:attribute name="${nom}" type="${type}"${suivants}/>`
    : `<x:attribute name="${nom}"${suivants}>${type}</x:attribute>`;
/** A schema whose root `e` holds any number of `a`, with these attributes. */
const plusieurs = (attributs: string) =>
  schema(
    suite(
      `<x:element name="a" maxOccurs="unbounded"><x:complexType>${attributs}</x:complexType></x:element>`,
    ),
  );
const enfants = (lignes: readonly string[]): string => `<e>${lignes.map((l) => `<a ${l}/>`).join('')}</e>`;
const repeter = (n: number, ...lignes: string[]): string[] => Array.from({ length: n }, () => lignes).flat();

describe('attributes of a start tag', () => {
  const s = schema(
    complexe(
      `${attribut('a', 'x:int', ' use="required"')}${attribut('b', 'x:int')}${attribut('c', 'x:int', ' use="required"')}`,
    ),
  );

  test('each missing one is told, at the tag', () => {
    const constats = bilan(s, '\n<e b="1"/>').constats;
    expect(constats).toEqual(
      ['a', 'c'].map((nom) => ({
        code: 'XSD-005',
        message: `L’attribut « ${nom} » manque à « e ».`,
        position: { octet: 1, ligne: 2, colonne: 1 },
        element: 1,
        chemin: `/e/@${nom}`,
        valeur: null,
        attendu: `l’attribut « ${nom} »`,
      })),
    );
    expect(codes(s, '<e c="1" a="1"/>')).toEqual([]);
    expect(codes(s, '<e c="1"/>')).toEqual(['XSD-005']);
  });

  test('one that is not planned is told at its name, with those that are', () => {
    const [c] = bilan(s, '<e a="1"  d="é" c="1"/>').constats;
    expect(c).toEqual({
      code: 'XSD-004',
      message: 'L’attribut « d » de « e » n’est pas prévu ici.',
      position: { octet: 10, ligne: 1, colonne: 11 },
      element: 0,
      chemin: '/e/@d',
      valeur: null,
      attendu: 'a, b, c',
    });
  });

  test('a name that the schema knows elsewhere is not planned either, nor one with a prefix', () => {
    expect(codes(s, '<e a="1" c="1" e="1"/>')).toEqual(['XSD-004']);
    const [c] = bilan(s, '<e a="1" c="1" xml:lang="fr"/>').constats;
    expect([c?.code, c?.chemin]).toEqual(['XSD-004', '/e/@xml:lang']);
    expect(codes(s, '<e a="1" c="1" p:a="1" xmlns:p="urn:p"/>')).toEqual(['XSD-004']);
  });

  test('a value is told at its first byte', () => {
    const [c] = bilan(s, '<e a=" x&amp; " c=\'1\'/>').constats;
    expect(c).toEqual({
      code: 'XSD-006',
      message:
        'La valeur «  x&  » de l’attribut « a » de « e » n’est pas admise ; attendu : un nombre entier.',
      position: { octet: 6, ligne: 1, colonne: 7 },
      element: 0,
      chemin: '/e/@a',
      valeur: ' x& ',
      attendu: 'un nombre entier',
    });
  });

  test('those of XML Schema for documents need no declaration, others of its namespace do (2.6)', () => {
    const xsi = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
    const avec = (suivants: string) => codes(s, `<e a="1" c="1" ${xsi} ${suivants}/>`);
    expect(avec('i:schemaLocation="a b" i:noNamespaceSchemaLocation="c"')).toEqual([]);
    expect(avec('i:autre=""')).toEqual(['XSD-004']);
    expect(avec('schemaLocation=""')).toEqual(['XSD-004']);
    expect(avec('type=""')).toEqual(['XSD-004']);
  });

  test('fixed: the value, not its writing', () => {
    const fixe = schema(complexe(attribut('a', 'x:decimal', ' fixed="1.0"')));
    expect([codes(fixe, '<e a="01"/>'), codes(fixe, '<e/>')]).toEqual([[], []]);
    expect(bilan(fixe, '<e a="2"/>').constats).toMatchObject([
      { code: 'XSD-006', valeur: '2', attendu: '« 1.0 »' },
    ]);
    expect(bilan(fixe, '<e a="z"/>').constats[0]?.attendu).toBe(
      'un nombre décimal (le séparateur décimal est le point)',
    );
  });

  test('tabs and line ends are spaces, references are what they stand for', () => {
    const mot = schema(complexe(attribut('a', restriction('x:string', ['enumeration', "a b&quot;&lt;é'"]))));
    expect(codes(mot, '<e a="a\tb&quot;&#60;é&apos;"/>')).toEqual([]);
    expect(codes(mot, "<e a='a\nb\"&lt;&#xE9;&apos;'/>")).toEqual([]);
    expect(codes(mot, `${LATIN1}<e a='a b"&lt;é&apos;'/>`, { encodage: 'latin1' })).toEqual([]);
    expect(codes(mot, '<e a="a b&quot;&lt;é"/>')).toEqual(['XSD-006']);
  });
});

describe('a length counts characters, in an attribute as well', () => {
  const n = (...facettes: readonly (readonly [string, string])[]) =>
    schema(complexe(attribut('a', restriction('x:string', ...facettes))));
  const refuses = (s: ReturnType<typeof n>, valeurs: readonly string[]) =>
    valeurs.filter((v) => codes(s, `<e a="${v}"/>`).length > 0);

  test.each<readonly [readonly (readonly [string, string])[], readonly string[], readonly string[]]>([
    [[['maxLength', '3']], ['', 'abc', 'é€𝄞', '&amp;bc'], ['abcd', 'éééé', 'a&amp;bc']],
    [[['minLength', '2']], ['ab', 'éé', '𝄞𝄞', 'abcdefgh', 'éééééééé'], ['', 'a', 'é', '€', '𝄞']],
    [[['length', '2']], ['ab', 'é€', '𝄞𝄞'], ['', 'a', 'é', '𝄞', 'abc', 'ééé']],
    [
      [
        ['minLength', '1'],
        ['maxLength', '4'],
      ],
      ['a', 'abcd', '𝄞', '𝄞𝄞𝄞𝄞'],
      ['', 'abcde', 'ééééé'],
    ],
    [[['maxLength', '0']], [''], ['a', ' ']],
  ])('%j', (facettes, bons, mauvais) => {
    expect(refuses(n(...facettes), [...bons, ...mauvais])).toEqual(mauvais);
  });

  test('in ISO-8859-1 a byte is a character', () => {
    const s = n(['length', '3']);
    const lu = (v: string) => codes(s, `${LATIN1}<e a="${v}"/>`, { encodage: 'latin1' });
    expect([lu('éàü'), lu('éà'), lu('éàüô'), lu('&#8364;éa')]).toEqual([[], ['XSD-006'], ['XSD-006'], []]);
  });
});

describe('the same values come back all along a file: each is judged as if it were alone', () => {
  test('wrong values are told every time, right ones never', () => {
    const s = plusieurs(attribut('n', 'x:int'));
    const constats = bilan(s, enfants(repeter(60, 'n="12"', 'n="1x"')), { constats: 200 }).constats;
    expect(constats.map((c) => c.chemin)).toEqual(
      Array.from({ length: 60 }, (_, k) => `/e/a[${2 * k + 2}]/@n`),
    );
  });

  test('what one type accepts, another does not', () => {
    const s = plusieurs(`${attribut('n', 'x:int')}${attribut('d', 'x:date')}`);
    const lignes = [
      ...repeter(40, 'n="2026" d="2026-01-01"'),
      'd="2026"',
      'n="2026-01-01"',
      'n="2026" d="2026-01-01"',
    ];
    expect(bilan(s, enfants(lignes)).constats.map((c) => c.chemin)).toEqual(['/e/a[41]/@d', '/e/a[42]/@n']);
  });

  test('a value is not taken for the beginning of another, nor for one of the same length', () => {
    const s = plusieurs(attribut('n', restriction('x:string', ['pattern', '[ab]*c?'])));
    const mots = ['abab', 'ababx', 'aba', 'abax', 'xbab', 'axab', '', 'c', 'x'];
    const lignes = repeter(30, ...mots.map((m) => `n="${m}"`));
    const faux = bilan(s, enfants(lignes), { constats: 500 }).constats.map((c) => c.valeur);
    expect(faux).toEqual(repeter(30, 'ababx', 'abax', 'xbab', 'axab', 'x'));
  });

  test.each([30, 31, 32, 33, 64])('values of %i bytes', (n) => {
    const s = plusieurs(attribut('n', restriction('x:string', ['pattern', 'a*'])));
    const [bon, faux] = ['a'.repeat(n), `${'a'.repeat(n - 1)}b`];
    const lignes = [...repeter(20, `n="${bon}"`), `n="${faux}"`, `n="${bon}"`, `n="${faux}"`];
    expect(bilan(s, enfants(lignes)).constats.map((c) => c.chemin)).toEqual(['/e/a[21]/@n', '/e/a[23]/@n']);
  });

  test('a thousand values, each several times', () => {
    const s = plusieurs(attribut('n', 'x:int'));
    const valeurs = Array.from({ length: 1000 }, (_, k) => `n="${k * k}${k % 100 === 99 ? 'x' : ''}"`);
    const constats = bilan(s, enfants(repeter(3, ...valeurs)), { constats: 100 }).constats;
    expect(constats).toHaveLength(30);
    expect(constats.every((c) => c.valeur?.endsWith('x'))).toBe(true);
  });

  test('an identifier is taken once', () => {
    const s = plusieurs(attribut('n', 'x:ID'));
    const constats = bilan(s, enfants(repeter(30, 'n="i"'))).constats;
    expect(constats).toHaveLength(29);
    expect(constats[0]?.attendu).toBe('un identifiant que rien d’autre ne porte dans le fichier');
  });

  test.each([
    ['a qualified name', 'x:QName'],
    ['a list of them', '<x:simpleType><x:list itemType="x:QName"/></x:simpleType>'],
    ['a union with them', '<x:simpleType><x:union memberTypes="x:int x:QName"/></x:simpleType>'],
    ['a restriction of them', restriction('x:QName', ['pattern', '.*'])],
  ])('%s means what its prefix is bound to, where it stands', (_, type) => {
    const s = plusieurs(attribut('n', type));
    const lie = 'xmlns:p="urn:p" n="p:x"';
    const constats = bilan(s, enfants([...repeter(30, lie), 'n="p:x"', lie, 'n="p:x"'])).constats;
    expect(constats.map((c) => c.chemin)).toEqual(['/e/a[31]/@n', '/e/a[33]/@n']);
  });

  test('references to identifiers are all followed, lists too', () => {
    const s = plusieurs(`${attribut('i', 'x:ID')}${attribut('r', 'x:IDREF')}${attribut('l', 'x:IDREFS')}`);
    const lignes = [...repeter(30, 'r="x" l="x y"'), 'i="x"', 'r="z"'];
    expect(bilan(s, enfants(lignes)).constats.map((c) => [c.code, c.valeur, c.chemin])).toEqual([
      ['XSD-013', 'y', '/e/a[1]/@l'],
      ['XSD-013', 'z', '/e/a[32]/@r'],
    ]);
  });

  test('a fixed value is compared every time', () => {
    const s = plusieurs(attribut('n', 'x:int', ' fixed="5"'));
    expect(
      bilan(s, enfants([...repeter(30, 'n="5"'), 'n="6"', 'n="05"'])).constats.map((c) => c.chemin),
    ).toEqual(['/e/a[31]/@n']);
  });

  test('a value with a reference is judged for what it stands for', () => {
    const s = plusieurs(attribut('n', restriction('x:string', ['pattern', 'a|é'])));
    const lignes = [...repeter(30, 'n="a"', 'n="é"', 'n="&#97;"', 'n="&#98;"')];
    expect(bilan(s, enfants(lignes)).constats.map((c) => c.valeur)).toEqual(repeter(30, 'b'));
  });
});
