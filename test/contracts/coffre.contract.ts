import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Sha256 } from '../../src/metier/identifiants.ts';
import type { Coffre } from '../../src/ports/coffre.ts';
import { codeDe } from './montage.ts';

export interface CoffreEssaye {
  readonly coffre: Coffre;
  /** Damages (or removes, null) a stored piece behind the coffre's back. */
  readonly alterer: (sha256: Sha256, octets: Uint8Array | null) => Promise<void>;
  /** Names of everything stored, drafts included. */
  readonly inventaire: () => Promise<readonly string[]>;
}

export async function lire(flot: Readable): Promise<Buffer> {
  const morceaux: Buffer[] = [];
  for await (const morceau of flot as AsyncIterable<Buffer>) morceaux.push(morceau);
  return Buffer.concat(morceaux);
}

export async function* enFlux(...morceaux: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* morceaux;
}

const octets = (texte: string) => Buffer.from(texte, 'utf8');
const sha = (algo: string, b: Uint8Array) => createHash(algo).update(b).digest('hex');

/** What every coffre must keep. `ouvrir` gives an empty one. */
export function contratCoffre(nom: string, ouvrir: () => Promise<CoffreEssaye>): void {
  describe(`contract of the coffre: ${nom}`, () => {
    let essai: CoffreEssaye;
    beforeEach(async () => {
      essai = await ouvrir();
    });
    const vide = async () => expect(await essai.inventaire()).toEqual([]);

    test('bytes come back under their digest, whole or by range [debut, fin[', async () => {
      const b = octets('un procès-verbal');
      const depot = await essai.coffre.ajouter(b);
      expect(depot).toEqual({ sha256: sha('sha256', b), sha512: sha('sha512', b), taille: b.length });
      expect(await lire(await essai.coffre.ouvrir(depot.sha256))).toEqual(b);
      expect(await lire(await essai.coffre.ouvrir(depot.sha256, { debut: 3, fin: 6 }))).toEqual(
        b.subarray(3, 6),
      );
      expect(await lire(await essai.coffre.ouvrir(depot.sha256, { debut: 3, fin: 3 }))).toHaveLength(0);
      expect(await lire(await essai.coffre.ouvrir(depot.sha256, { debut: 3, fin: 999 }))).toEqual(
        b.subarray(3),
      );
    });

    test('a stream, a small buffer and a large one are stored alike; the empty piece too', async () => {
      const gros = Buffer.alloc(3_000_001, 'pièce');
      const attendu = sha('sha256', gros);
      const enMorceaux = enFlux(gros.subarray(0, 10), gros.subarray(10, 10), gros.subarray(10));
      expect((await essai.coffre.ajouter(enMorceaux)).sha256).toBe(attendu);
      expect((await essai.coffre.ajouter(gros)).sha256).toBe(attendu);
      expect((await lire(await essai.coffre.ouvrir(attendu as Sha256))).equals(gros)).toBe(true);
      expect(await essai.inventaire()).toEqual([attendu]);
      for (const rien of [octets(''), enFlux()]) {
        expect((await essai.coffre.ajouter(rien)).taille).toBe(0);
      }
      expect(await essai.coffre.verifier(sha('sha256', octets('')) as Sha256)).toBe(true);
    });

    test('adding the same bytes again, even at once, gives the same answer and one piece', async () => {
      const b = octets('doublon');
      const depots = await Promise.all([
        essai.coffre.ajouter(b),
        essai.coffre.ajouter(enFlux(b)),
        essai.coffre.ajouter(b),
      ]);
      expect(new Set(depots.map((d) => JSON.stringify(d))).size).toBe(1);
      await essai.coffre.ajouter(b);
      expect(await essai.inventaire()).toEqual([sha('sha256', b)]);
    });

    test('beyond the limit: VGM-COF-001 and nothing left; exactly the limit passes', async () => {
      const b = octets('0123456789');
      expect(await codeDe(essai.coffre.ajouter(b, 9))).toBe('VGM-COF-001');
      expect(await codeDe(essai.coffre.ajouter(enFlux(b.subarray(0, 5), b.subarray(5)), 9))).toBe(
        'VGM-COF-001',
      );
      expect(await codeDe(essai.coffre.recevoir(b, 9))).toBe('VGM-COF-001');
      await vide();
      expect((await essai.coffre.ajouter(b, 10)).taille).toBe(10);
    });

    test('a source that breaks leaves nothing, and its own error comes through', async () => {
      const panne = new RangeError('line cut');
      async function* coupee(): AsyncGenerator<Uint8Array> {
        yield octets('début');
        throw panne;
      }
      await expect(essai.coffre.ajouter(coupee())).rejects.toBe(panne);
      await vide();
    });

    test('an absent piece: VGM-NOY-006, and it does not verify', async () => {
      const absente = 'a'.repeat(64) as Sha256;
      expect(await codeDe(essai.coffre.ouvrir(absente))).toBe('VGM-NOY-006');
      expect(await essai.coffre.verifier(absente)).toBe(false);
    });

    test('an altered piece does not verify; one cut short is healed by adding the bytes again', async () => {
      const b = octets('contenu');
      const { sha256 } = await essai.coffre.ajouter(b);
      expect(await essai.coffre.verifier(sha256)).toBe(true);
      await essai.alterer(sha256, octets('contenU'));
      expect(await essai.coffre.verifier(sha256)).toBe(false);
      await essai.alterer(sha256, octets('cont'));
      await essai.coffre.ajouter(b);
      expect(await essai.coffre.verifier(sha256)).toBe(true);
    });

    describe('reception of bytes that a control may still refuse', () => {
      test('is readable by ranges before it is kept, and a piece only afterwards', async () => {
        const b = octets('à juger');
        const attente = await essai.coffre.recevoir(enFlux(b));
        expect(attente).toMatchObject({
          sha256: sha('sha256', b),
          sha512: sha('sha512', b),
          taille: b.length,
        });
        expect(Buffer.from(await attente.lire(1, 4))).toEqual(b.subarray(1, 4));
        expect(Buffer.from(await attente.lire(2, 1e9))).toEqual(b.subarray(2));
        expect(await attente.lire(1e9, 2e9)).toHaveLength(0);
        expect(await codeDe(essai.coffre.ouvrir(attente.sha256))).toBe('VGM-NOY-006');
        await attente.garder();
        await attente.garder();
        await attente.jeter();
        expect(await lire(await essai.coffre.ouvrir(attente.sha256))).toEqual(b);
        expect(Buffer.from(await attente.lire(0, 2))).toEqual(b.subarray(0, 2));
        expect(await essai.inventaire()).toEqual([attente.sha256]);
      });

      test('thrown away, it leaves nothing and can no longer be read nor kept', async () => {
        const attente = await essai.coffre.recevoir(octets('refusé'));
        await attente.jeter();
        await attente.jeter();
        await vide();
        expect(await codeDe(attente.lire(0, 1))).toBe('VGM-NOY-006');
        expect(await codeDe(attente.garder())).toBe('VGM-NOY-006');
      });

      test('throwing away one reception does not touch the piece that another one kept', async () => {
        const [un, deux] = [
          await essai.coffre.recevoir(octets('x')),
          await essai.coffre.recevoir(octets('x')),
        ];
        await un.garder();
        await deux.jeter();
        expect(await essai.coffre.verifier(un.sha256)).toBe(true);
        expect(await codeDe(deux.lire(0, 1))).toBe('VGM-NOY-006');
      });
    });
  });
}
