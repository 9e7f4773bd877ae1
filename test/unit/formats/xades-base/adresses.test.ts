import { describe, expect, test } from 'vitest';
import { ecrireAdresse, lireAdresse } from '../../../../src/formats/xades/base/adresses.ts';

const FOURNIS = new Set(['http://example.org/a.pdf', 'urn:acte:1', '//hote/a.pdf', 'a.pdf']);
const lire = (uri: string | undefined) => lireAdresse(uri, FOURNIS);

describe('what a reference designates (XML-Signature § 4.4.3.1, RFC 3986)', () => {
  test.each([
    [undefined, { type: 'refusee', cle: 'uriAbsente' }],
    ['', { type: 'document' }],
    ['#A', { type: 'element', id: 'A' }],
    ['#', { type: 'refusee', cle: 'uriXpointer' }],
    ['#xpointer(/)', { type: 'refusee', cle: 'uriXpointer' }],
    ["#xpointer(id('A'))", { type: 'refusee', cle: 'uriXpointer' }],
    ['#a xpointer(/)', { type: 'refusee', cle: 'uriXpointer' }],
  ])('%j → %o', (uri, attendue) => {
    expect(lire(uri)).toEqual(attendue);
  });

  test.each(['http://example.org/a.pdf', 'urn:acte:1', '//hote/a.pdf'])(
    'an absolute address is followed only when its bytes were given under it: %s',
    (uri) => {
      expect(lire(uri)).toEqual({ type: 'fichier', nom: uri });
      expect(lireAdresse(uri, new Set())).toEqual({ type: 'refusee', cle: 'uriExterne' });
    },
  );

  test.each([
    'HTTPS://example.org/',
    'file:///etc/passwd',
    'data:,acte',
    'a+b.c-1:x',
    'C:\\acte.pdf',
    '//a',
    'a:',
  ])('%s is absolute', (uri) => {
    expect(lire(uri)).toEqual({ type: 'refusee', cle: 'uriExterne' });
  });

  test.each([
    ['a.pdf', 'a.pdf'],
    ['dossier/sous/a.pdf', 'dossier/sous/a.pdf'],
    ['acte%20n%C2%B0%201.pdf', 'acte n° 1.pdf'],
    ['été.pdf', 'été.pdf'],
    ['1:2.pdf', '1:2.pdf'],
    ['.a', '.a'],
    ['...', '...'],
    ["a-._~!$&'()*+,;=:@b", "a-._~!$&'()*+,;=:@b"],
    ['\u{1f58b}.pdf', '\u{1f58b}.pdf'],
    ['a%3Ab', 'a:b'],
    ['a%23b', 'a#b'],
    ['x'.repeat(1000), 'x'.repeat(1000)],
  ])('%s is the name of a file', (uri, nom) => {
    expect(lire(uri)).toEqual({ type: 'fichier', nom });
  });

  test.each([
    '/a.pdf',
    'a//b',
    'a/',
    '.',
    './a',
    '..',
    'a/../b',
    '%2e',
    '%2E%2e/a',
    'a%2Fb',
    'a%5Cb',
    'a\\b',
    'a?b',
    'a#b',
    'a b',
    'a%00',
    'a%0a',
    'a%7f',
    'a%',
    'a%4',
    'a%zz',
    'a%FF',
    'a%ED%A0%80',
    'a<b',
    'a"b',
    'a\u0085b',
    'x'.repeat(1001),
  ])('%j is no simple name', (uri) => {
    expect(lire(uri)).toEqual({ type: 'refusee', cle: 'uriChemin' });
  });
});

describe('the address that we write for a file reads back as its name', () => {
  test.each([
    ['acte n° 1.pdf', 'acte%20n%C2%B0%201.pdf'],
    ['pieces/été.xml', 'pieces/%C3%A9t%C3%A9.xml'],
    ['a:b', 'a%3Ab'],
    ['#a?b', '%23a%3Fb'],
    ['100%.pdf', '100%25.pdf'],
    ['http:', 'http%3A'],
  ])('%s', (nom, uri) => {
    expect(ecrireAdresse(nom)).toBe(uri);
    expect(lireAdresse(uri, new Set())).toEqual({ type: 'fichier', nom });
  });

  test.each([
    '',
    '.',
    '..',
    '/a',
    'a/',
    'a//b',
    'a\\b',
    '../a',
    'a\u0000',
    'a\nb',
    'a\ud800',
    'é'.repeat(400),
  ])('%j has none', (nom) => {
    expect(ecrireAdresse(nom)).toBeNull();
  });
});
