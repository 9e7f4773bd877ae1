import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Certificat,
  estSignePar,
  lireCertificat,
} from '../../../../src/formats/certificats/certificat.ts';
import {
  type Autorite,
  autosigne,
  creerAutorite,
  type DemandeCertificat,
  emettre,
  type Paire,
} from '../../../../src/formats/certificats/emettre.ts';
import { JOUR_MS, le } from './pki.ts';

/** Certificates that we mint (bench, HTTPS door), read back by our reader and by OpenSSL (RFC 5280). */

const QUAND = le('2026-06-15T12:00:00.789Z');
const DEBUT = le('2026-06-15T12:00:00Z');
const demande = (change: Partial<DemandeCertificat> = {}): DemandeCertificat => ({
  nom: 'serveur é',
  jours: 10,
  quand: QUAND,
  usage: 'serveur',
  ...change,
});

function relire({ certificat }: Pick<Paire, 'certificat'>): Certificat {
  const lu = lireCertificat(certificat);
  return lu.type === 'lu' ? lu.certificat : expect.fail(lu.motif);
}
const vu = ({ certificat }: Pick<Paire, 'certificat'>): X509Certificate => new X509Certificate(certificat);

let autorite: Autorite;
beforeAll(async () => {
  autorite = await creerAutorite({ nom: 'AC d’essai', jours: 30, quand: QUAND });
});

describe('an authority', () => {
  test('self-signed, of version 3, that may issue, for leaves alone', () => {
    const lu = relire(autorite);
    expect(lu).toMatchObject({
      version: 3,
      sujet: { texte: 'CN=AC d’essai' },
      emetteur: { texte: 'CN=AC d’essai' },
      debut: DEBUT,
      fin: DEBUT + 30 * JOUR_MS,
      cle: { courbe: 'prime256v1' },
      signature: { algorithme: { nom: 'ECDSA-SHA256' } },
      extensions: { contraintes: { autorite: true, longueur: 0 }, critiquesInconnues: [] },
    });
    expect(lu.extensions.usages?.toSorted()).toEqual(['cRLSign', 'keyCertSign']);
    expect(lu.extensions.identifiantCle).toMatch(/^[0-9a-f]{40}$/);
    expect(estSignePar(lu, lu)).toBe(true);
    expect(autorite.nom).toBe('AC d’essai');
  });

  test('its key is handed over as PKCS#8, and is the one of the certificate', () => {
    expect(autorite.cle).toMatch(/^-----BEGIN PRIVATE KEY-----\n(.{1,64}\n)+-----END PRIVATE KEY-----\n$/);
    expect(autorite.certificat).toMatch(
      /^-----BEGIN CERTIFICATE-----\n(.{64}\n)+.{1,64}\n-----END CERTIFICATE-----\n$/,
    );
    expect(vu(autorite).checkPrivateKey(createPrivateKey(autorite.cle))).toBe(true);
  });
});

describe('a certificate that it signs', () => {
  test.each([
    ['serveur', '1.3.6.1.5.5.7.3.1'],
    ['client', '1.3.6.1.5.5.7.3.2'],
  ] as const)('%s: not an authority, signs, for that use', async (usage, oid) => {
    const paire = await emettre(autorite, demande({ usage }));
    const lu = relire(paire);
    expect(lu).toMatchObject({
      sujet: { texte: 'CN=serveur é' },
      emetteur: { texte: 'CN=AC d’essai' },
      debut: DEBUT,
      fin: DEBUT + 10 * JOUR_MS,
      extensions: { contraintes: { autorite: false }, usages: ['digitalSignature'], usagesEtendus: [oid] },
    });
    expect(estSignePar(lu, relire(autorite))).toBe(true);
    expect(lu.extensions.identifiantCleEmetteur).toBe(relire(autorite).extensions.identifiantCle);
    expect(lu.extensions.identifiantCle).not.toBe(lu.extensions.identifiantCleEmetteur);
    expect(vu(paire).checkPrivateKey(createPrivateKey(paire.cle))).toBe(true);
    expect(vu(paire).checkIssued(vu(autorite))).toBe(true);
  });

  test('its names: hosts and addresses, of both kinds; none when none is asked', async () => {
    const dns = ['mairie.example', '*.mairie.example'];
    const ip = ['127.0.0.1', '192.168.255.4', '::1', '2001:db8::ff:1', 'fe80::', '1:2:3:4:5:6:7:8'];
    const paire = await emettre(autorite, demande({ dns, ip }));
    for (const hote of ['mairie.example', 'www.mairie.example'])
      expect(vu(paire).checkHost(hote)).toBeDefined();
    for (const adresse of ip) expect(vu(paire).checkIP(adresse)).toBe(adresse);
    expect([
      vu(paire).checkHost('autre.example'),
      vu(paire).checkIP('127.0.0.2'),
      vu(paire).checkIP('::2'),
    ]).toEqual([undefined, undefined, undefined]);
    expect(vu(await emettre(autorite, demande())).subjectAltName).toBeUndefined();
    expect(vu(await emettre(autorite, demande({ dns: [], ip: [] }))).subjectAltName).toBeUndefined();
  });

  test('serials are positive, of 127 bits, and never the same', async () => {
    const series = (await Promise.all([1, 2, 3].map(() => emettre(autorite, demande())))).map(
      (p) => relire(p).serie.octets,
    );
    expect(new Set(series.map((s) => Buffer.from(s).toString('hex'))).size).toBe(3);
    for (const serie of series) {
      expect(serie).toHaveLength(16);
      expect((serie[0] ?? 0) >> 6).toBe(1);
    }
  });

  test('dates after 2049 are written so that they are read (RFC 5280 § 4.1.2.5)', async () => {
    const loin = relire(await emettre(autorite, demande({ jours: 365 * 40 })));
    expect([loin.debut, loin.fin]).toEqual([DEBUT, DEBUT + 365 * 40 * JOUR_MS]);
    const bord = relire(await emettre(autorite, demande({ quand: le('2049-12-31T23:59:59Z'), jours: 0 })));
    expect(bord.fin).toBe(le('2049-12-31T23:59:59Z'));
    const apres = relire(await emettre(autorite, demande({ quand: le('2050-01-01T00:00:00Z'), jours: 0 })));
    expect(apres.fin).toBe(le('2050-01-01T00:00:00Z'));
  });
});

describe('named defects: refused for this reason alone', () => {
  test('expired for a day; not valid before a sound one would end', async () => {
    const expire = relire(await emettre(autorite, demande({ defaut: 'expire' })));
    expect([expire.debut, expire.fin]).toEqual([DEBUT - 11 * JOUR_MS, DEBUT - JOUR_MS]);
    const tot = relire(await emettre(autorite, demande({ defaut: 'pas_encore' })));
    expect([tot.debut, tot.fin]).toEqual([DEBUT + 10 * JOUR_MS, DEBUT + 20 * JOUR_MS]);
    for (const lu of [expire, tot]) expect(estSignePar(lu, relire(autorite))).toBe(true);
  });

  test('a signature that is false, in a certificate that is read all the same', async () => {
    const paire = await emettre(autorite, demande({ defaut: 'signature' }));
    const lu = relire(paire);
    expect([lu.debut, estSignePar(lu, relire(autorite))]).toEqual([DEBUT, false]);
    expect(paire.certificat).toMatch(
      /^-----BEGIN CERTIFICATE-----\n(.{64}\n)+.{1,64}\n-----END CERTIFICATE-----\n$/,
    );
  });
});

test('a self-signed certificate of a server, that is no authority: the HTTPS door before it has a real one', async () => {
  const paire = await autosigne({ nom: 'porte', jours: 20, quand: QUAND, dns: ['localhost'], ip: ['::1'] });
  const lu = relire(paire);
  expect(lu).toMatchObject({
    sujet: { texte: 'CN=porte' },
    emetteur: { texte: 'CN=porte' },
    debut: DEBUT,
    fin: DEBUT + 20 * JOUR_MS,
    extensions: { contraintes: { autorite: false }, usagesEtendus: ['1.3.6.1.5.5.7.3.1'] },
  });
  expect(estSignePar(lu, lu)).toBe(true);
  expect(lu.extensions.identifiantCleEmetteur).toBe(lu.extensions.identifiantCle);
  expect([vu(paire).checkHost('localhost'), vu(paire).checkIP('::1')]).toEqual(['localhost', '::1']);
  expect(vu(paire).checkPrivateKey(createPrivateKey(paire.cle))).toBe(true);
});
