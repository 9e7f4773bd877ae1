import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lireBase64 } from '../../../src/formats/xades/base64.ts';
import { DecodeurBase64 } from '../../../src/protocoles/helios/lecture/base64.ts';
import { centimes, ecrireCentimes } from '../../../src/protocoles/helios/lecture/montant.ts';

describe('amounts: xs:decimal of two decimals, in centimes', () => {
  test.each<[string, bigint | null]>([
    ['0', 0n],
    ['12', 1200n],
    ['12.5', 1250n],
    ['12.50', 1250n],
    ['12.500', 1250n],
    ['12.', 1200n],
    ['.05', 5n],
    ['+1.00', 100n],
    ['-0.01', -1n],
    [' 7\n', 700n],
    ['99999999999999.99', 9_999_999_999_999_999n],
    ['12.505', null],
    ['1,50', null],
    ['1e3', null],
    ['1 000', null],
    ['.', null],
    ['-', null],
    ['', null],
    ['NaN', null],
  ])('« %s »', (texte, attendu) => expect(centimes(texte)).toBe(attendu));

  test('what is written is read back', () => {
    fc.assert(fc.property(fc.bigInt(), (n) => centimes(ecrireCentimes(n)) === n));
    expect([5n, -5n, 0n, 125_030n].map(ecrireCentimes)).toEqual(['0.05', '-0.05', '0.00', '1250.30']);
  });
});

function decoder(texte: string, coupes: readonly number[]): { sort: string; octets: Buffer } {
  const blocs: Buffer[] = [];
  const decodeur = new DecodeurBase64((octets) => void blocs.push(Buffer.from(octets)));
  const octets = Buffer.from(texte, 'latin1');
  let debut = 0;
  for (const coupe of [
    ...coupes.map((c) => c % (octets.length + 1)).toSorted((a, b) => a - b),
    octets.length,
  ]) {
    decodeur.ajouter({ octets, debut, fin: coupe });
    debut = coupe;
  }
  const { base64: sort, reste } = decodeur.finir();
  return { sort, octets: Buffer.concat([...blocs, reste]) };
}

describe('base 64 as it comes (xs:base64Binary)', () => {
  const coupes = fc.array(fc.nat());

  test('any bytes, with white space anywhere, cut anywhere', () => {
    const blancs = fc.array(fc.tuple(fc.nat(), fc.constantFrom(' ', '\n', '\r', '\t')), { maxLength: 5 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), blancs, coupes, (octets, espaces, ou) => {
        let texte = Buffer.from(octets).toString('base64');
        for (const [place, blanc] of espaces) {
          const k = place % (texte.length + 1);
          texte = texte.slice(0, k) + blanc + texte.slice(k);
        }
        const lu = decoder(texte, ou);
        expect(lu.sort).toBe(octets.length === 0 ? 'vide' : 'bon');
        expect(lu.octets.equals(octets)).toBe(true);
      }),
    );
  });

  test('any text: the verdict of the strict reader', () => {
    const texte = fc.string({ unit: fc.constantFrom(...'ABCQRgwx019+/==== \n*-é'), maxLength: 12 });
    fc.assert(
      fc.property(texte, coupes, (t, ou) => {
        const strict = lireBase64(t);
        const lu = decoder(t, ou);
        if (strict === null) expect(lu.sort).toBe('mauvais');
        else
          expect({ ...lu, octets: [...lu.octets] }).toEqual({
            sort: strict.length === 0 ? 'vide' : 'bon',
            octets: [...strict],
          });
      }),
      { numRuns: 5000 },
    );
  });

  test('blocks, whole', () => {
    const octets = Buffer.alloc(300_000, 7);
    expect(decoder(octets.toString('base64'), [1, 150_001]).octets.equals(octets)).toBe(true);
  });
});
