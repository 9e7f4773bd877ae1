import { createPrivateKey, verify, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { type ClesOuvertes, ouvrirCles } from '../../../src/adapters/signataire/cles.ts';
import { chargerConfig } from '../../../src/config/charger.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import { enP1363, lireDemande, repondre, signerEmpreinte } from '../../contracts/signataire-porte.ts';
import { horloge, nouvellePki, porteHttps } from '../../contracts/transport-portes.ts';
import { INSTANT, openssl, type Pki, pkiDeBase } from '../formats/certificats/pki.ts';

/** The keys of the settings, `[[helios.cles]]`: in files, or at a distance. */

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
  // biome-ignore format: one option per pair reads better
  openssl('pkcs12', '-export', '-inkey', pki.chemin('signataire.key'), '-in', pki.chemin('signataire.pem'),
    '-certfile', pki.chemin('ica.pem'), '-passout', 'pass:épée', '-out', pki.chemin('mairie.p12'));
  writeFileSync(pki.chemin('mdp'), '\uFEFFépée\r\n');
  writeFileSync(pki.chemin('jeton'), 'secret-du-service\n');
  const chaine = ['signataire', 'ica'].map((n) => readFileSync(pki.chemin(`${n}.pem`), 'utf8')).join('');
  writeFileSync(pki.chemin('chaine.pem'), chaine);
});
afterAll(() => pki.fermer());

type Cle = Record<string, unknown>;

function ouvrir(cles: readonly Cle[], clock = creerFakeClock(INSTANT)): Promise<ClesOuvertes> {
  return ouvrirCles(manifest.parse({ helios: { cles } }), { clock });
}

const fichier = (nom = 'mairie'): Cle => ({
  nom,
  p12: pki.chemin('mairie.p12'),
  secret_fichier: pki.chemin('mdp'),
});

describe('in a PKCS#12 file', () => {
  test('opened once, by name, its chain with it; the password without its line end nor its mark', async () => {
    const { cles, fermer } = await ouvrir([fichier('a'), fichier('b')]);
    expect([...cles.keys()]).toEqual(['a', 'b']);
    expect(cles.get('a')?.certificat).toEqual(pki.der('signataire'));
    expect(cles.get('a')?.chaine).toEqual([pki.der('ica')]);
    const octets = Buffer.from('à signer');
    const signature = (await cles.get('b')?.signer(octets)) ?? new Uint8Array();
    const cle = new X509Certificate(pki.der('signataire')).publicKey;
    expect(verify('sha256', octets, { key: cle, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    await fermer();
  });

  test('looked at again as a restart would: its certificate, or what is wrong now', async () => {
    const copie = pki.chemin('copie.p12');
    writeFileSync(copie, readFileSync(pki.chemin('mairie.p12')));
    const { suivies, fermer } = await ouvrir([{ ...fichier(), p12: copie }]);
    expect(suivies).toMatchObject([{ nom: 'mairie', enService: pki.der('signataire'), service: null }]);
    expect(await suivies[0]?.rouvrir()).toEqual(pki.der('signataire'));
    writeFileSync(copie, 'x');
    await expect(suivies[0]?.rouvrir()).rejects.toThrow(/« mairie » .*VGM-SGT-002/);
    await fermer();
  });

  test('none: nothing is opened', async () => {
    expect((await ouvrir([])).cles.size).toBe(0);
  });

  test.each<[string, () => Cle, RegExp]>([
    [
      'a wrong password',
      () => ({ ...fichier(), secret_fichier: pki.chemin('ica.pem') }),
      /« mairie » .*VGM-SGT-002/,
    ],
    [
      'a file that is not there',
      () => ({ ...fichier(), p12: pki.chemin('absent') }),
      /« mairie » .*VGM-SGT-001/,
    ],
    [
      'a file that is no PKCS#12',
      () => ({ ...fichier(), p12: pki.chemin('ica.pem') }),
      /« mairie » .*VGM-SGT-002/,
    ],
  ])('%s stops the start, and names the key', async (_, cle, dit) => {
    const cause = await ouvrir([cle()]).catch((e: unknown) => e);
    expect(cause).toBeInstanceOf(ErreurVgm);
    expect((cause as ErreurVgm).fiche).toMatchObject({
      code: 'VGM-SGT-008',
      remede: expect.stringMatching(/\[\[helios\.cles\]\]/),
    });
    expect((cause as ErreurVgm).message).toMatch(dit);
    expect((cause as ErreurVgm).message).not.toContain('épée');
  });

  test('a secret that cannot be read names its setting', async () => {
    await expect(ouvrir([{ ...fichier(), secret_fichier: pki.chemin('absent') }])).rejects.toThrow(
      /helios\.cles\[0\]\.secret_fichier/,
    );
  });
});

describe('at a distance, over HTTPS (docs/decisions/0003-signataire.md)', () => {
  test('signs through the service: its certificate and chain, its token, its client pair, its authorities', async () => {
    const tls = await nouvellePki();
    const cle = createPrivateKey(pki.lire('signataire.key'));
    let vu: string | undefined;
    let demandes = 0;
    const porte = await porteHttps(tls, (requete, reponse) => {
      vu = requete.headers.authorization;
      if (requete.method === 'HEAD') return void reponse.end();
      demandes += 1;
      void lireDemande(requete).then((demande) => {
        const signature = enP1363(signerEmpreinte(cle, demande), 32).toString('base64');
        repondre(reponse, 200, { signature });
      });
    });
    const { certificat: client_certificat, cle: client_cle } = tls.paires.client;
    const distante = {
      nom: 'hsm',
      url: `https://localhost:${porte.port}/signer`,
      certificat: pki.chemin('chaine.pem'),
      secret_fichier: pki.chemin('jeton'),
      client_certificat,
      client_cle,
      autorites: tls.ca,
    };
    const { cles, suivies, fermer } = await ouvrirCles(manifest.parse({ helios: { cles: [distante] } }), {
      clock: horloge,
    });
    const hsm = cles.get('hsm');
    expect(await suivies[0]?.rouvrir()).toEqual(pki.der('signataire'));
    expect(hsm?.chaine).toEqual([pki.der('ica')]);
    const octets = Buffer.from('à signer');
    const signature = (await hsm?.signer(octets)) ?? new Uint8Array();
    const publique = new X509Certificate(pki.der('signataire')).publicKey;
    expect(verify('sha256', octets, { key: publique, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(vu).toBe('Bearer secret-du-service');
    vu = undefined;
    expect(await suivies[0]?.service?.sonder()).toEqual({ joignable: true, detail: 'HTTP 200' });
    expect([vu, demandes]).toEqual(['Bearer secret-du-service', 1]);
    await porte.fermer();
    expect(await suivies[0]?.service?.sonder()).toMatchObject({
      joignable: false,
      detail: expect.stringContaining('ne répond pas') as unknown,
    });
    await fermer();
  });

  test('a certificate that is no PEM stops the start', async () => {
    const cle = { nom: 'hsm', url: 'https://h.invalid/', certificat: pki.chemin('mdp') };
    await expect(ouvrir([cle])).rejects.toThrow(/« hsm » .*VGM-SGT-002/);
  });
});

describe('settings that contradict one another stop the start (coherence)', () => {
  const refus = (toml: string): string => {
    writeFileSync(pki.chemin('v.toml'), toml);
    try {
      chargerConfig({ fichier: pki.chemin('v.toml'), env: {} });
    } catch (e) {
      if (e instanceof ErreurVgm) return e.message;
    }
    return '';
  };
  test.each<[string, string, RegExp]>([
    ['neither p12 nor url', 'nom = "a"', /helios\.cles\[0\] : il faut « p12 » ou « url »/],
    ['both', 'nom = "a"\np12 = "x"\nurl = "https://h/"', /l’un des deux/],
    ['a client certificate beside p12', 'nom = "a"\np12 = "x"\nclient_cle = "y"', /client_cle : sans objet/],
    ['a service without its certificate', 'nom = "a"\nurl = "https://h/"', /certificat : obligatoire/],
    [
      'a service in clear',
      'nom = "a"\nurl = "http://h/"\ncertificat = "c"',
      /url : il faut une adresse https/,
    ],
    [
      'half a client pair',
      'nom = "a"\nurl = "https://h/"\ncertificat = "c"\nclient_cle = "k"',
      /helios\.cles\[0\]\.client_certificat : obligatoire quand helios\.cles\[0\]\.client_cle/,
    ],
    [
      'the same name twice',
      'nom = "a"\np12 = "x"\n[[helios.cles]]\nnom = "a"\np12 = "x"',
      /deux clés portent le même nom « a »/,
    ],
  ])('%s', (_, toml, dit) => {
    expect(refus(`[[helios.cles]]\n${toml}\n`)).toMatch(dit);
  });

  test.each<[string, string, RegExp]>([
    ['a cachet for all without a key', 'cachet = "tout"', /actes\.signature\.nom_cle : obligatoire/],
    ['a key that no row names', 'nom_cle = "b"', /« b » n’est pas une clé de \[\[helios\.cles\]\]/],
    ['a key that stands, and a cachet for all', 'cachet = "tout"\nnom_cle = "a"', /^$/],
  ])('%s', (_, toml, dit) => {
    expect(refus(`[[helios.cles]]\nnom = "a"\np12 = "x"\n[actes.signature]\n${toml}\n`)).toMatch(dit);
  });
});
