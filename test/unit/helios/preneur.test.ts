import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AnalysePiecesJointes } from '../../../src/etapes/analyse-pj.ts';
import { creerFakeAntivirus } from '../../../src/adapters/antivirus/fake.ts';
import type { VerdictAntivirus } from '../../../src/ports/antivirus.ts';
import type { Puits } from '../../../src/protocoles/helios/lecture/decompression.ts';
import { lireFichierPes, type OptionsLecture } from '../../../src/protocoles/helios/lecture/lire.ts';
import { enGzip64, morceaux, PDF, pes, type PieceEssai, textePes } from './generateur.ts';

/** Whoever takes the original file of each attached piece, on the pass of the reading. */

const lirePieces = (pieces: readonly PieceEssai[], options: OptionsLecture) =>
  lireFichierPes(morceaux(pes({ depense: null, pieces }), 100_000), options);

interface Prise {
  readonly rang: number;
  readonly octets: Buffer[];
  fin: 'ouverte' | 'finie' | 'abandonnee';
}

/** Keeps all it is given, `avant` each block. */
function preneur(avant: () => Promise<void> = async () => undefined) {
  const prises: Prise[] = [];
  const prendre = (rang: number): Puits => {
    const prise: Prise = { rang, octets: [], fin: 'ouverte' };
    prises.push(prise);
    return {
      prendre: async (octets) => {
        await avant();
        prise.octets.push(Buffer.from(octets));
      },
      finir: async () => void (prise.fin = 'finie'),
      abandonner: () => void (prise.fin = 'abandonnee'),
    };
  };
  return { prises, prendre };
}

const gros = Buffer.concat([PDF, randomBytes(700_000)]);

describe('what is taken', () => {
  test('the original file of each piece, whole, in order, by its rank', async () => {
    const { prises, prendre } = preneur();
    const contenus = [PDF, gros, Buffer.alloc(0)];
    const pieces = contenus.map((c, k) => ({ idUnique: `A${k}`, fichier: enGzip64(c) }));
    const { faits } = await lirePieces(pieces, { preneur: prendre });
    expect(prises.map((p) => [p.rang, p.fin])).toEqual([
      [1, 'finie'],
      [2, 'finie'],
      [3, 'finie'],
    ]);
    expect(prises.map((p) => Buffer.concat(p.octets).equals(contenus[p.rang - 1] ?? PDF))).toEqual([
      true,
      true,
      true,
    ]);
    expect(faits).toMatchObject({ pieces: [{ rang: 1 }, { rang: 2 }, { rang: 3 }] });
  });

  test('of several members, all; of what is no gzip, what is carried', async () => {
    const { prises, prendre } = preneur();
    const deux = Buffer.concat([gzipSync(PDF.subarray(0, 10)), gzipSync(PDF.subarray(10))]);
    const pieces = [
      { idUnique: 'A', fichier: deux.toString('base64') },
      { idUnique: 'B', fichier: gros.toString('base64') },
    ];
    await lirePieces(pieces, { preneur: prendre });
    expect(prises.map((p) => Buffer.concat(p.octets).length)).toEqual([PDF.length, gros.length]);
    expect(Buffer.concat(prises[1]?.octets ?? []).equals(gros)).toBe(true);
  });

  test('of a truncated gzip, as much as came out of it', async () => {
    const { prises, prendre } = preneur();
    const coupe = gzipSync(gros, { level: 0 }).subarray(0, 400_000);
    const { faits } = await lirePieces([{ idUnique: 'A', fichier: coupe.toString('base64') }], {
      preneur: prendre,
    });
    expect(faits).toMatchObject({ pieces: [{ contenu: { gzip: 'tronque' } }] });
    const pris = Buffer.concat(prises[0]?.octets ?? []);
    expect([prises[0]?.fin, gros.subarray(0, pris.length).equals(pris)]).toEqual(['finie', true]);
  });

  test('of a bomb, no more than the limit', async () => {
    const { prises, prendre } = preneur();
    const pieces = [{ idUnique: 'A', fichier: enGzip64(Buffer.alloc(50_000_000)) }];
    const { faits } = await lirePieces(pieces, { preneur: prendre, pieces: { piece: 1_000_000 } });
    expect(faits).toMatchObject({ pieces: [{ contenu: { gzip: 'trop_gros' } }] });
    expect(Buffer.concat(prises[0]?.octets ?? []).length).toBeLessThanOrEqual(1_000_000);
  });
});

describe('at whose pace', () => {
  test('a taker that rests holds the source back, and the bytes that wait stay few', async () => {
    let ouvrir = (): void => undefined;
    const barriere = new Promise<void>((suite) => void (ouvrir = suite));
    const { prises, prendre } = preneur(() => barriere);
    // 40 MB come out of 40 kB
    const fichier = enGzip64(Buffer.alloc(40_000_000));
    let lus = 0;
    const octets = Buffer.from(textePes({ pieces: [{ idUnique: 'A', fichier }] }), 'latin1');
    function* source(): Generator<Uint8Array> {
      for (const bloc of morceaux(octets, 4096)) {
        lus += bloc.length;
        yield bloc;
      }
    }
    const avant = process.memoryUsage().arrayBuffers;
    const lecture = lireFichierPes(source(), { preneur: prendre });
    for (let tour = 0; tour < 300; tour += 1) await new Promise(setImmediate);
    expect(lus).toBeLessThan(octets.length);
    expect(process.memoryUsage().arrayBuffers - avant).toBeLessThan(5_000_000);
    expect(prises[0]?.octets).toEqual([]);
    ouvrir();
    await lecture;
    expect(Buffer.concat(prises[0]?.octets ?? []).length).toBe(40_000_000);
  });

  test.each([
    ['gzip', enGzip64(gros)],
    ['no gzip', gros.toString('base64')],
  ])('what it throws breaks the reading, and the piece is let go (%s)', async (_, fichier) => {
    let rang = 0;
    const { prises, prendre } = preneur(async () => {
      rang += 1;
      if (rang === 2) throw new TypeError('panne');
    });
    const pieces = [{ idUnique: 'A', fichier }, { idUnique: 'B' }];
    await expect(lirePieces(pieces, { preneur: prendre })).rejects.toThrow('panne');
    expect(prises.map((p) => p.fin)).toEqual(['abandonnee']);
  });

  test('a source that breaks within a piece lets it go', async () => {
    const { prises, prendre } = preneur();
    const octets = pes({ pieces: [{ idUnique: 'A', fichier: enGzip64(gros) }] });
    function* source(): Generator<Uint8Array> {
      yield octets.subarray(0, 500_000);
      throw new TypeError('disque');
    }
    await expect(lireFichierPes(source(), { preneur: prendre })).rejects.toThrow('disque');
    expect(prises.map((p) => p.fin)).toEqual(['abandonnee']);
  });
});

describe('the antivirus as a taker', () => {
  const trois = [PDF, Buffer.concat([gros, Buffer.from('MARQUE')]), PDF];
  const pieces = trois.map((c, k) => ({ idUnique: `A${k}`, fichier: enGzip64(c) }));

  test('each piece has its verdict, and one that is found does not hide the next', async () => {
    const antivirus = creerFakeAntivirus('MARQUE');
    const analyse = new AnalysePiecesJointes((c) => antivirus.analyser(c));
    await lirePieces([...pieces, { idUnique: 'B', fichier: enGzip64(Buffer.from('MARQUE')) }], {
      preneur: analyse.ouvrir,
    });
    expect([analyse.moteur, [...analyse.infectees]]).toEqual([
      'antivirus factice',
      [
        [2, 'MARQUE'],
        [4, 'MARQUE'],
      ],
    ]);
  });

  test('out of reach: the reading breaks with its failure, and inflates nothing for nobody', async () => {
    const antivirus = creerFakeAntivirus();
    antivirus.couper(true);
    const analyse = new AnalysePiecesJointes((c) => antivirus.analyser(c));
    const fichier = enGzip64(randomBytes(3_000_000));
    let lus = 0;
    function* source(): Generator<Uint8Array> {
      for (const bloc of morceaux(pes({ pieces: [{ idUnique: 'A', fichier }] }), 100_000)) {
        lus += 1;
        yield bloc;
      }
    }
    await expect(lireFichierPes(source(), { preneur: analyse.ouvrir })).rejects.toMatchObject({
      fiche: { code: 'VGM-CTL-001' },
    });
    expect(lus).toBeLessThan(10);
  });

  test('an answer that comes before the end is enough: the rest is read, and given to nobody', async () => {
    const analyse = new AnalysePiecesJointes(async (contenu): Promise<VerdictAntivirus> => {
      for await (const bloc of contenu) {
        expect((bloc as Uint8Array).length).toBeGreaterThan(0);
        break;
      }
      contenu.destroy();
      return { type: 'infecte', moteur: 'x', signature: 'tôt' };
    });
    const long = { idUnique: 'A', fichier: enGzip64(randomBytes(3_000_000)) };
    const { faits } = await lirePieces([long, { idUnique: 'B' }], { preneur: analyse.ouvrir });
    expect(faits).toMatchObject({ pieces: [{ contenu: { tailleOriginale: 3_000_000 } }, {}] });
    expect([...analyse.infectees.keys()]).toEqual([1, 2]);
  });
});
