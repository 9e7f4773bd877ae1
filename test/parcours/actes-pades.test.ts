import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { lireTarGz } from '../../src/formats/tar/lire.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { pkiCms } from '../unit/formats/certificats/cms-essai.ts';
import { le, type Pki } from '../unit/formats/certificats/pki.ts';
import { signe, signerPdf } from '../unit/formats/pdf-signatures/atelier.ts';
import { magasin } from '../unit/formats/xades/atelier.ts';
import { serveursDe } from '../unit/signature/pdf-decor.ts';
import { type Atelier, creerAtelier, creerSol } from './atelier.ts';

/** A délibération signed by the mayor inside its PDF (PAdES), from its deposit to the door of the ministry. */

let pki: Pki;
let a: Atelier;
beforeAll(() => {
  pki = pkiCms();
}, 60_000);
afterEach(() => a.fermer());
afterAll(() => pki.fermer());

/** Signed the day before it is deposited. */
const delib = (): Buffer =>
  signerPdf({ place: 3000, signer: signe(pki, { instant: le('2026-03-09T10:00:00Z') }) });

async function ouvrir() {
  const revocation = serveursDe(pki, ['ec'], { emise: '2026-03-01', jusqua: '2026-04-01' });
  const autorite = { cles: new Map(), magasin: magasin(pki), revocation };
  a = await creerAtelier({ sol: await creerSol({ autorite }), inscrire: true });
  return revocation;
}

async function rapportDe(id: FluxId) {
  const pieces = await a.store.flux.pieces(OPERATEUR, id);
  const piece = pieces.find((p) => p.nom === 'rapport-signatures-pdf.json');
  if (piece === undefined) throw new TypeError('no report');
  const rapport = JSON.parse((await buffer(await a.coffre.ouvrir(piece.sha256))).toString('utf8')) as object;
  return { pieces, rapport };
}

test('sound: it leaves as it was deposited, and its report says who signed', async () => {
  await ouvrir();
  const document = delib();
  const { id } = await a.depose('2026_001', { document });
  const flux = await a.jusqua(id, 'transmis');
  expect(flux.resume).toMatchObject({ signaturesPdf: 1, avertissementsPdf: 0 });
  const { pieces, rapport } = await rapportDe(id);
  expect(rapport).toMatchObject({
    format: 'vaguemestre/signatures-pdf',
    verdict: 'favorable',
    constats: [],
    fichiers: [
      {
        nom: 'acte.pdf',
        signatures: [
          {
            etat: 'valide',
            couvre: 'fichier',
            signataire: { sujet: 'CN=ec,O=Essai,C=FR' },
            confiance: { type: 'confiance', niveau: 'RGS **' },
          },
        ],
      },
    ],
  });
  expect(pieces.map((p) => p.role)).toContain('preuves_confiance');
  const archive = pieces.find((p) => p.role === 'archive');
  const membres: Buffer[] = [];
  const lu = lireTarGz(await a.coffre.ouvrir(archive?.sha256 ?? ('' as never)), { octets: 1e7, entrees: 10 });
  for await (const { contenu } of lu) membres.push(await buffer(contenu));
  expect(membres.some((m) => m.equals(document))).toBe(true);
});

test('altered: refused before anything leaves, with the reason', async () => {
  await ouvrir();
  const document = delib();
  document.write('deliberation', document.indexOf('Deliberation'));
  const { id } = await a.depose('2026_002', { document });
  const flux = await a.jusqua(id, 'refuse');
  expect(flux.erreur).toMatchObject({
    code: 'VGM-SIG-070',
    message: 'La signature de « acte.pdf » est refusée : le contenu a changé depuis la signature.',
  });
  expect(flux.nomEnvoi).toBeNull();
  expect((await rapportDe(id)).rapport).toMatchObject({ verdict: 'defavorable' });
});

test('servers of revocation down: it waits, and leaves once they answer', async () => {
  const revocation = await ouvrir();
  revocation.regler(false);
  const { id } = await a.depose('2026_003', { document: delib() });
  await a.calme();
  expect(await a.flux(id)).toMatchObject({
    etat: 'depose',
    erreur: { code: 'VGM-SIG-001', nature: 'passagere' },
  });
  await a.passer(60_000);
  await a.calme();
  expect((await a.flux(id)).etat).toBe('depose');
  revocation.regler(true);
  await a.passer(900_000);
  expect((await a.jusqua(id, 'transmis')).erreur).toBeNull();
});
