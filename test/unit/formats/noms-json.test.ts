import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleTrompeuse } from '../../../src/formats/encodages/json.ts';
import { nomDeFichier } from '../../../src/formats/encodages/noms.ts';
import { typeParContenu } from '../../../src/formats/encodages/types.ts';

describe('a file name given by somebody else is a label', () => {
  test.each([
    ['délib.pdf', 'délib.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x.pdf', 'x.pdf'],
    ['fact\u202efdp.exe', 'factfdp.exe'],
    ['a\u0000b\u001b[2J.pdf', 'ab[2J.pdf'],
    ['..', ''],
    ['...', ''],
    ['dossier/', ''],
    [' ', ''],
    ['e\u0301.pdf', 'é.pdf'],
    ['e\u0000\u0301.pdf', 'é.pdf'],
    ['a\u1a75\u0000\u0316', 'a\u0316\u1a75'],
    ['\ud83c.pdf', '.pdf'],
    [`${'é'.repeat(300)}.pdf`, `${'é'.repeat(98)}.pdf`],
    ['x'.repeat(300), 'x'.repeat(200)],
    [`${'x'.repeat(196)}.pdf`, `${'x'.repeat(196)}.pdf`],
    [`${'x'.repeat(197)}.pdf`, `${'x'.repeat(196)}.pdf`],
    [`v1.2-${'x'.repeat(300)}.pdf`, `v1.2-${'x'.repeat(191)}.pdf`],
    [`${'x'.repeat(300)}.pdf-joint`, 'x'.repeat(200)],
  ])('%j', (recu, attendu) => {
    expect(nomDeFichier(recu)).toBe(attendu);
  });
  test('never a path, never longer than 200 bytes, stable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (recu) => {
        const nom = nomDeFichier(recu);
        expect(nom).not.toMatch(/[/\\]|\p{C}/u);
        expect(Buffer.byteLength(nom)).toBeLessThanOrEqual(200);
        expect(nomDeFichier(nom)).toBe(nom);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a JSON text whose keys deceive', () => {
  test.each([
    ['{"a":1,"a":2}', { cle: 'a', repetee: true }],
    ['{"a":1,"\\u0061":2}', { cle: 'a', repetee: true }],
    ['[{"x":{"b":1 , "c":"\\"b\\":1", "b"  :2}}]', { cle: 'b', repetee: true }],
    ['{"__proto__":{}}', { cle: '__proto__', repetee: false }],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"a"}', null],
    ['["a","a",{"a":"a"}]', null],
    ['{"a":[{"b":1},["b"]],"a":2}', { cle: 'a', repetee: true }],
    ['{"a":{},"a":2}', { cle: 'a', repetee: true }],
    ['[[{"a":1}],{"a":1}]', null],
    ['{"a', null],
    ['{"a\\', null],
    ['"a"', null],
  ])('%s', (texte, attendu) => {
    expect(cleTrompeuse(texte)).toEqual(attendu);
  });
  test('what JSON.stringify writes never deceives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (valeur) => {
        const texte = JSON.stringify(valeur);
        if (!texte.includes('__proto__')) expect(cleTrompeuse(texte)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});

function type(tete: string): string {
  return typeParContenu(Buffer.from(tete, 'latin1'));
}

test('a PDF header behind the signature of something else is no PDF', () => {
  for (const tete of [
    '#!/bin/sh\n',
    '\n #!/bin/sh\n',
    'Rar!\x1a',
    '7z\xbc\xaf',
    'MZ\x90',
    '\x7fELF',
    'PK\x03\x04',
    '<html>',
    ' <b>',
    'GIF89a',
  ]) {
    expect(type(`${tete}%PDF-1.7`)).not.toBe('application/pdf');
  }
  expect(type('\r\n%PDF-1.7')).toBe('application/pdf');
  expect(type('Received by mail\n%PDF-1.4')).toBe('application/pdf');
});
