import { describe, expect, test } from 'vitest';
import { ErreurDer, lireDer } from '../../../../src/formats/certificats/der.ts';
import { lireNom } from '../../../../src/formats/certificats/nommage.ts';
import { ensemble, hexa, sequence, tlv, utf8 } from './der-essai.ts';

const CN = hexa('06 03 55 04 03');
const O = hexa('06 03 55 04 0a');
const attribut = (oid: Buffer, valeur: Buffer): Buffer => sequence(oid, valeur);
const nom = (...rdns: readonly (readonly Buffer[])[]) =>
  lireNom(lireDer(sequence(...rdns.map((rdn) => ensemble(...rdn)))));
const cn = (texte: string) => nom([attribut(CN, utf8(texte))]);

describe('a name as people read it (RFC 2253)', () => {
  test('last component first; attributes of one component with « + »', () => {
    const lu = nom([attribut(O, utf8('Mairie'))], [attribut(CN, utf8('A')), attribut(O, utf8('B'))]);
    expect(lu.texte).toBe('CN=A+O=B,O=Mairie');
  });

  test.each([
    ['06 03 55 04 03', 'CN'],
    ['06 03 55 04 06', 'C'],
    ['06 03 55 04 07', 'L'],
    ['06 03 55 04 08', 'ST'],
    ['06 03 55 04 09', 'STREET'],
    ['06 03 55 04 0a', 'O'],
    ['06 03 55 04 0b', 'OU'],
    ['06 0a 09 92 26 89 93 f2 2c 64 01 01', 'UID'],
    ['06 0a 09 92 26 89 93 f2 2c 64 01 19', 'DC'],
  ])('%s is %s', (oid, attendu) => {
    expect(nom([attribut(hexa(oid), utf8('x'))]).texte).toBe(`${attendu}=x`);
  });

  test('an attribute without short name, or whose text cannot be read, is written as its bytes', () => {
    expect(nom([attribut(hexa('06 03 55 04 61'), utf8('x'))]).texte).toBe('2.5.4.97=#0c0178');
    expect(nom([attribut(CN, hexa('04 01 78'))]).texte).toBe('CN=#040178');
  });

  test.each([
    ['Durand, Jean', 'Durand\\, Jean'],
    ['a+b"c\\d<e>f;g', 'a\\+b\\"c\\\\d\\<e\\>f\\;g'],
    ['#1', '\\#1'],
    ['a#1', 'a#1'],
    [' a ', '\\ a\\ '],
    ['  ', '\\ \\ '],
    [' ', '\\ '],
    ['a b', 'a b'],
    ['a\nb\0\x7f', 'a\\0Ab\\00\\7F'],
    ['é €', 'é €'],
    ['', ''],
  ])('%j is escaped as %j', (texte, attendu) => {
    expect(cn(texte).texte).toBe(`CN=${attendu}`);
  });
});

describe('when two names are the same (RFC 5280 § 7.1)', () => {
  test.each([
    ['MAIRIE de Bréal', 'mairie DE BRÉAL'],
    ['Mairie  de\tBréal', ' Mairie de Bréal '],
    ['Bre\u0301al', 'Bréal'],
    ['ﬁn', 'fin'],
  ])('%j and %j are', (a, b) => {
    expect(cn(a).cle).toBe(cn(b).cle);
  });

  test('the type of the text does not matter, the order of the attributes of one component neither', () => {
    expect(nom([attribut(CN, tlv(0x13, Buffer.from('A')))]).cle).toBe(cn('a').cle);
    const [a, b] = [attribut(CN, utf8('a')), attribut(O, utf8('b'))];
    expect(nom([a, b]).cle).toBe(nom([b, a]).cle);
  });

  test('another word, attribute, order of components, number of them, are not', () => {
    const [a, b] = [attribut(CN, utf8('a')), attribut(O, utf8('b'))];
    const noms = [
      cn('ab'),
      cn('a b'),
      nom([attribut(O, utf8('ab'))]),
      nom([a], [b]),
      nom([b], [a]),
      nom([a, b]),
      nom(),
    ];
    expect(new Set(noms.map((n) => n.cle)).size).toBe(noms.length);
    expect(nom([attribut(CN, hexa('04 01 41'))]).cle).not.toBe(nom([attribut(CN, hexa('04 01 61'))]).cle);
  });
});

test('the bytes of the name are kept as they are', () => {
  const octets = sequence(ensemble(attribut(CN, utf8('a'))));
  expect(Buffer.from(lireNom(lireDer(octets)).der)).toEqual(octets);
});

test.each<[string, Buffer, string]>([
  ['no SEQUENCE', ensemble(), 'étiquette 49 au lieu de 48'],
  ['a component that is no SET', sequence(sequence()), 'étiquette 48 au lieu de 49'],
  ['an empty component', sequence(ensemble()), 'nom vide'],
  ['an attribute without value', sequence(ensemble(sequence(CN))), 'champ obligatoire absent'],
  ['an attribute with two values', sequence(ensemble(sequence(CN, utf8('a'), utf8('b')))), 'champ inconnu'],
])('refused: %s', (_, octets, motif) => {
  expect(() => lireNom(lireDer(octets))).toThrow(new ErreurDer(motif));
});
