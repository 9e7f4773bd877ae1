import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signerEnveloppe } from '../../../../src/formats/xades/base/enveloppee.ts';
import { signerSepare } from '../../../../src/formats/xades/base/separee.ts';
import { verifierBase } from '../../../../src/formats/xades/base/verifier.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { cleDe, INSTANT, magasin, morceaux, pes, pkiSignature, POLITIQUE_1_7 } from '../xades/atelier.ts';
import type { Pki } from '../certificats/pki.ts';
import {
  ACTE,
  ANNEXE,
  codes,
  demandeDe,
  envelopper,
  fichier,
  fournir,
  LES_DEUX,
  MESSAGE,
  separer,
  verifier,
} from './atelier.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiSignature();
});
afterAll(() => pki.fermer());

const SANS_SIGNATURE = /<ds:Signature .*<\/ds:Signature>/s;
const XML = { type: 'xml', mime: 'application/xml', contenu: MESSAGE } as const;
const OCTETS = { type: 'octets', mime: 'application/pdf', contenu: ACTE } as const;

describe('what we sign in baseline B, we verify (EN 319 132-1 § 6.3)', () => {
  test.each([
    ['rsa', 'RSA-SHA256'],
    ['rsa', 'RSA-SHA384'],
    ['rsa', 'RSA-SHA512'],
    ['ec', 'ECDSA-SHA256'],
    ['p384', 'ECDSA-SHA384'],
    ['ec', 'ECDSA-SHA512'],
  ] as const)('%s %s: detached, enveloping, enveloped', async (nom, algorithme) => {
    const cle = cleDe(pki, nom, algorithme);
    const detachee = await verifier(await separer(cle, LES_DEUX), fournir());
    expect([codes(detachee), detachee.conclusion]).toEqual([[], 'valide']);
    const enveloppante = await verifier(await separer(cle, [XML, OCTETS]));
    expect([codes(enveloppante), enveloppante.conclusion]).toEqual([['XDS-106'], 'valide']);
    const enveloppee = await verifier((await envelopper(cle, MESSAGE)).octets);
    expect([codes(enveloppee), enveloppee.conclusion]).toEqual([['XDS-106'], 'valide']);
    expect(enveloppee.signatures[0]?.algorithme).toBe(algorithme);
  });

  test('detached: the report names each file, its nature, its size', async () => {
    const { role, lieu } = {
      role: 'Maire « délégué » & €',
      lieu: { ville: 'Épreuve', codePostal: '01000', pays: 'FR' },
    };
    const politique = POLITIQUE_1_7;
    const octets = await separer(cleDe(pki, 'rsa'), LES_DEUX, { role, lieu, politique });
    const options = { ...fournir(), politiques: POLITIQUES_HELIOS, magasin: magasin(pki) };
    const rapport = await verifier(octets, options);
    expect(codes(rapport)).toEqual([]);
    expect(rapport.signatures).toMatchObject([
      {
        rang: 1,
        id: 'SIG',
        etat: 'valide',
        integrite: 'intacte',
        certificat: 'concordant',
        version: '1.3.2',
        instant: INSTANT,
        roles: [role],
        lieu,
        politique: { avis: 'connue' },
        signataire: { sujet: 'CN=rsa,O=Essai,C=FR' },
        objets: [
          {
            type: 'fichier',
            nom: 'acte n° 1.pdf',
            mime: 'application/pdf',
            etat: 'intact',
            octets: ACTE.length,
          },
          { type: 'fichier', nom: 'pieces/annexe.xml', mime: 'application/xml', octets: ANNEXE.length },
        ],
      },
    ]);
    // no evidence of revocation was given: trust stays open, never shown as good
    expect(rapport.signatures[0]?.confiance.type).toBe('indetermine');
    expect(rapport.couverture).toEqual({
      document: 'separe',
      couverts: ['acte n° 1.pdf', 'pieces/annexe.xml'],
      nonCouverts: [],
      nonFournis: [],
    });
    expect(rapport.resume).toBe('1 signature valide ; 2 sur 2 fichiers couverts.');
  });

  test('a file that is not given: told, and nothing is called valid', async () => {
    const octets = await separer(cleDe(pki, 'ec'), LES_DEUX);
    const rapport = await verifier(octets, fournir({ 'acte n° 1.pdf': null }));
    expect(rapport.conclusion).toBe('incomplete');
    expect(rapport.signatures[0]).toMatchObject({ etat: 'incomplete', integrite: 'indeterminee' });
    expect(rapport.couverture.nonFournis).toEqual(['acte n° 1.pdf']);
    expect(codes(rapport)).toEqual(['XDS-128']);
    expect((await verifier(octets)).conclusion).toBe('incomplete');
  });

  test('a file given that nothing signs: named as covered by nothing', async () => {
    const octets = await separer(cleDe(pki, 'ec'), LES_DEUX);
    const rapport = await verifier(octets, fournir({ 'intrus.pdf': ACTE }));
    expect([rapport.conclusion, rapport.couverture.nonCouverts]).toEqual(['partielle', ['intrus.pdf']]);
  });

  test('a changed file: named, the signature is refused even when another one is missing', async () => {
    const octets = await separer(cleDe(pki, 'ec'), LES_DEUX);
    const rapport = await verifier(octets, fournir({ 'acte n° 1.pdf': ANNEXE, 'pieces/annexe.xml': null }));
    expect(rapport.conclusion).toBe('refusee');
    expect(codes(rapport)).toEqual(['XDS-127', 'XDS-128']);
    expect(rapport.signatures[0]?.objets.map((o) => o.etat)).toEqual(['altere', 'non_fourni']);
  });

  test('enveloping: the content stands byte for byte in its object, in its own encoding', async () => {
    const octets = await separer(cleDe(pki, 'ec'), [XML, OCTETS]);
    const [, corps = ''] = MESSAGE.toString('latin1').split('?>\n<?xml-style');
    expect(octets.toString('latin1')).toContain(`<?xml-style${corps}</ds:Object>`);
    const rapport = await verifier(octets);
    expect(rapport.encodage).toBe('ISO-8859-1');
    expect(rapport.signatures[0]?.objets).toMatchObject([
      { type: 'objet', nom: 'SIG_O1', mime: 'application/xml', etat: 'intact' },
      { type: 'objet', nom: 'SIG_O2', mime: 'application/pdf', etat: 'intact' },
    ]);
  });

  test('detached and enveloping at once', async () => {
    const octets = await separer(cleDe(pki, 'ec'), [...LES_DEUX, OCTETS]);
    const rapport = await verifier(octets, fournir());
    expect(rapport.signatures[0]?.objets.map((o) => o.type)).toEqual(['fichier', 'fichier', 'objet']);
    expect(rapport.conclusion).toBe('valide');
  });

  test('enveloped: every byte but the signature is the one received, the whole document is covered', async () => {
    const { resultat, octets } = await envelopper(cleDe(pki, 'ec'), MESSAGE);
    expect(resultat).toMatchObject({
      type: 'signe',
      avant: { octets: MESSAGE.length },
      apres: { octets: octets.length },
    });
    expect(octets.toString('latin1').replace(SANS_SIGNATURE, '')).toBe(MESSAGE.toString('latin1'));
    const rapport = await verifier(octets);
    expect(rapport.couverture.document).toBe('entier');
    expect(rapport.signatures[0]?.objets).toMatchObject([{ type: 'document', nom: '', etat: 'intact' }]);
  });

  test('enveloped in one element: the rest of the document is covered by nothing', async () => {
    const cible = { type: 'element', id: 'OBJET' } as const;
    const { octets } = await envelopper(cleDe(pki, 'ec'), MESSAGE, { cible });
    const rapport = await verifier(octets);
    expect([rapport.conclusion, rapport.couverture.document]).toEqual(['partielle', 'partiel']);
    expect(rapport.signatures[0]?.objets).toMatchObject([{ type: 'element', nom: 'OBJET' }]);
    expect(rapport.signatures[0]?.objets[0]?.position?.ligne).toBe(4);
    expect(rapport.resume).toBe('1 signature valide ; le document n’est couvert qu’en partie.');
  });

  test('the root by its Id is the whole document, but for an instruction before it', async () => {
    const cible = { type: 'element', id: 'ACTE' } as const;
    const avec = await verifier((await envelopper(cleDe(pki, 'ec'), MESSAGE, { cible })).octets);
    expect([avec.couverture.document, codes(avec)]).toEqual(['partiel', ['XDS-138']]);
    const nu = Buffer.from(MESSAGE.toString('latin1').replace(/<\?xml-style.*\?>\n/, ''), 'latin1');
    const sans = await verifier((await envelopper(cleDe(pki, 'ec'), nu, { cible })).octets);
    expect([sans.conclusion, codes(sans)]).toEqual(['valide', []]);
  });

  test('a detached signature inside an envelope, as ACTES has places for: its files are covered, not the envelope', async () => {
    const [, signature = ''] = (await separer(cleDe(pki, 'ec'), LES_DEUX)).toString('latin1').split('?>\n');
    const enveloppe = `<e:Envoi xmlns:e="urn:essai"><e:Document><e:Signature>${signature}</e:Signature></e:Document></e:Envoi>`;
    const rapport = await verifier(enveloppe, fournir());
    expect([rapport.conclusion, rapport.couverture.document]).toEqual(['partielle', 'aucun']);
    expect(rapport.signatures[0]).toMatchObject({ etat: 'valide' });
    expect(rapport.couverture.couverts).toHaveLength(2);
    expect(codes(rapport)).toEqual([]);
  });

  test('the cut of the chunks changes nothing', async () => {
    const { octets } = await envelopper(cleDe(pki, 'ec'), MESSAGE);
    for (const pas of [1, 7, 64, 4096]) {
      expect(await verifierBase(() => morceaux(octets, pas))).toMatchObject({ conclusion: 'valide' });
    }
  });

  test('a file that changes between the two passes is told', async () => {
    const { octets } = await envelopper(cleDe(pki, 'ec'), MESSAGE);
    const autre = Buffer.from(octets.toString('latin1').replace('1200.50', '9200.50'), 'latin1');
    let lectures = 0;
    const verdict = await verifierBase(() => {
      lectures += 1;
      return [lectures === 1 ? octets : autre];
    });
    expect(verdict).toEqual({ type: 'source_changee' });
  });

  test('an unsigned document, and one that cannot be read', async () => {
    const rapport = await verifier(MESSAGE);
    expect([rapport.conclusion, rapport.resume]).toEqual([
      'aucune_signature',
      'Le document n’est pas signé.',
    ]);
    expect(await verifierBase(() => [Buffer.from('<a>')])).toMatchObject({ type: 'illisible' });
  });

  test('a signing time after the instant of the verification is told', async () => {
    const octets = await separer(cleDe(pki, 'ec'), LES_DEUX);
    const veille = (INSTANT - 86_400_000) as Instant;
    const rapport = await verifier(octets, { ...fournir(), instant: veille });
    expect([rapport.conclusion, codes(rapport)]).toEqual(['valide', ['XDS-097']]);
  });
});

const LIGNE = Buffer.from(`<p>${'été '.repeat(80)}</p>\n`.repeat(104), 'utf8');

/** 45 MB of XML that are never held whole. */
function* grand(): Generator<Uint8Array> {
  yield Buffer.from('<r>');
  for (let n = 0; n < 900; n += 1) yield LIGNE;
  yield Buffer.from('</r>');
}

describe('large contents go by as a stream', () => {
  const PLAFOND = 24 << 20;
  let depart = 0;
  let sommet = 0;
  const mesurer = (): void => {
    sommet = Math.max(sommet, process.memoryUsage().arrayBuffers - depart);
  };
  const source = function* (): Generator<Uint8Array> {
    for (const bloc of grand()) {
      mesurer();
      yield bloc;
    }
  };
  beforeEach(() => {
    depart = process.memoryUsage().arrayBuffers;
    sommet = 0;
  });

  test('45 MB beside a signature', async () => {
    const objet = { type: 'fichier', nom: 'grand.xml', mime: 'application/xml', source } as const;
    const octets = await separer(cleDe(pki, 'ec'), [objet]);
    const rapport = await verifier(octets, { fichiers: new Map([['grand.xml', source]]) });
    expect(rapport.conclusion).toBe('valide');
    expect(sommet).toBeLessThan(PLAFOND);
  });

  test('45 MB around a signature', async () => {
    let signature: Buffer = Buffer.alloc(0);
    const resultat = await signerEnveloppe({
      ...demandeDe(cleDe(pki, 'ec')),
      source,
      ecrire: (octets) => {
        if (octets.length < LIGNE.length && octets.length > 1000) signature = Buffer.from(octets);
      },
      cible: { type: 'document' },
      mime: 'application/xml',
    });
    expect(resultat.type).toBe('signe');
    const signe = function* (): Generator<Uint8Array> {
      for (const bloc of source()) {
        if (bloc.length === 4) yield signature;
        yield bloc;
      }
    };
    expect(await verifierBase(signe)).toMatchObject({
      conclusion: 'valide',
      octets: 900 * LIGNE.length + 7 + signature.length,
    });
    expect(sommet).toBeLessThan(PLAFOND);
  });
});

describe('what we refuse to sign', () => {
  const separee = async (demande: Partial<Parameters<typeof signerSepare>[0]>): Promise<unknown> =>
    signerSepare({ ...demandeDe(cleDe(pki, 'ec')), objets: LES_DEUX, ...demande });

  test.each([
    ['XDS-217', { objets: [] }],
    ['XDS-218', { objets: Array.from({ length: 100 }, (_, n) => fichier(`${n}.pdf`, ACTE)) }],
    ['XDS-219', { objets: [fichier('../acte.pdf', ACTE)] }],
    ['XDS-219', { objets: [fichier('pieces\\acte.pdf', ACTE)] }],
    ['XDS-219', { objets: [fichier('', ACTE)] }],
    ['XDS-220', { objets: [fichier('a.pdf', ACTE), fichier('a.pdf', ANNEXE)] }],
    ['XDS-221', { objets: [fichier('a.pdf', ACTE, 'pdf')] }],
    ['XDS-222', { objets: [{ ...OCTETS, contenu: Buffer.alloc(10_000_001) }] }],
    ['XDS-224', { objets: [XML, { ...XML, contenu: Buffer.from('<b/>') }] }],
    ['XDS-209', { id: 'a b' }],
    ['XDS-209', { id: 'ACTE', objets: [XML] }],
    ['XDS-211', { instant: 0 as Instant }],
    ['XDS-212', { politique: POLITIQUES_HELIOS[2] ?? null }],
    ['XDS-213', { role: ' ' }],
    ['XDS-214', { role: 'Maire\u0001' }],
    ['XML-006', { objets: [{ ...XML, contenu: Buffer.from('<!DOCTYPE a><a/>') }] }],
  ] as const)('%s (%#)', async (code, demande) => {
    expect(await separee(demande)).toMatchObject({ type: 'refuse', motifs: [{ code }] });
  });

  test('a content that is signed already, a key that is not the one of its certificate', async () => {
    const cle = cleDe(pki, 'ec');
    const signe = await separer(cle, LES_DEUX);
    expect(await separee({ objets: [{ ...XML, contenu: signe }] })).toMatchObject({
      motifs: [{ code: 'XDS-223' }],
    });
    const fausse = { ...cle, certificat: pki.der('signataire') };
    expect(await separee({ signataire: fausse })).toMatchObject({ motifs: [{ code: 'XDS-216' }] });
  });

  test.each([
    ['XDS-203', MESSAGE, { cible: { type: 'element', id: 'RIEN' } }],
    ['XDS-208', Buffer.from('<a/>'), {}],
    ['XDS-209', Buffer.from('<a><b Id="SIG_R1"/></a>'), {}],
    ['XDS-221', MESSAGE, { mime: 'xml' }],
    ['XML-006', Buffer.from('<!DOCTYPE a><a>b</a>'), {}],
  ] as const)('%s: enveloped (%#)', async (code, source, suite) => {
    const { resultat, octets } = await envelopper(cleDe(pki, 'ec'), source, suite);
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code }] });
    expect(octets).toHaveLength(0);
  });

  test('a document that holds a signature: one more would break it', async () => {
    const { octets } = await envelopper(cleDe(pki, 'ec'), MESSAGE);
    const { resultat } = await envelopper(cleDe(pki, 'ec'), octets, { id: 'AUTRE' });
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code: 'XDS-225' }] });
  });

  test('a document that changes while it is signed', async () => {
    const bordereaux = pes();
    let lectures = 0;
    const { resultat } = await envelopper(cleDe(pki, 'ec'), bordereaux, {
      source: () => {
        lectures += 1;
        return [lectures === 1 ? bordereaux : pes({ pj: 101 })];
      },
    });
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code: 'XDS-215' }] });
  });
});
