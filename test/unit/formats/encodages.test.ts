import { describe, expect, test } from 'vitest';
import { caracteresInterdits, decoder, horsLatin1 } from '../../../src/formats/encodages/texte.ts';
import { typeParContenu } from '../../../src/formats/encodages/types.ts';

const latin1 = (texte: string) => Buffer.from(texte, 'latin1');

describe('type by content', () => {
  test.each<[string, Uint8Array, string]>([
    ['PDF', latin1('%PDF-1.7\n%\xe2\xe3'), 'application/pdf'],
    ['PDF after junk', latin1(`${'\0'.repeat(1000)}%PDF-1.4`), 'application/pdf'],
    ['PDF header at the end of 1024 bytes', latin1(`${'\0'.repeat(1019)}%PDF-1.4`), 'application/pdf'],
    ['PDF header beyond 1024 bytes', latin1(`${'\0'.repeat(1020)}%PDF-1.4`), 'inconnu'],
    ['PNG', latin1('\x89PNG\r\n\x1a\n...'), 'image/png'],
    ['PNG damaged by a line-end conversion', latin1('\x89PNG\n\x1a\n...'), 'inconnu'],
    ['JPEG', latin1('\xff\xd8\xff\xe0..JFIF'), 'image/jpeg'],
    ['gzip', latin1('\x1f\x8b\x08\0'), 'application/gzip'],
    ['XML', latin1('<?xml version="1.0"?><a/>'), 'application/xml'],
    ['XML, mark and space', Buffer.from('\ufeff \r\n<a:b xmlns:a="u"/>', 'utf8'), 'application/xml'],
    ['XML, UTF-16', Buffer.from('\ufeff<?xml version="1.0"?>', 'utf16le'), 'application/xml'],
    [
      'XML, UTF-16 big endian',
      Buffer.from('\ufeff<?xml version="1.0"?>', 'utf16le').swap16(),
      'application/xml',
    ],
    ['UTF-16 after half a mark', latin1('\xff\0<\0a\0/\0>\0'), 'inconnu'],
    ['UTF-16 after the other half', latin1('\0\xfe<\0a\0/\0>\0'), 'inconnu'],
    ['XML after half of a UTF-8 mark', latin1('\xef\xbb<a/>'), 'inconnu'],
    ['XML, a letter beyond ASCII first', latin1('<\xff/>'), 'application/xml'],
    ['XML with a comment first', latin1('<!-- c --><a/>'), 'application/xml'],
    ['XML with a document type', latin1('<!DOCTYPE a SYSTEM "a.dtd"><a/>'), 'application/xml'],
    ['XML that speaks of PDF', latin1('<a>%PDF-1.7</a>'), 'application/xml'],
    ['XHTML, which is XML', latin1('<?xml version="1.0"?>\n<html xmlns="x">'), 'application/xml'],
    ['HTML', latin1('<!DOCTYPE html><html>'), 'inconnu'],
    ['HTML, doctype far from its name', latin1('<!DOCTYPE \r\n html><html>'), 'inconnu'],
    ['HTML without doctype', latin1('<HTML><body>'), 'inconnu'],
    ['HTML after white space', latin1(' \n<html>'), 'inconnu'],
    ['markup after words', latin1('bonjour <a/>'), 'inconnu'],
    ['text', latin1('a < b'), 'inconnu'],
    ['ZIP', latin1('PK\x03\x04'), 'inconnu'],
    ['nothing', latin1(''), 'inconnu'],
  ])('%s', (_, tete, attendu) => {
    expect(typeParContenu(tete)).toBe(attendu);
  });

  test('a view inside a larger buffer is read at its own place', () => {
    expect(typeParContenu(latin1('xxxx%PDF-1.4').subarray(4))).toBe('application/pdf');
  });
});

describe('characters of an objet', () => {
  test('outside ISO-8859-1: what a word processor types, and the rest', () => {
    expect(horsLatin1('L’œuvre « A » – 5 €… Œ 𝄞 ő ’')).toEqual({
      typographiques: ['’', 'œ', '–', '€', '…', 'Œ'],
      autres: ['𝄞', 'ő'],
    });
    expect(horsLatin1('Été à Noël, ÿ, n° 3, « x », 5 m²')).toEqual({ typographiques: [], autres: [] });
  });

  test('the 27 characters that Windows-1252 adds are all known', () => {
    const tous = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i));
    const extras = [...tous].filter((c) => (c.codePointAt(0) ?? 0) > 0xff);
    expect(extras).toHaveLength(27);
    expect(horsLatin1(extras.join('')).typographiques).toEqual(extras);
  });

  test('controls, C1 included, lone surrogates and non-characters are forbidden; tab and line ends are not', () => {
    expect(caracteresInterdits('a\u0000\u001b\u007f\u0085\u0092\ud800b\ufffe\ufdd0\u{1ffff}')).toEqual([
      'U+0000',
      'U+001B',
      'U+007F',
      'U+0085',
      'U+0092',
      'U+D800',
      'U+FFFE',
      'U+FDD0',
      'U+1FFFF',
    ]);
    const bords = ['\u001f', '\u0080', '\u009f', '\udfff', '\ufdef', '\uffff', '\u{10ffff}'];
    expect(bords.map((c) => caracteresInterdits(c).length)).toEqual(bords.map(() => 1));
    expect(
      caracteresInterdits('a\tb\r\nc ~ é ’ 𝄞 \u00a0 \ud7ff \ue000 \ufdcf \ufdf0 \ufffd \u{1fffd}'),
    ).toEqual([]);
    expect(horsLatin1('\ufffe\ud800')).toEqual({ typographiques: [], autres: [] });
  });
});

describe('decoding bytes that nobody described', () => {
  test.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from('été – 5 €'), 'été – 5 €'],
    ['UTF-8 with its mark', Buffer.from('\ufeffété'), 'été'],
    ['a mark in the middle, which is a character', Buffer.from('été\ufeffa'), 'été\ufeffa'],
    ['ISO-8859-1', latin1('été'), 'été'],
    ['Windows-1252', latin1('l\x92\xe9t\xe9 \x80 \x81'), 'l’été € \u0081'],
    ['ASCII', latin1('abc'), 'abc'],
  ])('%s', (_, octets, attendu) => {
    expect(decoder(octets)).toBe(attendu);
  });
});
