import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cms, type DemandeCms, pkiCms } from '../formats/certificats/cms-essai.ts';
import { INSTANT, type Pki, POLITIQUE } from '../formats/certificats/pki.ts';
import { changer, document, reviser, signe, signerPdf, timbre } from '../formats/pdf-signatures/atelier.ts';
import { type BancCli, creerBancCli, type Resultat } from './banc-cli.ts';

/** `vaguemestre verifier` on a signed PDF and on a signature file, in this process. */

let pki: Pki;
let cli: BancCli;
const CONTENU = Buffer.from('Le conseil municipal a délibéré.\n');

beforeAll(() => {
  pki = pkiCms();
  cli = creerBancCli();
  cli.instant = INSTANT;
  const certificat = Buffer.from(pki.der('racine')).toString('base64');
  const famille = {
    nom: 'essai',
    libelle: 'Essai',
    lecture: 'tableau',
    ancres: [{ certificat, nom: 'racine', periodes: [] }],
    niveaux: [{ emetteur: '*', politique: POLITIQUE.rgs2, niveau: 'RGS **' }],
    origine: 'essai',
  };
  pki.ecrire('magasin.json', JSON.stringify({ version: 1, familles: [famille] }));
  pki.ecrire('racine.crl', pki.crl('racine', { nom: 'racine' }));
  pki.ecrire('ica.crl', pki.crl('ica', { nom: 'ica' }));
}, 60_000);
afterAll(() => pki.fermer());

const pdf = (demande: Partial<DemandeCms> = {}): Buffer =>
  signerPdf({ place: 6000, champ: 'Maire', signer: signe(pki, demande) });

function verifier(octets: Uint8Array, ...plus: readonly string[]): Promise<Resultat> {
  writeFileSync(pki.chemin('f'), octets);
  return cli.lancer('verifier', pki.chemin('f'), ...plus);
}

const preuves = () => [
  '--magasin',
  pki.chemin('magasin.json'),
  '--crl',
  pki.chemin('racine.crl'),
  '--crl',
  pki.chemin('ica.crl'),
];

describe('a PDF: each signature, who, when, what it covers', () => {
  test('good: 0; and that nobody vouched for the signer is said plainly', async () => {
    const r = await verifier(pdf());
    expect([r.code, r.erreur]).toEqual([0, '']);
    for (const dit of [
      'Signature 1 : valide',
      'signature (ETSI.CAdES.detached)',
      'Champ       Maire',
      'le fichier entier',
      'Intégrité   intacte',
      'CN=ec,O=Essai,C=FR',
      '2026-06-15T12:00:00Z',
      'ECDSA-SHA256',
      'non jugée : aucun magasin de confiance',
      '1 signature valide, le fichier entier est couvert.',
      'Attention : La chaîne des certificats n’est pas jugée',
    ]) {
      expect(r.sortie).toContain(dit);
    }
  });

  test('with a trust store: the level; an unknown authority is refused', async () => {
    const bon = await verifier(pdf(), ...preuves());
    expect([bon.code, bon.sortie]).toEqual([0, expect.stringContaining('niveau RGS **, famille essai')]);
    expect(bon.sortie).not.toContain('Attention');
    const autre = await verifier(pdf({ de: 'etranger', joints: ['etranger'] }), ...preuves());
    expect([autre.code, autre.sortie]).toEqual([
      3,
      expect.stringContaining('À REFUSER : La confiance n’est pas établie'),
    ]);
  });

  test('two signatures and a time-stamp: what each covers', async () => {
    const deux = signerPdf({
      base: pdf(),
      place: 6000,
      champ: 'Adjoint',
      signer: signe(pki, { de: 'rsa', methode: 'rsa' }),
    });
    const date = signerPdf({
      base: deux,
      sousFiltre: 'ETSI.RFC3161',
      place: 3000,
      entrees: '',
      signer: timbre(pki),
    });
    const r = await verifier(date);
    expect(r.code).toBe(0);
    expect(r.sortie).toMatch(
      /Signature 1[^]*une révision du document \([^)]*\) ; le document a été complété ensuite/,
    );
    expect(r.sortie).toMatch(/Signature 3[^]*horodatage du document[^]*un horodatage ne dit pas qui signe/);
  });

  test('altered, modified since, unreadable, not signed: 3, and why', async () => {
    const altere = pdf();
    altere[altere.indexOf('Deliberation')] = 0x64;
    const a = await verifier(altere);
    expect([a.code, a.sortie]).toEqual([3, expect.stringContaining('REFUS CMS-025')]);
    const modifie = await verifier(
      reviser(pdf(), (doc, maj) => changer({ doc, maj }, 3, { BaseFont: '/Courier' })),
    );
    expect(modifie.code).toBe(3);
    expect(modifie.sortie).toMatch(
      /a été MODIFIÉ ensuite[^]*PDS-018[^]*Aucune signature ne couvre le fichier jusqu’à sa fin/,
    );
    const casse = await verifier(pdf().subarray(0, -40));
    expect([casse.code, casse.sortie]).toEqual([3, expect.stringContaining('rien n’est vérifiable')]);
    const nu = await verifier(document());
    expect([nu.code, nu.sortie]).toEqual([3, expect.stringContaining('Le PDF n’est pas signé.')]);
    expect(nu.sortie).not.toContain('Attention');
  });

  test('out of date, trust store or not; at another instant, it was good', async () => {
    const expire = pdf({ de: 'expire' });
    const r = await verifier(expire);
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('pas en cours de validité')]);
    expect((await verifier(expire, '--instant', '2025-06-01')).code).toBe(0);
  });

  test('the token of an admitted unit gives the hour', async () => {
    const jeton = (valeur: Uint8Array): Uint8Array => timbre(pki)(Buffer.from(valeur));
    const r = await verifier(pdf({ jeton }), ...preuves());
    expect(r.sortie).toMatch(
      /Horodatage {2}2026-06-15T12:15:00Z, par CN=tsa,O=Essai,C=FR\n {2}Jugée au {4}2026-06-15T12:15:00Z/,
    );
  });

  test('--json: one document, no object of the program in it', async () => {
    const r = await verifier(pdf(), '--json', ...preuves());
    expect([r.code, r.json]).toMatchObject([
      0,
      [
        {
          fichier: pki.chemin('f'),
          bonne: true,
          torts: [],
          profil: 'pdf',
          constats: [],
          signatures: [
            {
              rang: 1,
              sorte: 'signature',
              champ: 'Maire',
              etat: 'valide',
              couvre: 'fichier',
              integrite: 'intacte',
              instant: '2026-06-15T12:00:00Z',
              jugeeAu: '2026-06-15T12:00:00Z',
              signataire: { sujet: 'CN=ec,O=Essai,C=FR', debut: '2025-01-01T00:00:00Z' },
              confiance: { type: 'confiance', niveau: 'RGS **' },
            },
          ],
        },
      ],
    ]);
    expect(JSON.stringify(r.json)).not.toContain('"objet"');
  });

  test('options of other files are refused: 2', async () => {
    for (const option of ['--schema', '--document', '--contenu']) {
      const r = await verifier(pdf(), option, pki.chemin('f'));
      expect([r.code, r.erreur]).toEqual([2, expect.stringContaining(`« ${option} » ne vaut que pour`)]);
    }
  });
});

describe('a signature file: the content is given beside, or carried', () => {
  const p7s = (d: Partial<DemandeCms> = {}): Buffer => cms({ pki, contenu: CONTENU, ...d });
  const avec = (octets: Uint8Array, ...plus: readonly string[]) => {
    pki.ecrire('contenu.bin', CONTENU);
    return verifier(octets, '--contenu', pki.chemin('contenu.bin'), ...plus);
  };

  test('good: 0, in DER and in PEM, with and without trust store', async () => {
    const r = await avec(p7s());
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('Signature 1 : valide')]);
    expect(r.sortie).toContain('le fichier donné par --contenu (36 octets)');
    const pem = `-----BEGIN PKCS7-----\n${p7s().toString('base64')}\n-----END PKCS7-----\n`;
    expect((await avec(Buffer.from(pem))).code).toBe(0);
    expect((await avec(Buffer.from(p7s().toString('base64')))).code).toBe(0);
    const j = await avec(p7s(), '--json', ...preuves());
    expect([j.code, j.json]).toMatchObject([
      0,
      [
        {
          bonne: true,
          profil: 'cades',
          contenu: 'fourni',
          octets: 36,
          signatures: [{ confiance: { niveau: 'RGS **' } }],
        },
      ],
    ]);
  });

  test('of another content, or of none: 3', async () => {
    const autre = await avec(p7s({ contenu: Buffer.from('autre') }));
    expect([autre.code, autre.sortie]).toEqual([3, expect.stringContaining('CMS-025')]);
    const sans = await verifier(p7s());
    expect([sans.code, sans.sortie]).toEqual([
      3,
      expect.stringContaining('Le fichier signé n’est pas donné (--contenu)'),
    ]);
    const double = await avec(p7s({ porte: true }));
    expect([double.code, double.sortie]).toEqual([3, expect.stringContaining('CMS-005')]);
  });

  test('carried inside (.p7m): 0', async () => {
    const r = await verifier(p7s({ porte: true }));
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('le contenu joint à la signature')]);
  });

  test('a file that is nothing of it, an option of an XML', async () => {
    expect((await verifier(Buffer.from('bonjour'))).erreur).toContain('VGM-HLG-003');
    expect((await avec(p7s(), '--schema', 'x')).code).toBe(2);
  });
});
