import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jugerCertificat } from '../../../../src/formats/certificats/confiance.ts';
import { ouvrirMagasin } from '../../../../src/formats/certificats/magasin.ts';
import { construireQuestionOcsp, interrogerOcsp } from '../../../../src/formats/certificats/ocsp.ts';
import type { EtatRevocation } from '../../../../src/formats/certificats/revocation.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { EXTENSIONS, JOUR_MS, openssl, Pki } from './pki.ts';

/** The responder's own revocation (RFC 6960 § 4.2.2.2.1). openssl answers at the real time: the PKI lives around it. */

const MAINTENANT = Math.floor(Date.now() / 1000) * 1000;
const jour = (n: number) => new Date(MAINTENANT + n * JOUR_MS).toISOString().slice(0, 10);
const utc = (n: number) =>
  new Date(MAINTENANT + n * JOUR_MS)
    .toISOString()
    .replaceAll(/[-:T]|\.000/g, '')
    .slice(2);
const VIE = { debut: jour(-30), fin: jour(300) };
const OPTIONS = { emise: jour(-1), jusqua: jour(2) };
const RESERVE = 'la non-révocation du répondeur lui-même n’a pas été contrôlée';

let pki: Pki;
let propre: Buffer;
let sale: Buffer;
beforeAll(() => {
  pki = new Pki();
  const emis = (nom: string, extensions: readonly string[]) =>
    pki.emettre('vive', { nom, extensions, ...VIE });
  emis('vive', EXTENSIONS.racine);
  emis('porteur', EXTENSIONS.signataire);
  for (const nom of ['nu', 'perdu-depuis']) emis(nom, EXTENSIONS.ocsp);
  for (const nom of ['nocheck', 'nocheck-perdu']) emis(nom, [...EXTENSIONS.ocsp, 'noCheck=ignored']);
  propre = pki.crl('vive', { nom: 'propre', ...OPTIONS });
  // The clock of the list: one responder revoked before the answer, one whose revocation is dated after it.
  pki.revoquer('vive', 'nu', { quand: utc(-10), motif: 'keyCompromise' });
  pki.revoquer('vive', 'nocheck-perdu', { quand: utc(-10), motif: 'keyCompromise' });
  pki.revoquer('vive', 'perdu-depuis', { quand: utc(1), motif: 'keyCompromise' });
  sale = pki.crl('vive', { nom: 'sale', ...OPTIONS });
});
afterAll(() => pki.fermer());

function reponse(par: string): Buffer {
  const question = { certificat: pki.certificat('porteur'), emetteur: pki.certificat('vive'), nonce: null };
  pki.ecrire(`${par}.question`, construireQuestionOcsp(question));
  // biome-ignore format: one option per pair reads better
  openssl('ocsp', '-index', pki.chemin('vive.index'), '-CA', pki.chemin('vive.pem'), '-rsigner', pki.chemin(`${par}.pem`),
    '-rkey', pki.chemin(`${par}.key`), '-reqin', pki.chemin(`${par}.question`), '-respout', pki.chemin(`${par}.reponse`),
    '-ndays', '1');
  return pki.lire(`${par}.reponse`);
}

function demander(par: string, crl: readonly Uint8Array[]): EtatRevocation {
  return interrogerOcsp(reponse(par), {
    certificat: pki.certificat('porteur'),
    emetteur: pki.certificat('vive'),
    instant: (MAINTENANT + 60_000) as Instant,
    nonce: null,
    crl,
  });
}

describe('a delegated responder without ocsp-nocheck', () => {
  test('nothing to check it with: accepted, and said', () => {
    expect(demander('nu', [])).toMatchObject({ etat: 'bon', reserves: [RESERVE] });
  });

  test('a list that does not name it: no reserve, and the list is evidence too', () => {
    const etat = demander('nu', [propre]);
    expect(etat).toMatchObject({ etat: 'bon', reserves: [] });
    expect(etat.etat === 'bon' && etat.appuis?.map((p) => p.type)).toEqual(['crl']);
  });

  test('a list that names it: its answer proves nothing, even when the revocation is dated after it', () => {
    expect(demander('nu', [sale])).toMatchObject({ etat: 'inconnu', code: 'repondeur_revoque' });
    expect(demander('perdu-depuis', [propre, sale])).toMatchObject({ code: 'repondeur_revoque' });
  });
});

test('the list that clears the responder is among the evidence of the verdict', () => {
  const ancre = { certificat: Buffer.from(pki.der('vive')).toString('base64'), nom: 'vive', periodes: [] };
  const niveaux = [{ emetteur: '*', politique: '*', niveau: 'N' }];
  const famille = {
    nom: 'f',
    libelle: 'F',
    lecture: 'tableau' as const,
    ancres: [ancre],
    niveaux,
    origine: '',
  };
  const verdict = jugerCertificat({
    certificat: pki.der('porteur'),
    intermediaires: [],
    magasin: ouvrirMagasin({ version: 1, familles: [famille] }),
    instant: (MAINTENANT + 60_000) as Instant,
    preuves: { crl: [propre], ocsp: [{ reponse: reponse('nu'), nonce: null }] },
  });
  expect(verdict.type).toBe('confiance');
  expect(verdict.preuves.map((p) => p.type)).toEqual(['ocsp', 'crl']);
});

test('an answer older than the site admits is stale, whatever its nextUpdate', () => {
  const question = {
    certificat: pki.certificat('porteur'),
    emetteur: pki.certificat('vive'),
    instant: (MAINTENANT + 3_600_000) as Instant,
    nonce: null,
  };
  const source = reponse('nocheck');
  const agee = (ocsp: number | null) => interrogerOcsp(source, { ...question, ageMax: { crl: 1, ocsp } });
  expect([agee(null), agee(7_200_000)].map((e) => e.etat)).toEqual(['bon', 'bon']);
  expect(agee(1_800_000)).toMatchObject({ code: 'perimee' });
});

describe('a delegated responder with ocsp-nocheck', () => {
  test('needs no check; a revocation that is seen all the same counts', () => {
    expect(demander('nocheck', [])).toMatchObject({ etat: 'bon', reserves: [] });
    expect(demander('nocheck-perdu', [sale])).toMatchObject({ code: 'repondeur_revoque' });
  });
});
