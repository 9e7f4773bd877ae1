import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { creerFakeTamponneur } from '../../src/adapters/tamponneur/fake.ts';
import { creerTamponneur } from '../../src/adapters/tamponneur/fil.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { DemandeTampon } from '../../src/formats/pdf/tampon.ts';
import type { Tamponneur } from '../../src/ports/tamponneur.ts';

const DEMANDE: DemandeTampon = {
  lignes: ['Reçu en préfecture le 03/03/2026'],
  pages: 'toutes',
  position: 'haut-gauche',
  echelle: 1,
  certifie: 'tamponner',
};

const pdf = (): Uint8Array => creerPdf(['Délibération']);

/** Every stamper: bytes to add, or a refusal that says why. */
function contratTamponneur(titre: string, creer: () => Tamponneur): void {
  describe(`Tamponneur contract: ${titre}`, () => {
    test('the same from bytes and from an open file', async () => {
      const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-tampon-'));
      const fichier = join(dossier, 'a.pdf');
      writeFileSync(fichier, pdf());
      const descripteur = openSync(fichier, 'r');
      try {
        const tamponneur = creer();
        const depuisFichier = await tamponneur.tamponner({ descripteur, taille: pdf().length }, DEMANDE);
        const depuisOctets = await tamponneur.tamponner(pdf(), DEMANDE);
        expect(Buffer.from(depuisFichier.ajout).equals(Buffer.from(depuisOctets.ajout))).toBe(true);
        expect(depuisFichier).toMatchObject({ pages: [1], annotees: 0, chiffre: false, signatures: 0 });
        expect(Buffer.from(depuisFichier.ajout).toString('latin1')).toMatch(/startxref\n\d+\n%%EOF\n$/);
      } finally {
        closeSync(descripteur);
        rmSync(dossier, { recursive: true });
      }
    });

    test('a document that is refused: its row of the catalogue, with what it says', async () => {
      const refus: unknown = await creer()
        .tamponner(Buffer.from('texte'), DEMANDE)
        .catch((e: unknown) => e);
      expect(refus).toMatchObject({
        name: 'ErreurVgm',
        http: 422,
        sortie: 3,
        fiche: {
          code: 'VGM-PDF-001',
          nature: 'definitive',
          message: 'Ce PDF ne peut pas être tamponné : ce n’est pas un PDF.',
        },
      });
    });

    test('several at once, each its own answer', async () => {
      const tamponneur = creer();
      const issues = await Promise.allSettled([
        ...[1, 2, 3].map(() => tamponneur.tamponner(pdf(), DEMANDE)),
        tamponneur.tamponner(pdf(), { ...DEMANDE, pages: [9] }),
        tamponneur.tamponner(pdf(), DEMANDE),
      ]);
      expect(issues.map((i) => i.status)).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
    });
  });
}

contratTamponneur('in memory', creerFakeTamponneur);
contratTamponneur('threads', creerTamponneur);
contratTamponneur('threads, one at a time', () => creerTamponneur({ simultanes: 1 }));

/** A thread whose code is this. */
const code = (texte: string): URL => new URL(`data:text/javascript,${encodeURIComponent(texte)}`);

describe('a thread that goes wrong says nothing of the document', () => {
  test.each([
    ['never ends', 'for (;;);', ['VGM-PDF-005', 'en 0,3 secondes']],
    [
      'takes all the memory',
      'const a = []; for (;;) a.push(new Array(1e5).fill(a.length))',
      ['VGM-PDF-006', 'mémoire épuisée'],
    ],
    ['fails', 'throw new TypeError("x")', ['VGM-PDF-006', 'défaut du programme']],
    ['ends without a word', '', ['VGM-PDF-006', 'aucune réponse']],
  ] as const)('%s', async (titre, texte, [attendu, dit]) => {
    const delai = titre === 'never ends' ? 300 : 60_000;
    const tamponneur = creerTamponneur({ ouvrier: code(texte), delai });
    const refus: unknown = await tamponneur.tamponner(pdf(), DEMANDE).catch((e: unknown) => e);
    expect(refus).toMatchObject({ fiche: { code: attendu, nature: 'passagere' }, http: 503, sortie: 1 });
    expect(String(refus)).toContain(dit);
  });

  test('its place is given back: what waits goes on', async () => {
    const tamponneur = creerTamponneur({ ouvrier: code('throw 1'), simultanes: 1 });
    const issues = await Promise.allSettled([1, 2, 3].map(() => tamponneur.tamponner(pdf(), DEMANDE)));
    expect(issues.map((i) => i.status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  test('bytes alone in their buffer are handed over; a part of a shared one is copied', async () => {
    const seuls = new Uint8Array(pdf());
    await creerTamponneur().tamponner(seuls, DEMANDE);
    expect(seuls.byteLength).toBe(0);
    const partage = new Uint8Array(pdf().length + 10);
    partage.set(pdf(), 5);
    const partie = partage.subarray(5, 5 + pdf().length);
    await creerTamponneur().tamponner(partie, DEMANDE);
    expect(partage.byteLength).toBe(pdf().length + 10);
  });
});
