import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { LecteurOctets } from '../../../../src/formats/lot/octets.ts';

/** What the reader of ZIPs asks, and what is read for it where the bytes are kept. */

const TAILLE = 1_000_000;
const OCTETS = Buffer.alloc(TAILLE, 0).map((_, i) => (i * 31 + (i >> 8)) % 251);
const [BLOC, ENTETE] = [131_072, 1024];

function lecteur(taille = TAILLE): { lu: LecteurOctets; demandes: [number, number][] } {
  const demandes: [number, number][] = [];
  const lu = new LecteurOctets({
    taille,
    lire: async (debut, fin) => {
      demandes.push([debut, fin]);
      return OCTETS.subarray(debut, Math.min(fin, taille));
    },
  });
  return { lu, demandes };
}

/** Bytes [position, position + longueur[, through the reader. */
function lire(lu: LecteurOctets, position: number, longueur: number): Promise<Buffer> {
  const tampon = Buffer.alloc(longueur + 2, 0xff);
  return new Promise((tenir, rompre) => {
    lu.read(tampon, 1, longueur, position, (erreur) => {
      if (erreur === null) tenir(tampon);
      else rompre(erreur);
    });
  });
}

const attendu = (position: number, longueur: number): Buffer =>
  Buffer.concat([Buffer.from([0xff]), OCTETS.subarray(position, position + longueur), Buffer.from([0xff])]);

describe('bytes asked one after the other', () => {
  test('wherever they are asked, they are those, at their place', async () => {
    const { lu } = lecteur();
    const lieux = [
      [500_000, 46],
      [500_046, 30],
      [0, 30],
      [499_990, 100],
      [500_000 + ENTETE - 1, 2],
      [700_000, 200_000],
      [899_999, 1],
      [TAILLE - 22, 22],
    ] as const;
    for (const [position, longueur] of lieux)
      expect(await lire(lu, position, longueur)).toEqual(attendu(position, longueur));
  });

  test('a header elsewhere is read alone; what follows is read by large blocks, once', async () => {
    const { lu, demandes } = lecteur();
    for (let position = 400_000; position < 400_000 + 200_000; position += 50) await lire(lu, position, 46);
    expect(demandes.slice(0, 2)).toEqual([
      [400_000, 400_000 + ENTETE],
      [401_000, 401_000 + BLOC],
    ]);
    expect(demandes).toHaveLength(1 + Math.ceil((200_000 - 1000) / BLOC));
  });

  test('what ends where the block ends is of the block; what begins there follows it', async () => {
    const { lu, demandes } = lecteur();
    await lire(lu, 1000, 10);
    await lire(lu, 1000 + ENTETE - 10, 10);
    expect(demandes).toHaveLength(1);
    expect(await lire(lu, 1000 + ENTETE, 10)).toEqual(attendu(1000 + ENTETE, 10));
    expect(demandes[1]).toEqual([1000 + ENTETE, 1000 + ENTETE + BLOC]);
  });

  test.each([
    ['before the block', 999],
    ['past its end', 1000 + ENTETE + 1],
  ])('%s, nothing says that the next will be asked: a header again', async (_nom, position) => {
    const { lu, demandes } = lecteur();
    await lire(lu, 1000, 10);
    await lire(lu, position, 10);
    expect(demandes[1]).toEqual([position, position + ENTETE]);
  });

  test('more than a block is read at once, and no more', async () => {
    const { lu, demandes } = lecteur();
    await lire(lu, 10, 300_000);
    expect(demandes).toEqual([[10, 300_010]]);
  });

  test('the first question begins nothing', async () => {
    const { lu, demandes } = lecteur();
    await lire(lu, 0, 4);
    expect(demandes).toEqual([[0, BLOC]]);
  });

  test('where the bytes cannot be read, the reader says why', async () => {
    const lu = new LecteurOctets({ taille: 9, lire: () => Promise.reject(new TypeError('out of reach')) });
    await expect(lire(lu, 0, 4)).rejects.toThrow('out of reach');
  });
});

describe('the bytes of one file', () => {
  test('are read in order, by blocks, to their end', async () => {
    const { lu, demandes } = lecteur();
    const lus = await buffer(lu._readStreamForRange(7, 7 + 2 * BLOC + 5));
    expect(lus.equals(OCTETS.subarray(7, 7 + 2 * BLOC + 5))).toBe(true);
    expect(demandes).toEqual([
      [7, 7 + BLOC],
      [7 + BLOC, 7 + 2 * BLOC],
      [7 + 2 * BLOC, 7 + 2 * BLOC + 5],
    ]);
  });

  test('none are asked for none', async () => {
    const { lu, demandes } = lecteur();
    expect(await buffer(lu._readStreamForRange(7, 7))).toHaveLength(0);
    expect(demandes).toEqual([]);
  });

  test('that are cut end there: who counts them says so', async () => {
    const { lu, demandes } = lecteur(100);
    expect(await buffer(lu._readStreamForRange(90, 200))).toEqual(OCTETS.subarray(90, 100));
    expect(demandes).toEqual([
      [90, 200],
      [100, 200],
    ]);
  });

  test('are a stream of bytes: their receiver holds them back', () => {
    expect(lecteur().lu._readStreamForRange(0, 10).readableObjectMode).toBe(false);
  });
});
