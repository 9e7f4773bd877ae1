import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierBase } from '../../../../src/formats/xades/base/verifier.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import { le } from '../certificats/pki.ts';
import { cleDe, INSTANT, magasin } from '../xades/atelier.ts';
import { resigner } from '../xades/forger.ts';
import { DS, EXC, XMLENC } from '../xades/noeuds.ts';
import { ACTE, ANNEXE, fichier, fournir, MESSAGE, separer, verifier } from './atelier.ts';
import { partie, refaire } from './forger.ts';
import { change, juger, Signees } from './signees.ts';

/** Value, certificate, dates and policy of baseline B signatures, and the passes over the files. */

let s: Signees;
let D: string;
let O: string;
let E: string;
beforeAll(async () => {
  s = await Signees.creer();
  ({ D, O, E } = s.textes);
}, 60_000);
afterAll(() => s.pki.fermer());

describe('the value, the certificate, the dates, the policy', () => {
  test.each([
    ['no value', () => change(D, partie(D, 'ds:SignatureValue'), ''), ['XDS-013'], 'rompue'],
    ['no KeyInfo', () => change(D, partie(D, 'ds:KeyInfo'), ''), ['XDS-070'], 'indeterminee'],
    ['an unknown method', () => s.resigne(D, '#rsa-sha256', '#rsa-md5'), ['XDS-024'], 'indeterminee'],
    [
      'a form that is not admitted',
      () => s.resigne(D, `Method Algorithm="${EXC}"`, 'Method Algorithm="urn:x"'),
      ['XDS-021'],
      'indeterminee',
    ],
    [
      'a reference that cannot be followed',
      () => s.resigne(D, 'URI="pieces/annexe.xml"', 'URI="../a"'),
      ['XDS-125'],
      'indeterminee',
    ],
  ] as const)('%s → %j', async (...[, texte, attendus, integrite]) => {
    expect(await juger(texte())).toMatchObject({ codes: [...attendus], integrite, etat: 'refusee' });
  });

  test('a SignedInfo too big to be held is not judged', async () => {
    const juge = await juger(change(D, '<ds:SignedInfo>', `<ds:SignedInfo>${'&#13;'.repeat(250_000)}`));
    expect(juge).toMatchObject({ etat: 'refusee', integrite: 'indeterminee' });
  });

  test('what is missing keeps the verdict open; SHA-1 is obsolete', async () => {
    expect(await juger(D, {})).toMatchObject({
      etat: 'incomplete',
      integrite: 'indeterminee',
      conclusion: 'incomplete',
    });
    const info = partie(O, 'ds:SignedInfo');
    const vieille = O.replace(info, info.replaceAll(`${XMLENC}sha256`, `${DS}sha1`));
    expect(await juger(refaire(vieille, s.cle, 'sha1'))).toMatchObject({
      etat: 'obsolete',
      integrite: 'intacte',
      codes: ['XDS-050'],
    });
    const incomplete = D.replace(/(<ds:SignedInfo>.*?<\/ds:SignedInfo>)/s, (i) =>
      i.replaceAll(`${XMLENC}sha256`, `${DS}sha1`),
    );
    const sha1 = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('base64');
    const refaite = refaire(incomplete, s.cle, 'sha1').replace(
      /(?<=acte[^>]*>.{0,200}<ds:DigestValue>)[^<]*/s,
      sha1(ACTE),
    );
    expect((await juger(resigner(refaite, s.cle), fournir({ 'pieces/annexe.xml': null }))).etat).not.toBe(
      'valide',
    );
  });

  test.each([
    ['2026-06-15T11:59:59Z', ['XDS-097']],
    ['2026-06-15T12:00:00Z', []],
    ['2028-01-01T00:00:01Z', ['XDS-104']],
  ])('examined at %s → %j', async (iso, attendus) => {
    expect((await juger(D, { ...fournir(), instant: le(iso) })).codes).toEqual(attendus);
  });

  test('no policy is known unless a table is given; none needs be claimed', async () => {
    expect(await juger(D)).toMatchObject({
      politique: null,
      roles: [],
      lieu: null,
      instant: INSTANT,
      version: '1.3.2',
    });
    const [politique] = POLITIQUES_HELIOS;
    const avec = await separer(cleDe(s.pki, 'ec'), [fichier('a.pdf', ACTE)], {
      politique: politique ?? null,
    });
    const fichiers = new Map([['a.pdf', () => [ACTE]]]);
    expect((await juger(avec.toString('latin1'), { fichiers })).codes).toEqual(['XDS-099']);
    expect((await juger(avec.toString('latin1'), { fichiers, politiques: POLITIQUES_HELIOS })).codes).toEqual(
      [],
    );
  });

  test('the report says who signed; trust is judged only with a store', async () => {
    expect(await juger(D)).toMatchObject({
      signataire: { sujet: 'CN=rsa,O=Essai,C=FR', der: s.pki.der('rsa') },
      joints: [s.pki.der('ica2')],
      confiance: { type: 'non_jugee' },
      algorithme: 'RSA-SHA256',
      certificat: 'concordant',
      rang: 1,
      id: 'SIG',
      position: { octet: D.indexOf('<ds:Signature') },
    });
    expect((await juger(D, { ...fournir(), magasin: magasin(s.pki) })).confiance).toMatchObject({
      type: 'indetermine',
      famille: 'essai',
    });
    expect(await juger(change(D, partie(D, 'ds:KeyInfo'), ''))).toMatchObject({
      signataire: null,
      joints: [],
      certificat: 'indetermine',
    });
    const sans = await juger(change(D, /<ds:Object>.*<\/ds:Object>/s, ''));
    expect(sans).toMatchObject({ version: null, instant: null, politique: null, certificat: 'indetermine' });
    expect((await juger(s.resigne(D, '#rsa-sha256', '#rsa-md5'))).algorithme).toBeNull();
  });
});

describe('the passes over the file and over those given', () => {
  test('each file once, whatever the references to it; none that nothing names', async () => {
    const lectures: string[] = [];
    const source = (nom: string, octets: Uint8Array) => (): Uint8Array[] => {
      lectures.push(nom);
      return [octets];
    };
    const octets = { 'acte n° 1.pdf': ACTE, 'pieces/annexe.xml': ANNEXE, 'intrus.pdf': ACTE };
    const fichiers = new Map(Object.entries(octets).map(([nom, lus]) => [nom, source(nom, lus)]));
    const sig = partie(D, 'ds:Signature');
    const bis = refaire(sig.replaceAll('"SIG', '"BIS').replaceAll('#SIG', '#BIS'), s.cle);
    const rapport = await verifier(`<r>${sig}${bis}</r>`, { fichiers });
    expect(rapport.signatures.map((v) => v.etat)).toEqual(['valide', 'valide']);
    expect([lectures.toSorted(), rapport.couverture.nonCouverts]).toEqual([
      ['acte n° 1.pdf', 'pieces/annexe.xml'],
      ['intrus.pdf'],
    ]);
  });

  test('a file without signature is read once', async () => {
    let lectures = 0;
    const verdict = await verifierBase(() => {
      lectures += 1;
      return [MESSAGE];
    });
    expect([verdict, lectures]).toEqual([
      expect.objectContaining({
        conclusion: 'aucune_signature',
        encodage: 'ISO-8859-1',
        octets: MESSAGE.length,
        sha256: createHash('sha256').update(MESSAGE).digest('hex'),
      }),
      1,
    ]);
  });

  test('the time granted may end during the second pass', async () => {
    let lectures = 0;
    const octets = Buffer.from(E, 'latin1');
    const verdict = await verifierBase(
      () => {
        lectures += 1;
        return [octets];
      },
      { lecture: { echu: () => lectures === 2 } },
    );
    expect(verdict).toMatchObject({ type: 'illisible', refus: { code: 'XML-046' } });
  });

  test('a hundred signatures and one: the file is refused, and says so', async () => {
    const rapport = await verifier(`<r>${`<ds:Signature xmlns:ds="${DS}"/>`.repeat(101)}</r>`);
    expect([rapport.conclusion, rapport.constats.map((c) => c.code)]).toEqual(['refusee', ['XDS-108']]);
    expect(rapport.constats[0]?.message).toContain('100');
  });
});
