import { createHash, createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signataireLocal } from '../../../src/adapters/signataire/local.ts';
import type { DemandeBase } from '../../../src/formats/xades/base/signer-types.ts';
import { verifierBase } from '../../../src/formats/xades/base/verifier.ts';
import type { Piece } from '../../../src/metier/flux.ts';
import type { Sha256 } from '../../../src/metier/identifiants.ts';
import type { Signataire } from '../../../src/ports/signataire.ts';
import { formulaireSeul } from '../../../src/protocoles/actes/formulaire.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import { sansSignature } from '../../../src/protocoles/actes/signature.ts';
import {
  type ReglesPlaces,
  type SignaturePlacee,
  verifierPlaces,
} from '../../../src/protocoles/actes/signature/verifier.ts';
import type { FaitsEnveloppe, FaitsSignature } from '../../../src/protocoles/protocole.ts';
import { cms, pkiCms } from '../formats/certificats/cms-essai.ts';
import type { Pki } from '../formats/certificats/pki.ts';
import { morceaux } from '../formats/xades/atelier.ts';
import { fichier, separer } from '../formats/xades-base/atelier.ts';
import { refaire } from '../formats/xades-base/forger.ts';
import { ANNEXE, FICHE, faits, faitsEnveloppe, flux, METADONNEES, PDF } from './decor.ts';

const DOCUMENT = '99_DE-034-000000018-20260301-2026_014-DE-1-1_1.pdf';
const PLAN = '70_DE-034-000000018-20260301-2026_014-DE-1-1_2.pdf';
const ACTE = Buffer.from('%PDF-1.7\n% délibération\n%%EOF\n', 'latin1');

let pki: Pki;
beforeAll(() => {
  pki = pkiCms();
});
afterAll(() => pki.fermer());

const FAITS = faits({
  metadonnees: { annexes: [{ typologie: '70_DE' }] },
  pieces: [PDF, ANNEXE],
});

function envoi(depot = FAITS): FaitsEnveloppe {
  const { lu } = actes.depot.controler(depot);
  if (lu === null) throw new TypeError('unreadable deposit');
  return faitsEnveloppe(depot, lu);
}

const cle = (): Signataire =>
  signataireLocal({ cle: createPrivateKey(pki.lire('rsa.key')), certificat: pki.der('rsa'), chaine: [] });

/** A detached signature of these bytes under this name. */
function signer(nom: string, octets = ACTE, suite: Partial<DemandeBase> = {}): Promise<Buffer> {
  return separer(cle(), [fichier(nom, octets)], suite);
}

function message(signature: Uint8Array, nom = DOCUMENT): Uint8Array {
  return actes.enveloppe.preparer(envoi()).ecrire(new Map([[nom, signature]]));
}

const REGLES: ReglesPlaces = {
  fichiers: new Map([[DOCUMENT, () => morceaux(ACTE)]]),
  autresNoms: () => [],
};

async function verifier(
  xml: Uint8Array,
  regles: Partial<ReglesPlaces> = {},
): Promise<readonly SignaturePlacee[]> {
  const verdict = await verifierPlaces(xml, { ...REGLES, ...regles });
  if (verdict.type !== 'lu') throw new TypeError(verdict.motif);
  return verdict.signatures;
}

const dire = ({ forme, etat, constats }: SignaturePlacee): string[] => [
  forme,
  etat,
  ...constats.filter((c) => c.gravite !== 'reserve').map((c) => c.code),
];

describe('a signature in the place of the norm (actesv1_1.xsd, FichierSigne)', () => {
  test('XAdES is a child of Signature, after NomFichier, to the byte; a file without has no such element', async () => {
    const signature = await signer(DOCUMENT);
    const texte = Buffer.from(message(signature)).toString('latin1');
    const element = signature
      .toString('latin1')
      .replace(/^<\?xml[^>]*\?>\s*/, '')
      .trim();
    expect(texte).toContain(
      `<actes:NomFichier>${DOCUMENT}</actes:NomFichier>\n  <actes:Signature>${element}</actes:Signature>`,
    );
    expect(texte.match(/<actes:Signature>/g)).toHaveLength(1);
  });

  test('a PKCS#7 is base64 text of its structure, whether it came in DER or in PEM (actes.md E.6)', async () => {
    const der = cms({ pki, contenu: ACTE });
    const pem = Buffer.from(`-----BEGIN PKCS7-----\n${der.toString('base64')}\n-----END PKCS7-----\n`);
    for (const depose of [der, pem]) {
      const xml = message(depose);
      expect(Buffer.from(xml).toString('latin1')).toContain(
        `<actes:Signature>${der.toString('base64')}</actes:Signature>`,
      );
      expect((await verifier(xml)).map(dire)).toEqual([['PKCS#7', 'valide']]);
    }
  });

  test('the same facts and signatures give the same bytes; without any, the message is what it always was', async () => {
    const signatures = new Map([[DOCUMENT, await signer(DOCUMENT)]]);
    const f = envoi();
    expect(actes.enveloppe.composer({ ...f, signatures })).toEqual(
      actes.enveloppe.composer({ ...f, signatures }),
    );
    expect(actes.enveloppe.composer({ ...f, signatures: new Map() })).toEqual(actes.enveloppe.composer(f));
  });

  test('a signature in UTF-8 with accents keeps its value in a message in ISO-8859-1', async () => {
    const signature = await signer(DOCUMENT, ACTE, { role: 'Maire déléguée — œuvres' });
    const accents = Buffer.from(
      signature.toString('latin1').replace(/&#x?([0-9A-Fa-f]+);/g, (m) => {
        const hexa = m.startsWith('&#x');
        return String.fromCodePoint(Number.parseInt(m.slice(hexa ? 3 : 2, -1), hexa ? 16 : 10));
      }),
      'utf8',
    );
    expect(accents.includes(Buffer.from('déléguée', 'utf8'))).toBe(true);
    const [vue] = await verifier(message(accents));
    expect([vue?.etat, vue?.roles]).toEqual(['valide', ['Maire déléguée — œuvres']]);
  });

  test('that of the message stands in its envelope, and covers its bytes', async () => {
    const octets = Buffer.from(message(await signer(DOCUMENT)));
    const signature = await signer('m.xml', octets);
    const regles = { fichiers: new Map([['m.xml', () => [octets]]]) };
    const [vue] = await verifier(formulaireSeul({ nom: 'm.xml', signature }), regles);
    expect([vue?.genre, vue?.etat]).toEqual(['Formulaire', 'valide']);
    const change = Buffer.from(octets.toString('latin1').replace('2026_014', '2026_015'), 'latin1');
    const autre = { fichiers: new Map([['m.xml', () => [change]]]) };
    expect((await verifier(formulaireSeul({ nom: 'm.xml', signature }), autre)).map(dire)).toEqual([
      ['XAdES', 'refusee', 'XDS-127'],
    ]);
  });
});

describe('named defects', () => {
  const CAS: readonly (readonly [string, () => Promise<Uint8Array>, string[]])[] = [
    ['of another document', () => signer(DOCUMENT, Buffer.from('autre')), ['XAdES', 'refusee', 'XDS-127']],
    ['of another file', () => signer('autre.pdf'), ['XAdES', 'refusee', 'SGN-001']],
    [
      'one byte of its properties altered',
      async () =>
        Buffer.from(
          (await signer(DOCUMENT)).toString('latin1').replace('application/pdf', 'application/pdg'),
        ),
      ['XAdES', 'refusee', 'XDS-054'],
    ],
    [
      'its value is that of another',
      async () => {
        const [une, autre] = [await signer(DOCUMENT), await signer(DOCUMENT, Buffer.from('autre'))];
        const valeur = /<ds:SignatureValue[^>]*>[^<]*/.exec(autre.toString('latin1'))?.[0] ?? '';
        return Buffer.from(une.toString('latin1').replace(/<ds:SignatureValue[^>]*>[^<]*/, valeur));
      },
      ['XAdES', 'refusee', 'XDS-062'],
    ],
    [
      'enveloping, which carries a copy of the file',
      () => separer(cle(), [{ type: 'octets', mime: 'application/pdf', contenu: ACTE }]),
      ['XAdES', 'refusee', 'SGN-002'],
    ],
    [
      'of two files at once',
      () => separer(cle(), [fichier(DOCUMENT, ACTE), fichier(PLAN, ACTE)]),
      ['XAdES', 'refusee', 'SGN-002'],
    ],
    [
      'PKCS#7 of another document',
      async () => cms({ pki, contenu: Buffer.from('autre') }),
      ['PKCS#7', 'refusee', 'CMS-025'],
    ],
    [
      'PKCS#7 that carries its content',
      async () => cms({ pki, contenu: ACTE, porte: true }),
      ['PKCS#7', 'refusee', 'CMS-005'],
    ],
    [
      'PKCS#7 of two signers',
      async () => cms({ pki, contenu: ACTE, fois: 2 }),
      ['PKCS#7', 'refusee', 'CMS-004'],
    ],
    [
      'PKCS#7 cut short',
      async () => cms({ pki, contenu: ACTE }).subarray(0, 300),
      ['PKCS#7', 'refusee', 'CMS-001'],
    ],
    ['neither', async () => Buffer.from('rien'), ['PKCS#7', 'refusee', 'CMS-001']],
  ];
  test.each(CAS)('%s', async (_titre, faire, attendu) => {
    expect((await verifier(message(await faire()))).map(dire)).toEqual([attendu]);
  });

  test('inclusive canonical form: sound alone, it does not survive in the message', async () => {
    const exclusive = 'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"';
    const texte = (await signer(DOCUMENT)).toString('latin1');
    const inclusive = texte.replace(
      `<ds:CanonicalizationMethod ${exclusive}>`,
      '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">',
    );
    expect(inclusive).not.toBe(texte);
    const signature = Buffer.from(refaire(inclusive, pki.lire('rsa.key')), 'latin1');
    const seule = await verifierBase(() => [signature], { fichiers: REGLES.fichiers });
    expect(seule).toMatchObject({ type: 'lu', conclusion: 'valide' });
    const [vue] = await verifier(message(signature));
    expect([vue?.etat, vue?.integrite]).toEqual(['refusee', 'rompue']);
  });

  test('a signature dated out of its certificate is told; judging it is for the settings', async () => {
    const texte = (await signer(DOCUMENT)).toString('latin1');
    const tardive = texte.replace(/(<xad:SigningTime>)[^<]*/, '$12040-01-01T00:00:00Z');
    const xml = message(Buffer.from(refaire(tardive, pki.lire('rsa.key')), 'latin1'));
    const [vue] = await verifier(xml);
    expect([vue?.etat, vue?.constats.map((c) => c.code)]).toEqual([
      'valide',
      expect.arrayContaining(['XDS-104']),
    ]);
    const [p7] = await verifier(message(cms({ pki, de: 'expire', contenu: ACTE })));
    expect([p7?.etat, p7?.constats.map((c) => c.code)]).toEqual([
      'valide',
      expect.arrayContaining(['CMS-036']),
    ]);
  });

  test('the file that it goes with is not there', async () => {
    const [vue] = await verifier(message(await signer(DOCUMENT)), { fichiers: new Map() });
    expect(vue === undefined ? [] : dire(vue)).toEqual(['XAdES', 'refusee', 'SGN-005']);
    const [p7] = await verifier(message(cms({ pki, contenu: ACTE })), { fichiers: new Map() });
    expect(p7 === undefined ? [] : dire(p7)).toEqual(['inconnue', 'refusee', 'SGN-005']);
  });

  const place = (dedans: string): Uint8Array => {
    const xml = Buffer.from(message(Buffer.from('MA==')));
    return Buffer.from(
      xml
        .toString('latin1')
        .replace(/<actes:Signature>.*<\/actes:Signature>/s, `<actes:Signature>${dedans}</actes:Signature>`),
      'latin1',
    );
  };
  test('an empty place, a place with two, a signature in no place', async () => {
    const [a, b] = [await signer(DOCUMENT, ACTE, { id: 'A' }), await signer(DOCUMENT, ACTE, { id: 'B' })].map(
      (s) =>
        s
          .toString('latin1')
          .replace(/^<\?xml[^>]*\?>\s*/, '')
          .trim(),
    );
    expect((await verifier(place(''))).map(dire)).toEqual([['inconnue', 'refusee', 'SGN-003']]);
    expect((await verifier(place(`${a}${b}`))).map(dire)).toEqual([['inconnue', 'refusee', 'SGN-004']]);
    const nue = Buffer.from(message(cms({ pki, contenu: ACTE }))).toString('latin1');
    const egaree = Buffer.from(nue.replace('</actes:Acte>', `${a}</actes:Acte>`), 'latin1');
    expect((await verifier(egaree)).map(dire)).toEqual([
      ['PKCS#7', 'valide'],
      ['inconnue', 'refusee', 'SGN-007'],
    ]);
  });

  test('two equal Ids make the whole message unreadable', async () => {
    const signature = await signer(DOCUMENT);
    const xml = actes.enveloppe.preparer(envoi()).ecrire(
      new Map([
        [DOCUMENT, signature],
        [PLAN, signature],
      ]),
    );
    expect((await verifierPlaces(xml, REGLES)).type).toBe('illisible');
  });
});

describe('the name that a signature gives to its file', () => {
  test.each([
    ['the one that was sent', DOCUMENT, [], 'valide', []],
    ['that of its depositor', 'délib n° 1.pdf', ['délib n° 1.pdf'], 'valide', ['SGN-006']],
    ['another', 'autre.pdf', ['délib n° 1.pdf'], 'refusee', ['SGN-001', 'XDS-128']],
    ['unknown to an auditor, who only has the archive', 'autre.pdf', null, 'valide', ['SGN-006']],
  ] as const)('%s', async (...[, nom, noms, etat, codes]) => {
    const [vue] = await verifier(message(await signer(nom)), { autresNoms: () => noms });
    expect([vue?.etat, vue?.designe]).toEqual([etat, nom]);
    expect(vue?.constats.map((c) => c.code).filter((c) => !c.startsWith('XDS-10'))).toEqual(codes);
  });
});

describe('signatures declared with the pieces', () => {
  const jointe = (nom: string, suite: Partial<FaitsSignature> = {}): FaitsSignature => ({
    nom,
    taille: 4000,
    forme: 'XAdES',
    ...suite,
  });
  function anomalies(
    document: string | undefined,
    signatures: readonly FaitsSignature[],
    annexe?: string,
  ): string[] {
    const declare = (signature: string | undefined) => (signature === undefined ? {} : { signature });
    const metadonnees = {
      ...METADONNEES,
      document: { typologie: '99_DE', ...declare(document) },
      annexes: [{ typologie: '70_DE', ...declare(annexe) }],
    };
    const { rapport } = actes.depot.controler({ ...FAITS, metadonnees, signatures });
    return rapport.reponses.flatMap((r) => r.anomalies).map((a) => `${a.code} ${a.ou ?? ''} ${a.message}`);
  }

  test('each is of one piece, and is joined', () => {
    expect(anomalies('a.p7s', [jointe('a.p7s')])).toEqual([]);
    expect(anomalies('a.p7s', [jointe('a.p7s'), jointe('b.xml')], 'b.xml')).toEqual([]);
    expect(anomalies('C:\\scans\\a.p7s', [jointe('a.p7s')])).toEqual([]);
  });

  test.each([
    [
      'absent',
      () => anomalies('a.p7s', []),
      /SIG-01 document\.signature La signature « a\.p7s » n’est pas jointe/,
    ],
    [
      'of no piece',
      () => anomalies(undefined, [jointe('a.p7s')]),
      /SIG-01 .*« a\.p7s » n’est celle d’aucune pièce/,
    ],
    [
      'of two pieces',
      () => anomalies('a.p7s', [jointe('a.p7s')], 'a.p7s'),
      /SIG-01 .*désignée par plusieurs pièces/,
    ],
    ['two of one name', () => anomalies('a', [jointe('a'), jointe('a')]), /SIG-01 .*Plusieurs signatures/],
    [
      'of no form',
      () => anomalies('a', [jointe('a', { forme: null })]),
      /SIG-02 .*ni une signature XAdES, ni un PKCS#7/,
    ],
    ['too big', () => anomalies('a', [jointe('a', { taille: 2_000_000 })]), /SIG-02 .*pour 1 Mio admis/],
  ] as const)('%s: told at the door', (_titre, faire, dit) => {
    expect(faire().join('\n')).toMatch(dit);
  });

  test('the summary remembers which piece each signs; an acte without any is as it always was', () => {
    const metadonnees = { ...METADONNEES, document: { typologie: '99_DE', signature: 'a.p7s' } };
    const depot = { ...faits({ metadonnees }), signatures: [jointe('a.p7s')] };
    const { lu } = actes.depot.controler(depot);
    expect(lu?.resume).toMatchObject({ signaturesJointes: ['a.p7s'] });
    expect(actes.depot.controler(faits()).lu?.resume).not.toHaveProperty('signaturesJointes');
    if (lu === null) return;
    const nommee = { resume: lu.resume };
    expect(sansSignature(nommee, FICHE, { cachet: 'aucun', nom_cle: '' })).toBe(false);
    const piece = (sha: string): Piece => ({
      role: 'signature',
      nom: 'a.p7s',
      type: 'application/pkcs7-signature',
      taille: 1,
      sha256: createHash('sha256').update(sha).digest('hex') as Sha256,
      sha512: '',
    });
    const f = { ...faitsEnveloppe(faits(), lu), flux: flux(lu) };
    const avec = { ...f, pieces: [...f.pieces, piece('a')] };
    expect(actes.enveloppe.preparer(avec).fichiers[0]?.apportee?.nom).toBe('a.p7s');
    expect(() => actes.enveloppe.preparer(f)).toThrow(/VGM-ACT-002/);
  });
});
