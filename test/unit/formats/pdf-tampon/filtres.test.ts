import { execFileSync } from 'node:child_process';
import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chaine, chaineDeTexte, octetsDe } from '../../../../src/formats/pdf/chaines.ts';
import { ecrireObjet } from '../../../../src/formats/pdf/ecrire.ts';
import { rc4 } from '../../../../src/formats/pdf/rc4.ts';
import { decode, lire } from './lire-flux.ts';

/** Codes of the widths that the norm asks for, written by the book: one code a byte, widths growing as the table would. */
function ecrireLzw(texte: string, tot: 0 | 1): Buffer {
  const table = new Map<string, number>();
  const bits: string[] = [];
  let suivant = 258;
  const poser = (code: number): void => {
    const largeur = Math.min(12, Math.max(9, 32 - Math.clz32(suivant - 1 + tot)));
    bits.push(code.toString(2).padStart(largeur, '0'));
  };
  const codeDe = (mot: string): number => (mot.length === 1 ? mot.charCodeAt(0) : (table.get(mot) ?? 0));
  bits.push((256).toString(2).padStart(9, '0'));
  let mot = '';
  for (const c of texte) {
    if (mot !== '' && !table.has(mot + c)) {
      poser(codeDe(mot));
      table.set(mot + c, suivant);
      suivant += 1;
      mot = c;
      if (suivant === 4095) {
        poser(codeDe(mot));
        bits.push((256).toString(2).padStart(12, '0'));
        table.clear();
        suivant = 258;
        mot = '';
      }
    } else mot += c;
  }
  if (mot !== '') {
    poser(codeDe(mot));
    suivant += 1;
  }
  poser(257);
  const tout = bits.join('');
  return Buffer.from((tout.match(/.{1,8}/g) ?? []).map((b) => Number.parseInt(b.padEnd(8, '0'), 2)));
}

describe('filters', () => {
  test('Flate, whole or cut short', () => {
    const octets = deflateSync(Buffer.from('contenu de la page '.repeat(50)));
    expect(decode(octets, '<</Filter /FlateDecode>>')).toBe('contenu de la page '.repeat(50));
    expect(decode(octets.subarray(0, -6), '<</Filter [/Fl]>>')).toMatch(/^contenu de la page /);
    expect(decode(Buffer.from('xyz'), '<</Filter /FlateDecode>>')).toBe('illisible');
  });

  test('a limit stops a bomb, whatever the filter', () => {
    expect(decode(deflateSync(Buffer.alloc(50_000)), '<</Filter /FlateDecode>>', 9999)).toBe('demesure');
    expect(decode(ecrireLzw('a'.repeat(50_000), 1), '<</Filter /LZWDecode>>', 9999)).toBe('demesure');
    expect(
      decode(
        Buffer.from([129, 65].concat(...Array.from({ length: 99 }, () => [129, 66]))),
        '<</Filter /RL>>',
        999,
      ),
    ).toBe('demesure');
    expect(decode(Buffer.from('z'.repeat(9999)), '<</Filter /ASCII85Decode>>', 999)).toBe('demesure');
    expect(decode(Buffer.from('00'), `<</Filter [${'/AHx '.repeat(9)}]>>`)).toBe('demesure');
  });

  test.each([0, 1] as const)('LZW, codes that widen %i early', (tot) => {
    const textes = [
      '-----A---B',
      'a',
      '',
      'abcabcabcabc'.repeat(40),
      Array.from({ length: 9000 }, (_, i) => String.fromCharCode(32 + ((i * i) % 90))).join(''),
    ];
    for (const texte of textes) {
      const parametres = tot === 1 ? '' : '/DecodeParms <</EarlyChange 0>>';
      expect(decode(ecrireLzw(texte, tot), `<</Filter /LZWDecode ${parametres}>>`)).toBe(texte);
    }
  });

  test('LZW: the example of the norm (7.4.4.2), and codes that make no sense', () => {
    expect(decode(Buffer.from('800b6050220c0c8501', 'hex'), '<</Filter /LZW>>')).toBe('-----A---B');
    expect(decode(Buffer.from('807fffff', 'hex'), '<</Filter /LZW>>')).toBe('illisible');
  });

  test('hexadecimal, base 85, run lengths, one after the other', () => {
    expect(decode(Buffer.from('4 8 65 6c6C 6f7>99'), '<</Filter /AHx>>')).toBe('Hellop');
    const python = `import base64,sys; sys.stdout.write(base64.a85encode(b"Deliberation\\0\\0\\0\\0 du 2").decode())`;
    const a85 = execFileSync('python3', ['-c', python], { encoding: 'utf8' });
    expect(a85).toContain('z');
    expect(decode(Buffer.from(`${a85}~>`), '<</Filter /A85>>')).toBe('Deliberation\0\0\0\0 du 2');
    expect(decode(Buffer.from('\x02abc\xfed\x80zz', 'latin1'), '<</Filter /RunLengthDecode>>')).toBe(
      'abcddd',
    );
    const chaine85 = deflateSync(Buffer.from('q Q')).toString('hex');
    expect(decode(Buffer.from(`${chaine85}>`), '<</Filter [/AHx /Fl]>>')).toBe('q Q');
    expect(decode(Buffer.from('abc'), '<</Filter /DCTDecode>>')).toBe('illisible');
    expect(decode(Buffer.from('abc'), '<<>>')).toBe('abc');
    expect(decode(Buffer.from('vwx~>'), '<</Filter /A85>>')).toBe('illisible');
  });

  /** Rows of four bytes, each by another filter of PNG. */
  test('predictors', () => {
    const rangees = [
      [0, 1, 2, 3, 4],
      [1, 1, 1, 1, 1],
      [2, 1, 1, 1, 1],
      [3, 2, 2, 2, 2],
      [4, 1, 1, 1, 1],
    ].flat();
    const png = '<</Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 4>>>>';
    expect([...Buffer.from(decode(deflateSync(Buffer.from(rangees)), png), 'latin1')]).toEqual([
      1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 5, 3, 5, 6, 7, 4, 6, 7, 8,
    ]);
    const tiff = '<</Filter [/FlateDecode] /DecodeParms [<</Predictor 2 /Columns 2 /Colors 2>>]>>';
    expect([
      ...Buffer.from(decode(deflateSync(Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])), tiff), 'latin1'),
    ]).toEqual([1, 2, 4, 6, 5, 6, 12, 14]);
    for (const absurde of ['/Predictor 9', '/Predictor 12 /Columns 0', '/Predictor 12 /Colors 9999999']) {
      expect(decode(deflateSync(Buffer.alloc(9)), `<</Filter /Fl /DecodeParms <<${absurde}>>>>`)).toBe(
        'illisible',
      );
    }
  });

  test('RC4: what RFC 6229 and others give', () => {
    expect(Buffer.from(rc4(Buffer.from('Key'), Buffer.from('Plaintext'))).toString('hex')).toBe(
      'bbf316e8d940af0ad3',
    );
    expect(Buffer.from(rc4(Buffer.from('0102030405', 'hex'), Buffer.alloc(8))).toString('hex')).toBe(
      'b2396305f03dc027',
    );
  });
});

describe('objects', () => {
  test('strings, with all their escapes', () => {
    const cas: readonly (readonly [string, string])[] = [
      ['(a(b)c)', 'a(b)c'],
      ['(\\(\\)\\\\\\n\\r\\t\\b\\f)', '()\\\n\r\t\b\f'],
      ['(\\101\\53\\0539\\400)', 'A++9\0'],
      ['(a\\\nb\\\r\nc\\\rd\r\ne\rf)', 'abcd\ne\nf'],
      ['(\\z\\\xe9)', 'z\xe9'],
      ['<41 4 2 5>', 'ABP'],
      ['()', ''],
      ['<>', ''],
    ];
    for (const [ecrite, lue] of cas) {
      const objet = lire(ecrite);
      expect(objet.type === 'chaine' ? octetsDe(objet).toString('latin1') : '').toBe(lue);
      expect(ecrireObjet(objet, null)).toBe(ecrite);
    }
  });

  test('any bytes go through a string; any text through a text string', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        const relue = lire(ecrireObjet(chaine(octets), null));
        expect(relue.type === 'chaine' ? [...octetsDe(relue)] : null).toEqual([...octets]);
      }),
      { seed: 1, numRuns: 200 },
    );
    expect(chaineDeTexte('é').texte).toBe('<feff00e9>');
  });

  test('numbers, names, words and references; nothing is lost by writing them again', () => {
    for (const texte of [
      '-.50',
      '+12',
      '4.',
      '0.000000001',
      '/A#20b',
      '/',
      '[1 0 R 1 0 true]',
      '<</A <</B [null]>>>>',
      '12345678901',
      '[1 0 5 0 R]',
    ]) {
      expect(ecrireObjet(lire(texte), null)).toBe(texte);
    }
    expect(lire('1 0 R')).toEqual({ type: 'reference', numero: 1, generation: 0 });
    expect(lire('1 0 Rx')).toMatchObject({ type: 'nombre', valeur: 1 });
    expect(lire('1 % comment\r\n0 %\nR')).toMatchObject({ type: 'reference' });
    expect(lire('--5')).toMatchObject({ type: 'nombre', valeur: 0 });
    expect(ecrireObjet(lire('[ab ) } null]'), null)).toBe('[null null null null]');
    expect(ecrireObjet(lire('<</A/B/C>>'), null)).toBe('<</A /B/C null>>'.replace('/B/C', '/B /C'));
    expect(ecrireObjet(lire('<</A 1/A 2>>'), null)).toBe('<</A 2>>');
  });
});
