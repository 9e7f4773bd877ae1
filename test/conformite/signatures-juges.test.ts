import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENVELOPPEE, EXC_C14N, EXC_C14N_COMMENTAIRES } from '../../src/formats/xades/algorithmes.ts';
import { verifierListe } from '../../src/formats/xades/base/liste.ts';
import { NS_DS } from '../../src/formats/xades/espaces.ts';
import { listeEssai } from '../unit/formats/certificats/liste-essai.ts';
import type { Pki } from '../unit/formats/certificats/pki.ts';
import { PARTAGE } from '../unit/formats/chemins.ts';
import { cleDe, codes as codesPes, signer, verifier as verifierPes } from '../unit/formats/xades/atelier.ts';
import {
  ACTE,
  ANNEXE,
  codes as codesBase,
  envelopper,
  fournir,
  LES_DEUX,
  MESSAGE,
  separer,
  verifier as verifierBase,
} from '../unit/formats/xades-base/atelier.ts';
import { Jdk, type SignatureJdk } from './jdk.ts';
import {
  algorithmeDe,
  COMBINAISONS,
  ENCODAGES,
  type FormeBase,
  FORMES_BASE,
  gabaritBase,
  ordreBase,
  ordrePes,
  pesEn,
  preparerAtelier,
} from './signatures.ts';
import { assurerXmlsec, signerXmlsec, verifierXmlsec } from './xmlsec.ts';

/** Two judges that owe us nothing: the JDK (javax.xml.crypto) and xmlsec1, in both directions. */

let pki: Pki;
let jdk: Jdk;
beforeAll(async () => {
  await assurerXmlsec();
  jdk = await Jdk.ouvrir();
  pki = preparerAtelier();
}, 900_000);
afterAll(async () => {
  await jdk.fermer();
  pki.fermer();
});

/** The JDK on the whole file, then xmlsec1 on each of its signatures. */
async function juges(octets: Buffer, signatures: number): Promise<boolean[]> {
  pki.ecrire('nous.xml', octets);
  const fichier = pki.chemin('nous.xml');
  const avis = await jdk.verifier(octets, pki.dossier);
  const rangs = Array.from({ length: signatures }, (_, n) => verifierXmlsec(fichier, n + 1).juste);
  return [avis.juste, ...rangs];
}

async function base(
  forme: FormeBase,
  cle: string,
  algorithme: (typeof COMBINAISONS)[number][1],
): Promise<Buffer> {
  const signataire = cleDe(pki, cle, algorithme);
  if (forme === 'detachee') return separer(signataire, LES_DEUX);
  if (forme === 'enveloppante') {
    return separer(signataire, [
      { type: 'xml', mime: 'application/xml', contenu: MESSAGE },
      { type: 'octets', mime: 'application/pdf', contenu: ACTE },
    ]);
  }
  const cible =
    forme === 'element' ? ({ type: 'element', id: 'OBJET' } as const) : ({ type: 'document' } as const);
  return (await envelopper(signataire, MESSAGE, { cible })).octets;
}

describe('the JDK and xmlsec1 verify what we sign', () => {
  test.each(COMBINAISONS.map((c, rang) => [...c, rang] as const))(
    'PES, %s %s: each bordereau and the whole file, in three encodings',
    async (cle, algorithme, rang) => {
      for (const [n, encodage] of ENCODAGES.entries()) {
        const signataire = cleDe(pki, cle, algorithme);
        const bordereaux = await signer(pesEn(encodage), signataire);
        const fichier = await signer(pesEn(encodage), signataire, { cibles: { type: 'fichier' } });
        // xmlsec1 is a process a signature: each key and digest in one encoding, each encoding with four of them
        const tour = n === rang % ENCODAGES.length;
        expect(await juges(bordereaux.octets, tour ? 2 : 0)).toEqual(tour ? [true, true, true] : [true]);
        expect(await juges(fichier.octets, tour ? 1 : 0)).toEqual(tour ? [true, true] : [true]);
      }
    },
  );

  test.each(COMBINAISONS)('baseline B, %s %s: detached, enveloping, enveloped', async (cle, algorithme) => {
    for (const forme of FORMES_BASE) {
      expect([forme, ...(await juges(await base(forme, cle, algorithme), 1))]).toEqual([forme, true, true]);
    }
  });

  test('a judge that says yes to everything would be of no use', async () => {
    const { octets } = await signer(pesEn('UTF-8'), cleDe(pki, 'rsa'));
    const altere = octets.toString('latin1').replace('V="60632"', 'V="60633"');
    expect(await juges(Buffer.from(altere, 'latin1'), 1)).toEqual([false, false]);
    const autre = await base('detachee', 'rsa', 'RSA-SHA256');
    pki.ecrire('pieces/annexe.xml', 'autre');
    expect(await juges(autre, 1)).toEqual([false, false]);
    pki.ecrire('pieces/annexe.xml', ANNEXE);
  });
});

async function parJdk(ordre: SignatureJdk): Promise<Buffer> {
  expect(await jdk.signer(ordre)).toEqual({ juste: true, dit: 'juste' });
  const octets = readFileSync(ordre.sortie);
  expect(await jdk.verifier(octets, pki.dossier)).toEqual({ juste: true, dit: 'juste' });
  return octets;
}

describe('we verify what the JDK signs', () => {
  test.each(COMBINAISONS)(
    'PES, %s %s: a bordereau, the whole file, in three encodings',
    async (nom, algorithme) => {
      for (const encodage of ENCODAGES) {
        pki.ecrire('source.xml', pesEn(encodage));
        for (const id of ['BORD2', 'PES1']) {
          const octets = await parJdk({ ...ordrePes(pki, { nom, algorithme }, id), encodage });
          const rapport = await verifierPes(octets);
          expect([rapport.signatures[0]?.etat, rapport.signatures[0]?.couvre?.id]).toEqual(['valide', id]);
          expect(codesPes(rapport)).toEqual([]);
        }
      }
    },
  );

  test.each(COMBINAISONS)('baseline B, %s %s: detached, enveloping, enveloped', async (nom, algorithme) => {
    for (const forme of FORMES_BASE) {
      const rapport = await verifierBase(await parJdk(ordreBase(pki, { nom, algorithme }, forme)), fournir());
      expect([forme, rapport.signatures[0]?.etat]).toEqual([forme, 'valide']);
    }
  });
});

test('we verify a trusted list that the JDK signed (TS 119 612 § 5.7)', async () => {
  const etats = [{ statut: 'granted', debut: '2024-01-01T00:00:00Z' }];
  const services = [{ nom: 'AC d’essai', certificats: [pki.der('ica2')], etats }];
  pki.ecrire('liste.xml', listeEssai({ services }));
  const ordre = ordreBase(pki, { nom: 'rsa', algorithme: 'RSA-SHA512' }, 'document');
  const octets = await parJdk({ ...ordre, source: pki.chemin('liste.xml') });
  expect(await verifierListe(octets)).toMatchObject({ type: 'signee', certificat: pki.der('rsa') });
  const retire = octets.toString('utf8').replace('granted', 'withdrawn');
  expect(await verifierListe(Buffer.from(retire))).toMatchObject({ type: 'refusee' });
});

describe('we verify what xmlsec1 signs', () => {
  test.each(COMBINAISONS)('baseline B, %s %s: detached, enveloping, enveloped', async (nom, algorithme) => {
    for (const forme of FORMES_BASE) {
      pki.ecrire('gabarit.xml', gabaritBase(pki, { nom, algorithme }, forme));
      const sortie = pki.chemin('de-xmlsec.xml');
      const cle = `${pki.chemin(`${nom}.key`)},${pki.chemin(`${nom}.pem`)}`;
      expect(signerXmlsec(pki.chemin('gabarit.xml'), sortie, cle).juste).toBe(true);
      const rapport = await verifierBase(readFileSync(sortie), fournir());
      expect([forme, rapport.signatures[0]?.etat]).toEqual([forme, 'valide']);
    }
  });
});

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const C14N_11 = 'http://www.w3.org/2006/12/xml-c14n11';
const SHA1 = `${NS_DS}sha1`;
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA_SHA1 = `${NS_DS}rsa-sha1`;
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1';
const CLE = { nom: 'rsa', algorithme: 'RSA-SHA256' } as const;

type Devie = (ordre: SignatureJdk) => SignatureJdk;
/** Changes the reference of this rank. */
const reference =
  (rang: number, change: Partial<SignatureJdk['references'][number]>): Devie =>
  (o) => ({ ...o, references: o.references.map((r, n) => (n === rang ? { ...r, ...change } : r)) });
const sansType: Devie = (o) => ({ ...o, references: o.references.map((r) => ({ ...r, type: '' })) });
const enSha1: Devie = (o) => ({ ...o, references: o.references.map((r) => ({ ...r, hachage: SHA1 })) });
const sansProprietes: Devie = (o) => ({ ...o, references: o.references.slice(0, -1) });
const etranger: Devie = (o) => ({
  ...o,
  objets: [...o.objets, { id: 'X', fichier: pki.chemin('petit.xml') }],
});

/** Every one of these is right by the arithmetic: what refuses or warns is the profile. */
const PES: readonly (readonly [string, string, string, Devie])[] = [
  ['inclusive form of SignedInfo', 'refusee', 'XDS-020', (o) => ({ ...o, c14n: C14N })],
  [
    'inclusive form of the content',
    'refusee',
    'XDS-020',
    reference(0, { transformations: [ENVELOPPEE, C14N] }),
  ],
  ['no form asked of the content', 'refusee', 'XDS-043', reference(0, { transformations: [ENVELOPPEE] })],
  ['no form asked of the properties', 'refusee', 'XDS-043', reference(1, { transformations: [] })],
  ['the document in place of the element', 'refusee', 'XDS-032', reference(0, { uri: '' })],
  [
    'a third reference',
    'refusee',
    'XDS-030',
    (o) => ({
      ...o,
      references: [...o.references, { uri: '#BORD2', hachage: SHA256, transformations: [EXC_C14N] }],
    }),
  ],
  ['the properties left out', 'refusee', 'XDS-030', sansProprietes],
  ['an object of its own', 'refusee', 'XDS-017', etranger],
  ['RSA-PSS', 'refusee', 'XDS-024', (o) => ({ ...o, methode: PSS })],
  ['SHA-1 digests', 'obsolete', 'XDS-050', enSha1],
  ['RSA-SHA1', 'obsolete', 'XDS-025', (o) => ({ ...o, methode: RSA_SHA1 })],
  ['no Type', 'valide', '', sansType],
  [
    'forms with comments',
    'valide',
    '',
    reference(0, { transformations: [ENVELOPPEE, EXC_C14N_COMMENTAIRES] }),
  ],
];

describe('PES signed by the JDK with a small deviation', () => {
  test.each(PES)('%s: %s %s', async (...[, etat, code, devie]) => {
    // with a comment inside, which #WithComments must not count (XML-Signature § 4.4.3.3)
    const source = pesEn('UTF-8').toString('utf8').replace('<BlocBordereau>', '<!-- vu --><BlocBordereau>');
    pki.ecrire('source.xml', source);
    pki.ecrire('petit.xml', '<petit/>');
    const rapport = await verifierPes(await parJdk(devie(ordrePes(pki, CLE, 'BORD1'))));
    expect(rapport.signatures[0]?.etat).toBe(etat);
    expect(codesPes(rapport).filter((c) => c !== 'XDS-107')).toEqual(
      code === '' ? [] : expect.arrayContaining([code]),
    );
  });
});

const BASE: readonly (readonly [string, FormeBase, string, string, Devie])[] = [
  ['inclusive form of SignedInfo', 'document', 'valide', '', (o) => ({ ...o, c14n: C14N })],
  [
    'inclusive form of SignedInfo, comments kept',
    'document',
    'valide',
    '',
    (o) => ({ ...o, c14n: `${C14N}#WithComments` }),
  ],
  [
    'inclusive form of the document',
    'document',
    'valide',
    '',
    reference(0, { transformations: [ENVELOPPEE, C14N] }),
  ],
  [
    'inclusive form of an element',
    'element',
    'valide',
    '',
    reference(0, { transformations: [ENVELOPPEE, C14N] }),
  ],
  ['inclusive form of an object', 'enveloppante', 'valide', '', reference(0, { transformations: [C14N] })],
  ['inclusive form of the properties', 'detachee', 'valide', '', reference(2, { transformations: [C14N] })],
  [
    'comments kept',
    'document',
    'valide',
    '',
    reference(0, { transformations: [ENVELOPPEE, EXC_C14N_COMMENTAIRES] }),
  ],
  [
    'comments kept, inclusive',
    'document',
    'valide',
    '',
    reference(0, { transformations: [ENVELOPPEE, `${C14N}#WithComments`] }),
  ],
  [
    'no form asked of the document',
    'document',
    'valide',
    '',
    reference(0, { transformations: [ENVELOPPEE] }),
  ],
  ['no form asked of an object', 'enveloppante', 'valide', '', reference(0, { transformations: [] })],
  ['Type of an object', 'enveloppante', 'valide', '', reference(0, { type: `${NS_DS}Object` })],
  [
    'Type of the properties with its version',
    'detachee',
    'valide',
    '',
    reference(2, { type: 'http://uri.etsi.org/01903/v1.3.2#SignedProperties' }),
  ],
  ['no Type', 'detachee', 'valide', 'XDS-137', sansType],
  ['no Id, so no nature', 'detachee', 'refusee', 'XDS-134', reference(0, { id: '' })],
  ['Canonical XML 1.1 of SignedInfo', 'document', 'refusee', 'XDS-120', (o) => ({ ...o, c14n: C14N_11 })],
  [
    'Canonical XML 1.1 of the document',
    'document',
    'refusee',
    'XDS-120',
    reference(0, { transformations: [ENVELOPPEE, C14N_11] }),
  ],
  [
    'an object decoded from base64',
    'enveloppante',
    'refusee',
    'XDS-046',
    reference(1, { transformations: [`${NS_DS}base64`] }),
  ],
  ['an element inside an object', 'enveloppante', 'refusee', 'XDS-037', reference(0, { uri: '#ACTE' })],
  ['a file canonicalised', 'detachee', 'refusee', 'XDS-129', reference(1, { transformations: [EXC_C14N] })],
  ['the same file twice', 'detachee', 'refusee', 'XDS-126', reference(1, { uri: 'acte%20n%C2%B0%201.pdf' })],
  ['an object without reference', 'detachee', 'refusee', 'XDS-130', etranger],
  ['the properties left out', 'detachee', 'refusee', 'XDS-039', sansProprietes],
  ['RSA-PSS', 'detachee', 'refusee', 'XDS-024', (o) => ({ ...o, methode: PSS })],
  ['SHA-1 digests', 'detachee', 'obsolete', 'XDS-050', enSha1],
  ['RSA-SHA1', 'document', 'obsolete', 'XDS-025', (o) => ({ ...o, methode: RSA_SHA1 })],
];

describe('baseline B signed by the JDK with a small deviation', () => {
  test.each(BASE)('%s (%s): %s %s', async (...[, forme, etat, code, devie]) => {
    const commente = MESSAGE.toString('latin1').replace('<vide/>', '<!-- vu --><vide/>');
    pki.ecrire('message.xml', Buffer.from(commente, 'latin1'));
    pki.ecrire('petit.xml', '<petit/>');
    const rapport = await verifierBase(await parJdk(devie(ordreBase(pki, CLE, forme))), fournir());
    expect(rapport.signatures[0]?.etat).toBe(etat);
    const trouves = codesBase(rapport).filter((c) => c !== 'XDS-106' && c !== 'XDS-107');
    expect(trouves).toEqual(code === '' ? [] : expect.arrayContaining([code]));
  });
});

const TERRAIN = [
  'stela-PESALR2_25060187900027_190328_001.xml',
  'stela-test-perime-04-04-2016.xml',
  'pastell-libersign-fichier_signe.xml',
  'pastell-PESALR2_49101169800000_171227_2045.xml',
].map((nom) => `${PARTAGE}exemples/helios/aller/${nom}`);

describe.runIf(TERRAIN.every((f) => existsSync(f)))('signatures found in the field', () => {
  test.each(TERRAIN)('%s: the three verifiers agree on the arithmetic', async (fichier) => {
    const octets = readFileSync(fichier);
    expect(await juges(octets, 1)).toEqual([true, true]);
    expect((await verifierPes(octets)).signatures[0]?.integrite).toBe('intacte');
  });

  test.each(TERRAIN)('%s: of PES, so not of the baseline profile', async (fichier) => {
    const rapport = await verifierBase(readFileSync(fichier));
    expect([rapport.conclusion, codesBase(rapport)]).toEqual([
      'refusee',
      expect.arrayContaining(['XDS-121']),
    ]);
  });
});

test('what is signed with is what is announced', () => {
  for (const [, nom] of COMBINAISONS) expect(algorithmeDe(nom).nom).toBe(nom);
});
