import { describe, expect, test } from 'vitest';
import { descendre, enfants, LIMITES_SIGNATURE } from '../../../../src/formats/xades/arbre.ts';
import { arbreDe, noeudDe } from './noeuds.ts';

describe('the tree of a signature', () => {
  test('names by their namespaces, attributes by {namespace}name, references resolved', () => {
    const lu = noeudDe(
      '<p:a xmlns:p="urn:p" p:b="&amp;&#233;" c=" d "><e xmlns="urn:e">x&lt;<![CDATA[&]]></e>y</p:a>',
    );
    expect(lu).toMatchObject({ espace: 'urn:p', nom: 'a', texte: 'y', debut: 0 });
    expect([...lu.attributs]).toEqual([
      ['{urn:p}b', '&é'],
      ['c', ' d '],
    ]);
    expect(lu.enfants).toMatchObject([{ espace: 'urn:e', nom: 'e', texte: 'x<&', debut: 47 }]);
  });

  test('the text of an element is its own, in the encoding of the file', () => {
    const octets = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é<b>à<c/></b>ü</a>', 'latin1');
    const lu = noeudDe(octets);
    expect(lu.texte).toBe('éü');
    expect(lu.enfants.map((e) => [e.nom, e.texte, e.enfants.length])).toEqual([['b', 'à', 1]]);
    expect(lu.debut).toBe(43);
  });

  test('children are taken by namespace and name, in order; a path goes by the first of each', () => {
    const lu = noeudDe(
      '<a xmlns="urn:a"><b n="1"/><c/><b xmlns="urn:b" n="2"/><b n="3"><d n="4"/></b><b n="5"><d/></b></a>',
    );
    const numeros = (espace: string, nom: string) =>
      enfants(lu, espace, nom).map((e) => e.attributs.get('n'));
    expect(numeros('urn:a', 'b')).toEqual(['1', '3', '5']);
    expect(numeros('urn:b', 'b')).toEqual(['2']);
    expect(numeros('urn:b', 'c')).toEqual([]);
    expect(enfants(undefined, 'urn:a', 'b')).toEqual([]);
    expect(descendre(lu, 'urn:a', 'b')?.attributs.get('n')).toBe('1');
    // the first « b » has no « d »: the path does not look into the second one
    expect(descendre(lu, 'urn:a', 'b', 'd')).toBeUndefined();
    expect(descendre(lu, 'urn:a')).toBe(lu);
    expect(descendre(undefined, 'urn:a', 'b')).toBeUndefined();
  });
});

describe('whoever would fill the memory is stopped', () => {
  const { elements, caracteres } = LIMITES_SIGNATURE;

  test('as many elements as the limit, and not one more', () => {
    const pleins = arbreDe(`<a>${'<b/>'.repeat(elements - 1)}</a>`);
    expect([pleins.tropGros, pleins.racine.enfants.length]).toEqual([false, elements - 1]);
    const trop = arbreDe(`<a>${'<b/>'.repeat(elements)}<c/>t</a>`);
    expect([trop.tropGros, trop.racine.enfants.length, trop.racine.texte]).toEqual([true, elements - 1, '']);
  });

  test.each([
    ['text', (n: number) => `<a>${'x'.repeat(n)}</a>`],
    ['attributes', (n: number) => `<a b="${'x'.repeat(n >> 1)}"><c d="${'x'.repeat(n - (n >> 1))}"/></a>`],
    ['text and references', (n: number) => `<a>${'x'.repeat(n - 2)}&#120;&lt;</a>`],
  ])('as many characters of %s as the limit, and not one more', (_, document) => {
    expect(arbreDe(document(caracteres)).tropGros).toBe(false);
    const trop = arbreDe(document(caracteres + 1));
    expect(trop.tropGros).toBe(true);
    expect(trop.racine.texte.length).toBeLessThanOrEqual(caracteres);
  });
});
