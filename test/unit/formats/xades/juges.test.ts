import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { DOMParser } from '@xmldom/xmldom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { lireCertificat } from '../../../../src/formats/certificats/certificat.ts';
import { signatureNommee } from '../../../../src/formats/xades/algorithmes.ts';
import { ecrireSignature } from '../../../../src/formats/xades/modele.ts';
import { assurerPaquets, trouver } from '../../../serveurs/installer.ts';
import type { Pki } from '../certificats/pki.ts';
import { PARTAGE } from '../chemins.ts';
import { cleDe, codes, INSTANT, pes, pkiSignature, POLITIQUE_1_7, signer, verifier } from './atelier.ts';

let pki: Pki;
beforeAll(async () => {
  await assurerPaquets(['xmlsec1']);
  pki = pkiSignature();
}, 300_000);
afterAll(() => pki.fermer());

const IDS = ['Bordereau', 'SignedProperties', 'PES_Aller'].flatMap((nom) => ['--id-attr:Id', nom]);

function xmlsec(...args: string[]): { juste: boolean; dit: string } {
  const { status, stderr, stdout } = spawnSync(trouver('xmlsec1') ?? '', args, { encoding: 'utf8' });
  return { juste: status === 0, dit: `${stdout}${stderr}` };
}

/** xmlsec1 on the signature of this rank, up to our root. */
function jugeXmlsec(octets: Buffer, rang: number): { juste: boolean; dit: string } {
  pki.ecrire('signe.xml', octets);
  const noeud = `/descendant::*[local-name()='Signature'][${rang}]`;
  return xmlsec(
    '--verify',
    '--trusted-pem',
    pki.chemin('racine.pem'),
    '--verification-time',
    '2026-06-15 12:00:00',
    '--node-xpath',
    noeud,
    ...IDS,
    pki.chemin('signe.xml'),
  );
}

describe('xmlsec1 verifies what we sign', () => {
  test.each([
    ['rsa', 'RSA-SHA256'],
    ['rsa', 'RSA-SHA384'],
    ['rsa', 'RSA-SHA512'],
    ['ec', 'ECDSA-SHA256'],
    ['p384', 'ECDSA-SHA384'],
    ['ec', 'ECDSA-SHA512'],
  ] as const)('%s %s, each bordereau and its chain', async (cle, algorithme) => {
    const { octets } = await signer(pes(), cleDe(pki, cle, algorithme));
    for (const rang of [1, 2]) expect(jugeXmlsec(octets, rang)).toMatchObject({ juste: true });
  });

  test('the whole file, and a content with everything that c14n touches', async () => {
    const texte = pes({ fin: '\r\n' })
      .toString('latin1')
      .replace(
        '<PES_DepenseAller>',
        '<PES_DepenseAller  xmlns:z="urn:z"\r\n b=\'&quot;\' a="&#9;é">&#13;<![CDATA[&<>]]>',
      );
    const source = Buffer.from(texte, 'latin1');
    const { octets } = await signer(source, cleDe(pki, 'rsa'), { cibles: { type: 'fichier' } });
    expect(jugeXmlsec(octets, 1)).toMatchObject({ juste: true });
    const altere = Buffer.from(octets.toString('latin1').replace('V="010001"', 'V="010002"'), 'latin1');
    expect(jugeXmlsec(altere, 1).juste).toBe(false);
  });
});

describe('certificates joined in another order: what we accept, xmlsec1 accepts (XML-Signature § 4.5.4)', () => {
  const OUVRE = '<ds:X509Data>';
  const x509 = (nom: string): string =>
    `<ds:X509Certificate>${Buffer.from(pki.der(nom)).toString('base64')}</ds:X509Certificate>`;
  const ailleurs = (nom: string): string => `${OUVRE}${x509(nom)}</ds:X509Data>`;

  const CAS: readonly (readonly [string, () => readonly [string, string], boolean])[] = [
    ['as we write them', () => [OUVRE, OUVRE], true],
    ['the authority first', () => [OUVRE, OUVRE + x509('ica2')], true],
    ['the signer twice', () => [OUVRE, OUVRE + x509('rsa')], true],
    [
      'its authority in an X509Data that comes after',
      () => [x509('ica2'), `</ds:X509Data>${OUVRE}${x509('ica2')}`],
      true,
    ],
    // another reader takes the key of the first leaf that it meets
    ['an unrelated leaf first', () => [OUVRE, OUVRE + x509('ec')], false],
    ['an unrelated leaf in an X509Data that comes before', () => [OUVRE, ailleurs('ec') + OUVRE], false],
    ['an unrelated authority first', () => [OUVRE, OUVRE + x509('ica')], false],
    ['its authority in an X509Data that comes before', () => [OUVRE, ailleurs('ica2') + OUVRE], false],
  ];

  test.each(CAS)('%s', async (_, change, accepte) => {
    const { octets } = await signer(pes({ bordereaux: 1 }), cleDe(pki, 'rsa'));
    const [avant, apres] = change();
    const texte = octets.toString('latin1').replace(avant, apres);
    expect((await verifier(texte)).conclusion).toBe(accepte ? 'valide' : 'refusee');
    expect(jugeXmlsec(Buffer.from(texte, 'latin1'), 1).juste).toBe(accepte);
  });
});

describe('we verify what xmlsec1 signs from a template of the profile', () => {
  test.each([
    ['rsa', 'RSA-SHA256'],
    ['rsa', 'RSA-SHA512'],
    ['ec', 'ECDSA-SHA256'],
  ] as const)('%s %s', async (cle, nom) => {
    const lu = lireCertificat(pki.der(cle));
    const algorithme = signatureNommee(nom);
    if (lu.type !== 'lu' || algorithme === null) throw new TypeError(nom);
    const modele = {
      id: 'SIG',
      cible: 'BORD1',
      version: '1.1.1',
      certificat: lu.certificat,
      chaine: [],
      algorithme,
      instant: INSTANT,
      politique: POLITIQUE_1_7,
      role: 'Maire',
      lieu: null,
    } as const;
    const vide = ecrireSignature(modele, { contenu: new Uint8Array() });
    const gabarit = pes({ bordereaux: 1 }).toString('latin1').replace('</Bordereau>', `${vide}</Bordereau>`);
    pki.ecrire('gabarit.xml', Buffer.from(gabarit, 'latin1'));
    const cles = `${pki.chemin(`${cle}.key`)},${pki.chemin(`${cle}.pem`)}`;
    const sortie = ['--output', pki.chemin('de-xmlsec.xml'), pki.chemin('gabarit.xml')];
    expect(xmlsec('--sign', '--privkey-pem', cles, ...IDS, ...sortie)).toMatchObject({ juste: true });
    const rapport = await verifier(pki.lire('de-xmlsec.xml'));
    expect([rapport.conclusion, codes(rapport)]).toEqual(['valide', []]);
  });
});

/** xml-crypto as a second opinion (docs/decisions/0004-xml-crypto.md), used as carefully as can be. */
function jugeXmlCrypto(xml: string, certificat: string): boolean {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const noeud = document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0];
  const juge = new SignedXml({ publicCert: certificat, getCertFromKeyInfo: () => null });
  // its types want the DOM of a browser; the text of the signature does as well
  juge.loadSignature(String(noeud));
  return juge.checkSignature(xml);
}

describe('xml-crypto, second opinion', () => {
  test('it verifies what we sign', async () => {
    const { octets } = await signer(pes({ bordereaux: 1 }), cleDe(pki, 'rsa'));
    expect(jugeXmlCrypto(octets.toString('latin1'), pki.lire('rsa.pem').toString())).toBe(true);
  });

  test('it accepts the forgery by processing instruction that we refuse (decision 0004)', async () => {
    const source = pes({ bordereaux: 1 })
      .toString('latin1')
      .replace('<BlocBordereau>', '<Obj>A payer</Obj><BlocBordereau>');
    const { octets } = await signer(Buffer.from(source, 'latin1'), cleDe(pki, 'rsa'));
    const forge = octets.toString('latin1').replace('<Obj>A payer</Obj>', '<Obj><?x A payer?></Obj>');
    expect(jugeXmlCrypto(forge, pki.lire('rsa.pem').toString())).toBe(true);
    expect(jugeXmlsec(Buffer.from(forge, 'latin1'), 1).juste).toBe(false);
    const rapport = await verifier(forge);
    expect(rapport.conclusion).toBe('refusee');
    expect(codes(rapport)).toContain('XDS-053');
  });
});

const EXEMPLES = `${PARTAGE}exemples/helios/aller/`;

const lire = (nom: string): Buffer => readFileSync(`${EXEMPLES}${nom}`);

describe.runIf(existsSync(EXEMPLES))('signatures of other tools, found in the field', () => {
  test.each([
    ['stela-PESALR2_25060187900027_190328_001.xml', 'valide', []],
    ['stela-test-perime-04-04-2016.xml', 'valide', ['XDS-100', 'XDS-104']],
    ['pastell-libersign-fichier_signe.xml', 'valide', ['XDS-100', 'XDS-109']],
    ['pastell-PESALR2_49101169800000_171227_2045.xml', 'obsolete', ['XDS-025', 'XDS-050', 'XDS-109']],
  ])('%s: %s', async (nom, conclusion, attendus) => {
    const rapport = await verifier(lire(nom));
    expect(rapport.conclusion).toBe(conclusion);
    expect([...new Set(codes(rapport))].toSorted()).toEqual(attendus);
    expect(rapport.signatures[0]).toMatchObject({ integrite: 'intacte', certificat: 'concordant' });
  });

  test.each([
    'stela-PESALR2_25060187900027_190328_001.xml',
    'stela-test-perime-04-04-2016.xml',
    'pastell-libersign-fichier_signe.xml',
    'pastell-PESALR2_49101169800000_171227_2045.xml',
  ])('%s, one byte of the bordereau changed: refused', async (nom) => {
    const texte = lire(nom).toString('latin1');
    const debut = texte.indexOf('<Exer V="2');
    const rapport = await verifier(`${texte.slice(0, debut)}<Exer V="1${texte.slice(debut + 10)}`);
    expect(rapport.conclusion).toBe('refusee');
    expect(codes(rapport)).toContain('XDS-053');
  });

  test.each([
    'pastell-PES_ex.xml',
    'parapheurv5-PESALR1_unsigned.xml',
    'pastell-HELIOS_SIMU_ALR2_LibelleColBud_avec_accent.xml',
  ])('%s: not signed, its bordereaux covered by nothing', async (nom) => {
    const rapport = await verifier(lire(nom));
    expect(rapport.conclusion).toBe('aucune_signature');
    expect(rapport.couverture.bordereaux.total).toBeGreaterThan(0);
    expect(rapport.couverture.bordereaux.couverts).toBe(0);
  });
});
