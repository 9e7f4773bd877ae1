import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeLecteurPdf } from '../../src/adapters/lecteur-pdf/fake.ts';
import { creerLecteurPdf } from '../../src/adapters/lecteur-pdf/fil.ts';
import type { LecteurPdf } from '../../src/ports/lecteur-pdf.ts';
import { pkiCms } from '../unit/formats/certificats/cms-essai.ts';
import type { Pki } from '../unit/formats/certificats/pki.ts';
import { document, signe, signerPdf } from '../unit/formats/pdf-signatures/atelier.ts';

/** Whatever reads the signatures of a PDF: here, or in a thread of its own. */

let pki: Pki;
let pdf: Buffer;
beforeAll(() => {
  pki = pkiCms();
  pdf = signerPdf({ base: document({ references: 'flux' }), place: 3000, signer: signe(pki) });
}, 60_000);
afterAll(() => pki.fermer());

const lecture = (octets: Uint8Array) => async (debut: number, fin: number) => octets.subarray(debut, fin);

describe.each<[string, () => LecteurPdf]>([
  ['in this thread', () => creerFakeLecteurPdf()],
  ['in a thread of its own', () => creerLecteurPdf()],
])('%s', (_, creer) => {
  test('what a signed document says, asked for by its places', async () => {
    const lues = await creer().lireSignatures(lecture(pdf), pdf.length);
    expect(lues.constats).toEqual([]);
    expect(lues.signatures).toMatchObject([
      { rang: 1, sorte: 'cms', sousFiltre: 'ETSI.CAdES.detached', suite: 'rien', constats: [] },
    ]);
    const [s] = lues.signatures;
    expect(Buffer.from(s?.valeur ?? []).subarray(0, 1)).toEqual(Buffer.from([0x30]));
    expect(s?.plage?.fin).toBe(pdf.length);
  });

  test('a document that cannot be read: said, not thrown', async () => {
    const casse = pdf.subarray(0, pdf.length - 40);
    const { signatures, constats } = await creer().lireSignatures(lecture(casse), casse.length);
    expect([signatures, constats.map((c) => c.code)]).toEqual([[], ['PDS-001']]);
  });

  test('what the file throws comes back as it is', async () => {
    const panne = new TypeError('disk');
    await expect(creer().lireSignatures(() => Promise.reject(panne), 5000)).rejects.toBe(panne);
  });

  test('several at once, each its own', async () => {
    const lecteur = creer();
    const nu = document();
    const lus = await Promise.all(
      [pdf, nu, pdf, nu].map((o) => lecteur.lireSignatures(lecture(o), o.length)),
    );
    expect(lus.map((l) => l.signatures.length)).toEqual([1, 0, 1, 0]);
  });
});

describe('a thread that does not end well says nothing of the document: try again', () => {
  test.each([
    ['never answers', 'setInterval(() => {}, 1000)', /plus de 0\.2 secondes/],
    ['ends without answer', '', /aucune réponse/],
    ['fails', 'throw new Error("x")', /défaut du programme/],
  ])('%s', async (_, code, motif) => {
    const ouvrier = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const lecteur = creerLecteurPdf({ ouvrier, delai: 200 });
    await expect(lecteur.lireSignatures(lecture(pdf), pdf.length)).rejects.toMatchObject({
      fiche: { code: 'VGM-CTL-005', nature: 'passagere', message: expect.stringMatching(motif) },
    });
  });
});
