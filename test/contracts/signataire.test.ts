import { createHash, createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  creerSignataireDistant,
  type OptionsSignataireDistant,
  type SignataireDistant,
} from '../../src/adapters/signataire/distant.ts';
import { creerFakeSignataire } from '../../src/adapters/signataire/fake.ts';
import { ouvrirSignataireP12 } from '../../src/adapters/signataire/p12.ts';
import type { PkiEssai } from '../../src/banc/pki.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import type { AlgorithmeSignataire, Signataire } from '../../src/ports/signataire.ts';
import { openssl } from '../unit/formats/certificats/pki.ts';
import { type Demande, enP1363, lireDemande, repondre, signerEmpreinte } from './signataire-porte.ts';
import { horloge, lirePaire, nouvellePki, porteHttps, type PorteOuverte } from './transport-portes.ts';

const dossier = mkdtempSync(join(tmpdir(), 'vgm-sgt-'));
const chemin = (nom: string) => join(dossier, nom);
let pki: PkiEssai;

const GENRES = {
  rsa: ['RSA', 'rsa_keygen_bits:2048'],
  p256: ['EC', 'ec_paramgen_curve:P-256'],
  p384: ['EC', 'ec_paramgen_curve:P-384'],
  p521: ['EC', 'ec_paramgen_curve:P-521'],
  faible: ['RSA', 'rsa_keygen_bits:1024'],
} as const;
type Genre = keyof typeof GENRES;

beforeAll(async () => {
  pki = await nouvellePki();
  for (const genre of Object.keys(GENRES) as Genre[]) {
    const [algorithme, taille] = GENRES[genre];
    const cle = chemin(`${genre}.key`);
    openssl('genpkey', '-algorithm', algorithme, '-pkeyopt', taille, '-out', cle);
    openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      cle,
      '-subj',
      `/CN=${genre}`,
      '-days',
      '30',
      '-out',
      chemin(`${genre}.pem`),
    );
    // biome-ignore format: one option per pair reads better
    openssl('pkcs12', '-export', '-inkey', cle, '-in', chemin(`${genre}.pem`), '-passout', 'pass:secret', '-out', chemin(`${genre}.p12`));
  }
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

const aFermer: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const fermer of aFermer.splice(0).toReversed()) await fermer();
});

/** Every signer: a signature that its own certificate verifies, in the form that the port promises. */
function contratSignataire(
  titre: string,
  creer: () => Promise<Signataire>,
  attendu: AlgorithmeSignataire,
): void {
  describe(`Signataire contract: ${titre}`, () => {
    const octets = Buffer.from('ces octets-là');

    it(`says ${attendu}, and signs so`, async () => {
      const sujet = await creer();
      expect(sujet.algorithme).toBe(attendu);
      const { publicKey } = new X509Certificate(sujet.certificat);
      const signature = await sujet.signer(octets);
      const hachage = attendu.split('-')[1] ?? '';
      const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      expect(verify(hachage, octets, options, signature)).toBe(true);
      expect(verify(hachage, Buffer.from('d’autres'), options, signature)).toBe(false);
    });

    it('ECDSA is r ‖ s of fixed length, each time', async () => {
      const sujet = await creer();
      const { asymmetricKeyDetails } = new X509Certificate(sujet.certificat).publicKey;
      const longueurs = { prime256v1: 64, secp384r1: 96, secp521r1: 132 } as const;
      const courbe = asymmetricKeyDetails?.namedCurve as keyof typeof longueurs | undefined;
      const longueur = courbe === undefined ? 256 : longueurs[courbe];
      const signatures = await Promise.all(
        Array.from({ length: 20 }, (_, i) => sujet.signer(Buffer.from(`${i}`))),
      );
      expect(signatures.map((s) => s.length)).toEqual(signatures.map(() => longueur));
    });

    it('an empty message and one of a megabyte', async () => {
      const sujet = await creer();
      for (const taille of [0, 1_000_000]) {
        expect((await sujet.signer(Buffer.alloc(taille))).length).toBeGreaterThan(0);
      }
    });

    it('its certificate and its path are DER', async () => {
      const sujet = await creer();
      for (const der of [sujet.certificat, ...sujet.chaine]) {
        expect(new X509Certificate(der).raw.equals(Buffer.from(der))).toBe(true);
      }
    });
  });
}

contratSignataire(
  'in memory',
  () => creerFakeSignataire(Date.parse('2026-01-01') as Instant),
  'ECDSA-SHA256',
);

const p12 = (genre: Genre, algorithme?: AlgorithmeSignataire) =>
  ouvrirSignataireP12({
    fichier: chemin(`${genre}.p12`),
    secret: 'secret',
    ...(algorithme ? { algorithme } : {}),
  });

const NATURELS = [
  ['rsa', 'RSA-SHA256'],
  ['p256', 'ECDSA-SHA256'],
  ['p384', 'ECDSA-SHA384'],
  ['p521', 'ECDSA-SHA512'],
] as const;

for (const [genre, algorithme] of NATURELS) {
  contratSignataire(`PKCS#12, ${genre}`, async () => p12(genre), algorithme);
}
contratSignataire('PKCS#12, rsa with SHA-512', async () => p12('rsa', 'RSA-SHA512'), 'RSA-SHA512');

describe('in memory', () => {
  it('may be cut, and says so as a transient failure', async () => {
    const sujet = await creerFakeSignataire(Date.parse('2026-01-01') as Instant);
    sujet.couper(true);
    await expect(sujet.signer(Buffer.from('x'))).rejects.toMatchObject({
      fiche: { code: 'VGM-SGT-005', nature: 'passagere' },
    });
    sujet.couper(false);
    expect((await sujet.signer(Buffer.from('x'))).length).toBe(64);
  });
});

const refus = (essai: () => unknown) => {
  try {
    essai();
  } catch (e) {
    return (e as { fiche: { code: string; message: string } }).fiche;
  }
  return undefined;
};

describe('PKCS#12: what cannot sign says so at once', () => {
  it('a weak key, an algorithm of another family', () => {
    expect(refus(() => p12('faible'))).toMatchObject({
      code: 'VGM-SGT-003',
      message: 'Cette clé ne peut pas signer ici : clé RSA de 1024 bits.',
    });
    expect(refus(() => p12('p256', 'RSA-SHA256'))).toMatchObject({ code: 'VGM-SGT-003' });
  });

  it('no file, a wrong password', () => {
    expect(refus(() => ouvrirSignataireP12({ fichier: chemin('rien.p12'), secret: '' }))).toMatchObject({
      code: 'VGM-SGT-001',
    });
    const faux = refus(() => ouvrirSignataireP12({ fichier: chemin('rsa.p12'), secret: 'faux' }));
    expect(faux).toMatchObject({ code: 'VGM-SGT-002', message: expect.stringContaining('mot de passe') });
  });

  it('openssl verifies what the key of a PKCS#12 signed', async () => {
    writeFileSync(chemin('octets'), 'flux');
    writeFileSync(chemin('octets.sig'), await p12('rsa').signer(Buffer.from('flux')));
    openssl('x509', '-in', chemin('rsa.pem'), '-pubkey', '-noout', '-out', chemin('rsa.pub'));
    expect(
      openssl(
        'dgst',
        '-sha256',
        '-verify',
        chemin('rsa.pub'),
        '-signature',
        chemin('octets.sig'),
        chemin('octets'),
      ),
    ).toContain('Verified OK');
  });
});

type Traitement = (requete: IncomingMessage, reponse: ServerResponse) => void;

async function serveur(traiter: Traitement, certificatClient = true): Promise<PorteOuverte> {
  const porte = await porteHttps(pki, traiter, { requestCert: certificatClient });
  aFermer.push(() => porte.fermer());
  return porte;
}

function distant(
  porte: PorteOuverte,
  genre: Genre,
  suite: Partial<OptionsSignataireDistant> = {},
): SignataireDistant {
  const { cert, key } = lirePaire(pki, 'client');
  const sujet = creerSignataireDistant(
    {
      url: `https://localhost:${porte.port}/v1/signer`,
      certificat: readFileSync(chemin(`${genre}.pem`), 'utf8'),
      chaine: [],
      client: { certificat: cert, cle: key },
      autorites: readFileSync(pki.ca, 'utf8'),
      delaiMs: 5_000,
      ...suite,
    },
    { clock: horloge },
  );
  aFermer.push(() => sujet.fermer());
  return sujet;
}

function honnete(genre: Genre): Traitement {
  const cle = createPrivateKey(readFileSync(chemin(`${genre}.key`)));
  const taille = { p256: 32, p384: 48, p521: 66, rsa: 0, faible: 0 }[genre];
  return async (requete, reponse) => {
    const brute = signerEmpreinte(cle, await lireDemande(requete));
    const signature = taille === 0 ? brute : enP1363(brute, taille);
    repondre(reponse, 200, { signature: signature.toString('base64') });
  };
}

for (const [genre, algorithme] of NATURELS) {
  contratSignataire(
    `remote over HTTPS, ${genre}`,
    async () => distant(await serveur(honnete(genre)), genre),
    algorithme,
  );
}

const enPoint = (k: KeyObject, o: Buffer) =>
  sign('sha256', o, { key: k, dsaEncoding: 'ieee-p1363' }).toString('base64');

describe('remote signing: the protocol of docs/decisions/0003-signataire.md', () => {
  const octets = Buffer.from('un flux confidentiel');
  const erreur = (sujet: Signataire) =>
    sujet.signer(octets).then(
      () => undefined,
      (e: unknown) => (e as { fiche: { code: string; nature: string; message: string } }).fiche,
    );

  it('only the digest leaves, with the name of the key and the algorithm', async () => {
    let vue:
      | { demande: Demande; entetes: IncomingMessage['headers']; methode?: string; url?: string }
      | undefined;
    const porte = await serveur(async (requete, reponse) => {
      const { method: methode = '', url = '' } = requete;
      vue = { demande: await lireDemande(requete), entetes: requete.headers, methode, url };
      repondre(reponse, 500, {});
    });
    const sujet = distant(porte, 'rsa', { jeton: 'jeton-secret' });
    await erreur(sujet);
    expect(vue).toMatchObject({ methode: 'POST', url: '/v1/signer' });
    expect(vue?.demande).toEqual({
      version: 1,
      certificat: createHash('sha256').update(sujet.certificat).digest('hex'),
      algorithme: 'RSA-SHA256',
      empreinte: createHash('sha256').update(octets).digest('base64'),
    });
    expect(vue?.entetes.authorization).toBe('Bearer jeton-secret');
  });

  it('by token alone, without client certificate', async () => {
    const traiter = honnete('p256');
    const porte = await serveur((requete, reponse) => {
      if (requete.headers.authorization === 'Bearer bon') return traiter(requete, reponse);
      return repondre(reponse, 401, { title: 'jeton inconnu' });
    }, false);
    const { certificat, chaine } = distant(porte, 'p256');
    const sansClient = (jeton: string) => {
      const sujet = creerSignataireDistant(
        {
          url: `https://localhost:${porte.port}/`,
          certificat,
          chaine,
          jeton,
          autorites: readFileSync(pki.ca, 'utf8'),
          delaiMs: 5_000,
        },
        { clock: horloge },
      );
      aFermer.push(() => sujet.fermer());
      return sujet;
    };
    expect(await erreur(sansClient('bon'))).toBeUndefined();
    expect(await erreur(sansClient('faux'))).toMatchObject({
      code: 'VGM-SGT-006',
      nature: 'definitive',
      message: `Le service de signature localhost:${porte.port} refuse de signer (HTTP 401) : jeton inconnu.`,
    });
  });

  it('never a wrong signature: another key, other bytes, another form, no form', async () => {
    const cle = createPrivateKey(readFileSync(chemin('p256.key')));
    const autre = createPrivateKey(readFileSync(chemin('p384.key')));
    const mensonges: unknown[] = [
      { signature: enPoint(autre, octets) },
      { signature: enPoint(cle, Buffer.from('autre chose')) },
      { signature: sign('sha256', octets, cle).toString('base64') },
      { signature: 'pas du base64 !' },
      { signature: '' },
      {},
      null,
      { signature: 'A'.repeat(50_000) },
    ];
    for (const mensonge of mensonges) {
      const porte = await serveur((requete, reponse) => {
        requete.resume();
        repondre(reponse, 200, mensonge);
      });
      expect(await erreur(distant(porte, 'p256'))).toMatchObject({
        code: 'VGM-SGT-007',
        nature: 'definitive',
      });
    }
  });

  it('busy or ill: passagere; refused: definitive', async () => {
    const cas = [
      [408, 'passagere'],
      [429, 'passagere'],
      [500, 'passagere'],
      [503, 'passagere'],
      [302, 'definitive'],
      [400, 'definitive'],
      [403, 'definitive'],
      [404, 'definitive'],
    ] as const;
    for (const [statut, nature] of cas) {
      const porte = await serveur((requete, reponse) => {
        requete.resume();
        repondre(reponse, statut, { title: 'dit', detail: 'parce que' });
      });
      expect([statut, await erreur(distant(porte, 'rsa'))]).toMatchObject([statut, { nature }]);
    }
  });

  it('out of reach, mute, hung up, of an unknown authority: passagere, and the token is in no message', async () => {
    const muette = await serveur(() => undefined);
    expect(await erreur(distant(muette, 'rsa', { delaiMs: 200, jeton: 'jeton-secret' }))).toMatchObject({
      code: 'VGM-SGT-005',
      nature: 'passagere',
      message: expect.stringMatching(/délai dépassé/),
    });
    const brusque = await serveur((requete) => requete.socket.destroy());
    const fermee = await serveur(() => undefined);
    const sujet = distant(fermee, 'rsa', { jeton: 'jeton-secret' });
    await fermee.fermer();
    const etrangere = distant(await serveur(honnete('rsa')), 'rsa', {
      autorites: readFileSync(pki.autreCa, 'utf8'),
    });
    for (const s of [distant(brusque, 'rsa'), sujet, etrangere]) {
      const dite = await erreur(s);
      expect(dite).toMatchObject({ code: 'VGM-SGT-005', nature: 'passagere' });
      expect(JSON.stringify(dite)).not.toContain('jeton-secret');
    }
  });

  it('wrong settings are seen at once', async () => {
    const porte = await serveur(() => undefined);
    const essai = (suite: Partial<OptionsSignataireDistant>) => () => distant(porte, 'rsa', suite);
    expect(essai({ url: 'http://localhost/' })).toThrow('VGM-SGT-004');
    expect(essai({ url: 'localhost' })).toThrow('VGM-SGT-004');
    expect(essai({ autorites: 'rien' })).toThrow('VGM-SGT-004');
    expect(essai({ certificat: 'rien' })).toThrow('VGM-SGT-002');
    expect(essai({ algorithme: 'ECDSA-SHA256' })).toThrow('VGM-SGT-003');
  });
});
