import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lireLzw } from '../../../../src/formats/pdf/lzw.ts';
import { deplier, type Prediction } from '../../../../src/formats/pdf/prediction.ts';
import { decode as decodeFlux } from './lire-flux.ts';

/** Each filter by its figures: those of the norm, or worked out beside. */

/** @param entrees of the dictionary of the stream. */
function decode(octets: Uint8Array | string, entrees: string, limite?: number): string {
  const source = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
  return decodeFlux(source, `<<${entrees}>>`, limite);
}

describe('predictors (7.4.4.4)', () => {
  const P: Prediction = { sorte: 15, couleurs: 1, bits: 8, colonnes: 4 };
  const plier = (octets: readonly number[], p: Partial<Prediction> = {}): number[] | null => {
    const lu = deplier(Uint8Array.from(octets), { ...P, ...p });
    return lu === null ? null : [...lu];
  };

  test('none', () => {
    const octets = Uint8Array.of(1, 2, 3);
    expect(deplier(octets, { ...P, sorte: 1, colonnes: 0 })).toBe(octets);
  });

  test.each([10, 11, 12, 13, 14, 15])('%i: each row says its own', (sorte) => {
    expect(plier([0, 1, 2, 3, 4], { sorte })).toEqual([1, 2, 3, 4]);
  });

  test.each([-1, 0, 3, 9, 16])('%i is not one', (sorte) => {
    expect(plier([0, 1, 2, 3, 4], { sorte })).toBeNull();
  });

  test.each(['couleurs', 'bits', 'colonnes'] as const)('%s beyond measure', (mesure) => {
    expect(plier([0, 1], { [mesure]: 0 })).toBeNull();
    expect(plier([0, 1], { [mesure]: 1_000_001 })).toBeNull();
    expect(plier([0, 1], { [mesure]: 1_000_000 })).toEqual([1]);
  });

  test('to the left, above, between both, and the nearest of three', () => {
    const rangs = [
      [0, 250, 3, 90, 7],
      [1, 10, 20, 250, 1],
      [2, 1, 1, 1, 250],
      [3, 9, 8, 7, 6],
      [4, 1, 200, 3, 4],
      [5, 1, 2, 3, 4],
    ];
    expect(plier(rangs.flat())).toEqual(
      [
        [250, 3, 90, 7],
        [10, 30, 24, 25],
        [11, 31, 25, 19],
        [14, 30, 34, 32],
        [15, 230, 233, 237],
        [1, 2, 3, 4],
      ].flat(),
    );
  });

  test('the nearest: the left one, the one above, the corner', () => {
    const proche = (coin: number, dessus: number, gauche: number): number | undefined =>
      plier([0, coin, dessus, 4, gauche - coin, 0], { colonnes: 2 })?.at(-1);
    // first byte of the second row: above it is the corner
    expect(proche(7, 9, 5)).toBe(7);
    expect(proche(9, 5, 7)).toBe(5);
    expect(proche(5, 7, 9)).toBe(9);
    expect(proche(5, 6, 6)).toBe(6);
    expect(proche(10, 20, 10)).toBe(20);
    expect(proche(10, 10, 20)).toBe(20);
    expect(proche(4, 2, 2)).toBe(2);
  });

  test('the byte to the left is that of the same component', () => {
    expect(plier([1, 1, 2, 3, 4], { couleurs: 2, colonnes: 2 })).toEqual([1, 2, 4, 6]);
    expect(plier([1, 1, 2, 3, 4], { bits: 16, colonnes: 2 })).toEqual([1, 2, 4, 6]);
    expect(plier([1, 1, 2, 1, 3, 4], { bits: 4, colonnes: 3 })).toEqual([1, 3, 3, 7]);
    expect(plier([1, 1, 2, 1, 3, 4], { bits: 1, colonnes: 16 })).toEqual([1, 3, 3, 7]);
  });

  test('a last row that is cut gives what it has', () => {
    expect(plier([0, 1, 2, 3, 4, 2, 5])).toEqual([1, 2, 3, 4, 6]);
    expect(plier([0, 1, 2, 3, 4, 2])).toEqual([1, 2, 3, 4]);
    expect(plier([])).toEqual([]);
  });

  test('TIFF: components one after the other, each row from its start', () => {
    const tiff = { sorte: 2, couleurs: 3, colonnes: 2 };
    expect(plier([1, 2, 3, 4, 5, 6, 250, 2, 3, 10, 5, 6], tiff)).toEqual([
      1, 2, 3, 5, 7, 9, 250, 2, 3, 4, 7, 9,
    ]);
    expect(plier([1, 2], { ...tiff, bits: 4 })).toBeNull();
  });
});

describe('LZW (7.4.4.2)', () => {
  const lzw = (codes: readonly (readonly [code: number, largeur: number])[]): Buffer => {
    const bits = codes.map(([code, largeur]) => code.toString(2).padStart(largeur, '0')).join('');
    return Buffer.from((bits.match(/.{1,8}/g) ?? []).map((b) => Number.parseInt(b.padEnd(8, '0'), 2)));
  };
  const lire = (octets: Uint8Array, limite = 1000): string | null => {
    const lu = lireLzw(octets, { tot: 1, limite });
    return lu === null ? null : Buffer.from(lu).toString('latin1');
  };

  test('the example of the norm', () => {
    const octets = Buffer.from('800b6050220c0c8501', 'hex');
    expect(lire(octets)).toBe('-----A---B');
    expect(decode(octets, '/Filter /LZWDecode')).toBe('-----A---B');
    expect(decode(octets, '/Filter /LZW /DecodeParms <</Predictor 2 /Columns 10>>')).toHaveLength(10);
  });

  test('cleared in the middle, it forgets', () => {
    const codes = [256, 65, 66, 258, 256, 67, 68, 258, 257].map((c) => [c, 9] as const);
    expect(lire(lzw(codes))).toBe('ABABCDCD');
  });

  test('a code that nothing made yet, but the one under way', () => {
    const neuf = (...codes: readonly number[]): string | null => lire(lzw(codes.map((c) => [c, 9])));
    expect(neuf(256, 65, 258, 257)).toBe('AAA');
    expect(neuf(256, 258, 257)).toBeNull();
    expect(neuf(256, 65, 259, 257)).toBeNull();
    expect(neuf(256, 65, 66, 259, 257)).toBe('ABBB');
    expect(neuf(256, 65, 256, 258)).toBeNull();
  });

  test('what follows its end is not read; without end, it gives what it has', () => {
    expect(
      lire(
        lzw([
          [65, 9],
          [257, 9],
          [66, 9],
        ]),
      ),
    ).toBe('A');
    expect(
      lire(
        lzw([
          [65, 9],
          [66, 9],
        ]),
      ),
    ).toBe('AB');
    expect(lire(Buffer.alloc(0))).toBe('');
  });

  test('codes widen one early, or not', () => {
    // 258 to 510 are made by the 254 codes that follow the first; the next has ten bits
    const codes = Array.from({ length: 300 }, (_, i) => i % 200);
    const largeur = (rang: number, tot: number): number => (258 + rang - 1 + tot >= 512 ? 10 : 9);
    for (const tot of [0, 1] as const) {
      const octets = lzw(codes.map((c, rang) => [c, largeur(Math.max(1, rang), tot)]));
      const lu = lireLzw(octets, { tot, limite: 1000 });
      expect([...(lu ?? [])]).toEqual(codes);
    }
  });

  test('the table is full at 4096 codes, and stays', () => {
    const codes = Array.from({ length: 5000 }, (_, i) => (i * 7) % 256);
    const largeur = (rang: number): number => {
      const suivant = Math.min(4096, 258 + Math.max(0, rang - 1));
      return Math.min(12, Math.max(9, 32 - Math.clz32(suivant + 1)));
    };
    const octets = lzw(codes.map((c, rang) => [c, largeur(rang)]));
    expect([...(lireLzw(octets, { tot: 1, limite: 10_000 }) ?? [])]).toEqual(codes);
  });
});

describe('hexadecimal, base 85, run lengths', () => {
  test.each([
    ['48656c6C6F>', 'Hello'],
    ['48 65\n6c6C 6F > 41', 'Hello'],
    ['4865 4', 'He@'],
    ['>', ''],
    ['', ''],
  ])('%j', (texte, attendu) => {
    expect(decode(texte, '/Filter /ASCIIHexDecode')).toBe(attendu);
  });

  test.each([
    ['9jqo^', 'Man '],
    ['BOu!rDZ~>', 'hello'],
    ['BO\nu!r\tD Z~>9jqo^', 'hello'],
    ['z9jqo^z', '\0\0\0\0Man \0\0\0\0'],
    ['s8W-!', '\xff\xff\xff\xff'],
    ['5l', 'A'],
    ['~>', ''],
    ['9jqo^{', 'illisible'],
    ['9jqov', 'illisible'],
    ['9jq\x7f', 'illisible'],
  ])('base 85, %j', (texte, attendu) => {
    expect(decode(texte, '/Filter /ASCII85Decode')).toBe(attendu);
  });

  test('run lengths: copied, repeated, ended', () => {
    expect(decode(Buffer.from([2, 65, 66, 67, 254, 68, 128, 0, 69]), '/Filter /RunLengthDecode')).toBe(
      'ABCDDD',
    );
    expect(decode(Buffer.from([0, 65, 255, 66]), '/Filter /RL')).toBe('ABB');
    expect(decode(Buffer.from([129, 65]), '/Filter /RL')).toBe('A'.repeat(128));
    expect(decode(Buffer.from([127, ...Buffer.alloc(128, 'x'), 0, 65]), '/Filter /RL')).toBe(
      `${'x'.repeat(128)}A`,
    );
    expect(decode(Buffer.from([5, 65, 66]), '/Filter /RL')).toBe('AB');
    expect(decode(Buffer.alloc(0), '/Filter /RL')).toBe('');
  });
});

describe('one after the other', () => {
  const CLAIR = 'contenu';
  const HEXA = Buffer.from(CLAIR).toString('hex');

  test.each([
    ['', CLAIR, CLAIR],
    ['/Filter null', CLAIR, CLAIR],
    ['/Filter []', CLAIR, CLAIR],
    ['/Filter /AHx', HEXA, CLAIR],
    ['/F /AHx', HEXA, CLAIR],
    ['/Filter [/AHx /AHx]', Buffer.from(HEXA).toString('hex'), CLAIR],
    ['/Filter /Crypt', CLAIR, CLAIR],
    ['/Filter [/Crypt /AHx]', HEXA, CLAIR],
    ['/Filter /DCTDecode', CLAIR, 'illisible'],
    ['/Filter [/AHx /Autre]', HEXA, 'illisible'],
    ['/Filter (AHx)', HEXA, 'illisible'],
    ['/Filter 5', HEXA, 'illisible'],
  ])('%s', (filtre, octets, attendu) => {
    expect(decode(octets, filtre)).toBe(attendu);
  });

  test('parameters are those of the filter of their rank', () => {
    const plie = deflateSync(Buffer.from([0, ...Buffer.from('abcd'), 2, 1, 1, 1, 1]));
    const P = '<</Predictor 12 /Columns 4>>';
    expect(decode(plie, `/Filter /FlateDecode /DecodeParms ${P}`)).toBe('abcdbcde');
    expect(decode(plie, `/Filter [/Fl] /DP [${P}]`)).toBe('abcdbcde');
    const hexa = plie.toString('hex');
    expect(decode(hexa, `/Filter [/AHx /Fl] /DecodeParms [null ${P}]`)).toBe('abcdbcde');
    expect(decode(hexa, `/Filter [/AHx /Fl] /DecodeParms [${P} null]`)).toHaveLength(10);
    expect(decode(plie, '/Filter /Fl /DecodeParms <</Predictor 7>>')).toBe('illisible');
    const couleurs = '<</Predictor 12 /Colors 2 /BitsPerComponent 4 /Columns 4>>';
    expect(decode(plie, `/Filter /Fl /DecodeParms ${couleurs}`)).toBe('abcdbcde');
  });

  test('as many bytes as the limit, and no more, at each', () => {
    expect(decode(HEXA, '/Filter /AHx', 7)).toBe(CLAIR);
    expect(decode(HEXA, '/Filter /AHx', 6)).toBe('demesure');
    const gonfle = deflateSync(Buffer.alloc(1000, 'x'));
    expect(decode(gonfle, '/Filter /Fl', 1000)).toHaveLength(1000);
    expect(decode(gonfle, '/Filter /Fl', 999)).toBe('demesure');
    expect(decode(gonfle, '/Filter /Fl', 100)).toBe('demesure');
    const zeros = Buffer.from([129, 65, 129, 65]);
    expect(decode(zeros, '/Filter /RL', 256)).toHaveLength(256);
    expect(decode(zeros, '/Filter /RL', 255)).toBe('demesure');
  });

  test('eight of them, and no more', () => {
    expect(decode('', `/Filter [${'/AHx '.repeat(8)}]`)).toBe('');
    expect(decode('', `/Filter [${'/AHx '.repeat(9)}]`)).toBe('demesure');
  });
});
