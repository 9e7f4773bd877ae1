import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENTIER_MAX, type Puits } from '../../../src/protocoles/helios/lecture/decompression.ts';
import { inflaterEntier } from '../../../src/protocoles/helios/lecture/gzip-entier.ts';
import { lireFichierPes, type OptionsLecture } from '../../../src/protocoles/helios/lecture/lire.ts';
import { faits, sha256 } from './decor.ts';
import { controle } from './epreuve.ts';
import { morceaux, PDF, pes, type PieceEssai, textePes } from './generateur.ts';

/** A small piece is inflated at once, a large one by a flow: which of the two is nobody's business. */

const GRAINE = 20260310;

/** Bytes that no gzip makes smaller, the same each time. */
function incompressible(taille: number): Buffer {
  const blocs = Array.from({ length: Math.ceil(taille / 64) }, (_, k) =>
    createHash('sha512').update(`${k}`).digest(),
  );
  return Buffer.concat(blocs).subarray(0, taille);
}

/** 16,383 bytes carried come in one block, one more in two. */
const INCOMPRESSIBLE = [0, 1, 1029, 5000, 16_360, 16_361, 20_000];
const ZEROS = [1, 1028, 40_000, ENTIER_MAX - 1, ENTIER_MAX, ENTIER_MAX + 1, 300_000, 3_000_000];
const ORIGINAUX: readonly Buffer[] = [
  PDF,
  Buffer.from('<a/>'),
  ...INCOMPRESSIBLE.map(incompressible),
  ...ZEROS.map((n) => Buffer.alloc(n)),
  ...ZEROS.map((n) => Buffer.concat([PDF, Buffer.alloc(n, 'motif ')])),
];
const GZIP = ORIGINAUX.map((o) => gzipSync(o));
const [PETIT = PDF] = GZIP;

const abimer = (octets: Buffer, place: number, valeur: number): Buffer => {
  const copie = Buffer.from(octets);
  if (copie.length > 0) copie[place % copie.length] = valeur;
  return copie;
};

const bon = fc.constantFrom(...GZIP);
const place = fc.nat(1_000_000);
/** Near the end stand the checksum and the length. */
const presDeLaFin = fc.integer({ min: 1, max: 30 });
const suite = fc.constantFrom(
  PDF,
  Buffer.alloc(1),
  Buffer.alloc(500),
  Buffer.concat([Buffer.alloc(3), PDF]),
  Buffer.concat([Buffer.alloc(3), PETIT]),
  Buffer.of(0x1f),
  Buffer.of(0x1f, 0x8b, 0x07),
  PETIT.subarray(0, 12),
);
const porte = fc.oneof(
  bon,
  fc.tuple(bon, place).map(([o, n]) => o.subarray(0, n % (o.length + 1))),
  fc.tuple(bon, presDeLaFin).map(([o, n]) => o.subarray(0, Math.max(0, o.length - n))),
  fc.tuple(bon, place, fc.nat(255)).map(([o, n, v]) => abimer(o, n, v)),
  fc.tuple(bon, presDeLaFin, fc.nat(255)).map(([o, n, v]) => abimer(o, Math.max(0, o.length - n), v)),
  fc.tuple(bon, suite).map((parties) => Buffer.concat(parties)),
  fc.array(bon, { minLength: 2, maxLength: 4 }).map((membres) => Buffer.concat(membres)),
  fc.tuple(bon, bon, place).map(([a, b, n]) => Buffer.concat([a, b.subarray(0, n % (b.length + 1))])),
  bon.map((o) => gzipSync(o)),
  fc.constantFrom(PDF, Buffer.alloc(0), Buffer.of(0x1f, 0x8b), Buffer.of(0x1f, 0x8b, 0x08)),
);

/** Base 64 in lines, whole or cut within a group. */
const ecrit = fc
  .tuple(porte, fc.constantFrom(0, 76), fc.constantFrom('', '*', '=', 'A'))
  .map(([octets, ligne, fin]) => {
    const texte = octets.toString('base64');
    return `${ligne === 0 ? texte : texte.replace(/.{76}/g, '$&\n')}${fin}`;
  });

interface Cas {
  readonly pieces: readonly PieceEssai[];
  readonly limites: NonNullable<OptionsLecture['pieces']>;
  readonly pas: number;
}

const cas: fc.Arbitrary<Cas> = fc.record({
  pieces: fc
    .array(fc.tuple(ecrit, fc.constantFrom('application/pdf', 'text/xml')), { minLength: 1, maxLength: 4 })
    .map((contenus) =>
      contenus.map(([fichier, typeMime], k) => ({
        idUnique: `A${k}`,
        refCompta: ['01'],
        fichier,
        typeMime,
      })),
    ),
  limites: fc.constantFrom(
    {},
    { piece: 40_000 },
    { piece: ENTIER_MAX },
    { fichier: 1000 },
    { fichier: 45_000 },
    { fichier: 300_000 },
  ),
  pas: fc.integer({ min: 200, max: 70_000 }),
});

/** All that is known of the pieces, and what a taker was given. */
async function vu({ pieces, limites, pas }: Cas, entier?: number) {
  const pris: Buffer[][] = [];
  const fins: string[] = [];
  const preneur = (rang: number): Puits => {
    const octets: Buffer[] = [];
    pris.push(octets);
    return {
      prendre: async (bloc) => void octets.push(Buffer.from(bloc)),
      finir: async () => void fins.push(`${rang} finie`),
      abandonner: () => void fins.push(`${rang} abandonnee`),
    };
  };
  const options = { preneur, pieces: entier === undefined ? limites : { ...limites, entier } };
  const octets = pes({ depense: null, pieces });
  const lecture = await lireFichierPes(morceaux(octets, pas), options);
  const { rapport } = await controle({ octets, lecture: options });
  return { lecture, rapport, pris: pris.map((blocs) => sha256(Buffer.concat(blocs))), fins };
}

describe('inflated at once, or by a flow', () => {
  test('the same facts, the same report, the same bytes for whoever takes them', async () => {
    const sorts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(cas, async (c) => {
        const [auPlusCourt, parFlot] = [await vu(c), await vu(c, 0)];
        expect(auPlusCourt).toEqual(parFlot);
        const { faits: lus } = auPlusCourt.lecture;
        const pieces = lus?.genre === 'PES_Aller' ? lus.pieces : [];
        for (const { contenu } of pieces) sorts.add(`${contenu?.base64} ${contenu?.gzip}`);
      }),
      { numRuns: 150, seed: GRAINE },
    );
    for (const gzip of ['bon', 'absent', 'tronque', 'corrompu', 'trop_gros'])
      expect(sorts).toContain(`bon ${gzip}`);
    expect(sorts).toContain('mauvais bon');
  });

  test('what is inflated at once is what gunzip makes of it, up to the ceiling', () => {
    for (const [k, gzip] of GZIP.entries()) {
      const original = ORIGINAUX[k] ?? PDF;
      const attendu = original.length > ENTIER_MAX ? null : { sort: 'bon', sortis: original };
      expect(inflaterEntier(gzip, ENTIER_MAX)).toEqual(attendu);
    }
    expect(inflaterEntier(Buffer.concat([PETIT, PETIT]), ENTIER_MAX)?.sortis).toEqual(
      Buffer.concat([PDF, PDF]),
    );
  });

  test('truncated: what came out before; corrupt: nothing', () => {
    const octets = incompressible(5000);
    const gzip = gzipSync(octets, { level: 0 });
    const coupe = inflaterEntier(gzip.subarray(0, 3000), ENTIER_MAX);
    expect([coupe?.sort, coupe?.sortis]).toEqual(['tronque', octets.subarray(0, coupe?.sortis.length)]);
    expect(coupe?.sortis.length).toBeGreaterThan(2900);
    expect(inflaterEntier(abimer(gzip, gzip.length - 6, 0x55), ENTIER_MAX)).toEqual({
      sort: 'corrompu',
      sortis: Buffer.alloc(0),
    });
  });
});

describe('once the provision of the file is spent', () => {
  const bombe = gzipSync(Buffer.alloc(900_000)).toString('base64');
  const apres = [GZIP[0], gzipSync(incompressible(40_000)), PDF].map((o) => (o ?? PDF).toString('base64'));
  const pieces = [bombe, bombe, ...apres].map((fichier, k) => ({ idUnique: `A${k}`, fichier }));

  test.each([[ENTIER_MAX], [0]])(
    'nothing more is inflated, small or large (at once up to %i)',
    async (entier) => {
      const lus = await faits({ depense: null, pieces }, { pieces: { fichier: 1_000_000, entier } });
      expect(lus.pieces.map(({ contenu: c }) => [c?.gzip, c?.tailleOriginale === 0, c?.type])).toEqual([
        ['bon', false, 'inconnu'],
        ['trop_gros', false, 'inconnu'],
        ['trop_gros', true, 'inconnu'],
        ['trop_gros', true, 'inconnu'],
        ['absent', true, 'application/pdf'],
      ]);
      expect(lus.pieces[2]?.contenu?.empreinte).toBe(sha256(PETIT));
    },
  );

  test('used up to its last byte is not spent', async () => {
    const fichier = gunzipSync(Buffer.from(bombe, 'base64')).length + PDF.length;
    const lus = await faits(
      { depense: null, pieces: [pieces[0], pieces[2]].flatMap((p) => p ?? []) },
      {
        pieces: { fichier },
      },
    );
    expect(lus.pieces.map((p) => p.contenu?.gzip)).toEqual(['bon', 'bon']);
  });
});

test('many small pieces that become a lot: others have their turn meanwhile', async () => {
  const fichier = gzipSync(Buffer.alloc(100_000)).toString('base64');
  const texte = textePes({ pieces: Array.from({ length: 600 }, (_, k) => ({ idUnique: `A${k}`, fichier })) });
  let tours = 0;
  let fini = false;
  const compter = (): void => {
    tours += 1;
    if (!fini) setImmediate(compter);
  };
  setImmediate(compter);
  await lireFichierPes([Buffer.from(texte, 'latin1')]);
  fini = true;
  // 60 MB, a turn every 4
  expect(tours).toBeGreaterThanOrEqual(10);
});
