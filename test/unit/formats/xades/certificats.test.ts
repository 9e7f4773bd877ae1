import { createHash, createPrivateKey, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Certificat } from '../../../../src/formats/certificats/certificat.ts';
import { type NomSignature, signatureNommee } from '../../../../src/formats/xades/algorithmes.ts';
import { trouverSignataire, verifierValeur } from '../../../../src/formats/xades/certificats.ts';
import type { CertificatDesigne } from '../../../../src/formats/xades/lecture-proprietes.ts';
import { entier, sequence, tlv } from '../certificats/der-essai.ts';
import { EXTENSIONS, type Pki, pkiGardee } from '../certificats/pki.ts';
import { batirSignature } from './atelier.ts';
import { DS, lire, noeudDe } from './noeuds.ts';

/** KeyInfo is a hint (crypto.md § 9.6): one deviation each, and exactly what is said of it. */

let pki: Pki;
let rsa: Certificat;
let ec: Certificat;
let p384: Certificat;
beforeAll(() => {
  pki = pkiGardee('joints', (p) => {
    batirSignature(p);
    p.emettre('ica2', { nom: 'faible', cle: 'rsa1024', extensions: EXTENSIONS.signataire });
    // who holds a key may name himself as anybody does
    p.emettre('ica', { nom: 'homonyme', extensions: EXTENSIONS.signataire, sujet: '/C=FR/O=Essai/CN=rsa' });
    p.emettre('rsa', { nom: 'dessous', extensions: EXTENSIONS.ica, sujet: SUJET_ICA2 });
  });
  rsa = pki.certificat('rsa');
  ec = pki.certificat('ec');
  p384 = pki.certificat('p384');
}, 60_000);
afterAll(() => pki.fermer());

const SUJET_ICA2 = '/C=FR/O=Autorité, d\'essai+ "Été"/OU=0002 123456789/CN=AC Épreuve';
const b64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
const x509 = (nom: string): string => `<X509Certificate>${b64(pki.der(nom))}</X509Certificate>`;
const data = (...corps: readonly string[]): string => `<X509Data>${corps.join('')}</X509Data>`;
const keyInfo = (...corps: readonly string[]): string => `<KeyInfo xmlns="${DS}">${corps.join('')}</KeyInfo>`;

function designer(certificat: Certificat, change: Partial<CertificatDesigne> = {}): CertificatDesigne {
  const empreinte = createHash('sha256').update(certificat.der).digest();
  const { emetteur, serie } = certificat;
  return { hachage: 'sha256', empreinte, emetteur: emetteur.texte, serie: serie.decimal, ...change };
}

function trouver(texte: string | null, designe: CertificatDesigne | null = designer(rsa)) {
  const noeud = texte === null ? undefined : noeudDe(texte);
  const { lu, codes } = lire((cahier) => trouverSignataire(noeud, designe, cahier));
  const { signataire, intermediaires } = lu;
  return {
    codes,
    signataire: signataire?.sujet.texte ?? null,
    autres: intermediaires.map((c) => c.sujet.texte),
  };
}

const RSA = 'CN=rsa,O=Essai,C=FR';

describe('the certificate that counts is the one that the signed properties name', () => {
  test('alone, or with the authorities above it, in any order', () => {
    expect(trouver(keyInfo(data(x509('rsa'))))).toEqual({ codes: [], signataire: RSA, autres: [] });
    const { autres, codes } = trouver(keyInfo(data(x509('ica2'), x509('racine'), x509('rsa'))));
    expect([codes, autres.map((a) => a.slice(0, 9))]).toEqual([[], ['CN=AC Épr', 'CN=racine']]);
  });

  test.each(['sha384', 'sha512', 'sha1'])('by %s', (hachage) => {
    const empreinte = createHash(hachage).update(rsa.der).digest();
    expect(trouver(keyInfo(data(x509('rsa'))), designer(rsa, { hachage, empreinte })).codes).toEqual([]);
  });

  test('no KeyInfo', () => {
    expect(trouver(null)).toEqual({ codes: ['XDS-070'], signataire: null, autres: [] });
  });

  test.each([
    ['nothing', '', ['XDS-071']],
    ['an empty X509Data', '<X509Data/>', ['XDS-071']],
    ['a name', '<KeyName>rsa</KeyName>', ['XDS-071']],
    ['a PGP key', '<PGPData/>', ['XDS-083', 'XDS-071']],
    ['a key elsewhere', '<RetrievalMethod URI="#x"/>', ['XDS-072']],
    [
      'an EC key of XML-Signature 1.1',
      '<d:ECKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#"/>',
      ['XDS-083', 'XDS-071'],
    ],
    ['an element that is smuggled', '<x xmlns="urn:x"/>', ['XDS-009']],
    ['a certificate outside of X509Data', '<X509Certificate/>', ['XDS-083', 'XDS-071']],
    ['a certificate that is none', data('<X509Certificate>AAAA</X509Certificate>'), ['XDS-073']],
    ['a certificate that is no base64', data('<X509Certificate>*</X509Certificate>'), ['XDS-073']],
    ['an empty certificate', data('<X509Certificate/>'), ['XDS-073']],
    ['DER of something else', data('<X509Certificate>MAA=</X509Certificate>'), ['XDS-073']],
  ])('%s joins no certificate', (_, corps, attendus) => {
    expect(trouver(keyInfo(corps))).toEqual({ codes: attendus, signataire: null, autres: [] });
  });

  test('PEM, or a child element, in place of DER', () => {
    const pem = `<X509Certificate>${pki.lire('rsa.pem').toString('base64')}</X509Certificate>`;
    expect(trouver(keyInfo(data(pem))).codes).toEqual(['XDS-073']);
    const enfant = x509('rsa').replace('</', '<y/></');
    expect(trouver(keyInfo(data(enfant))).codes).toEqual(['XDS-073']);
  });

  test('what cannot be read is said', () => {
    const { lu } = lire((cahier) => {
      trouverSignataire(noeudDe(keyInfo(data('<X509Certificate>*</X509Certificate>'))), null, cahier);
      return cahier.constats.map((c) => c.message);
    });
    expect(lu).toEqual(['Un certificat joint est illisible (base64 non strict).']);
  });

  test('another certificate, or none that is named', () => {
    expect(trouver(keyInfo(data(x509('ec'))))).toEqual({
      codes: ['XDS-075'],
      signataire: null,
      autres: ['CN=ec,O=Essai,C=FR'],
    });
    expect(trouver(keyInfo(data(x509('ec'), x509('rsa'))), null)).toEqual({
      codes: [],
      signataire: 'CN=ec,O=Essai,C=FR',
      autres: [],
    });
  });

  test('ten certificates, not eleven', () => {
    expect(trouver(keyInfo(data(x509('rsa').repeat(10)))).codes).toEqual([]);
    expect(trouver(keyInfo(data(x509('rsa').repeat(11))))).toEqual({
      codes: ['XDS-074'],
      signataire: null,
      autres: [],
    });
    expect(trouver(keyInfo(data(x509('rsa').repeat(6)), data(x509('rsa').repeat(5)))).codes).toEqual([
      'XDS-074',
    ]);
  });

  test('other hints of KeyInfo are known, not read, or smuggled', () => {
    const avec = (...corps: readonly string[]): string[] =>
      trouver(keyInfo(...corps, data(x509('rsa')))).codes;
    expect(avec('<KeyName>x</KeyName>')).toEqual([]);
    expect(avec('<PGPData/>')).toEqual(['XDS-083']);
    expect(avec('<MgmtData/>', '<SPKIData/>')).toEqual(['XDS-083', 'XDS-083']);
    const connus = ['X509IssuerSerial', 'X509SubjectName', 'X509SKI', 'X509CRL'].map((n) => `<${n}/>`);
    expect(trouver(keyInfo(data(x509('rsa'), ...connus))).codes).toEqual([]);
    expect(trouver(keyInfo(data(x509('rsa'), '<X509Digest/>'))).codes).toEqual(['XDS-083']);
    const onze = '<d:X509Digest xmlns:d="http://www.w3.org/2009/xmldsig11#"/>';
    expect(trouver(keyInfo(data(x509('rsa'), onze))).codes).toEqual(['XDS-083']);
    expect(trouver(keyInfo(data(x509('rsa'), '<x xmlns="urn:x"/>'))).codes).toEqual(['XDS-009']);
  });
});

describe('all that is joined is of the signer (XML-Signature § 4.5.4): xmlsec1 takes the first leaf it meets', () => {
  test.each([
    ['an unrelated certificate first', () => data(x509('ec'), x509('rsa'))],
    ['an unrelated certificate last', () => data(x509('rsa'), x509('ec'))],
    ['an unrelated certificate in an X509Data of its own', () => data(x509('rsa')) + data(x509('ec'))],
    ['an authority of others', () => data(x509('rsa'), x509('ica2'), x509('ica'))],
    ['the certificate of a namesake', () => data(x509('homonyme'), x509('rsa'))],
    [
      'one issued under the name of the signer, in the name of its authority',
      () => data(x509('dessous'), x509('rsa')),
    ],
  ])('%s is refused', (_, corps) => {
    expect(trouver(keyInfo(corps()))).toMatchObject({ codes: ['XDS-143'], signataire: RSA });
  });

  test('the signer’s certificate stands in the first X509Data that holds one', () => {
    expect(trouver(keyInfo(data(x509('ica2')), data(x509('rsa')))).codes).toEqual(['XDS-144']);
    expect(trouver(keyInfo(data(x509('rsa')), data(x509('ica2')))).codes).toEqual([]);
    expect(trouver(keyInfo(data('<X509SKI/>'), data(x509('rsa')))).codes).toEqual([]);
  });

  test('its double does no harm', () => {
    expect(trouver(keyInfo(data(x509('rsa'), x509('rsa')))).codes).toEqual([]);
  });
});

describe('issuer and serial agree with the certificate', () => {
  const codes = (change: Partial<CertificatDesigne>): string[] =>
    trouver(keyInfo(data(x509('rsa'))), designer(rsa, change)).codes;

  test.each([
    ['no issuer', { emetteur: null }, ['XDS-093']],
    ['no serial', { serie: null }, ['XDS-093']],
    ['an empty serial', { serie: '' }, ['XDS-093']],
    ['another serial', { serie: '9999' }, ['XDS-077']],
    ['a serial that is no number', { serie: '0x1001' }, ['XDS-077']],
    ['a serial too long to be one', { serie: '1'.repeat(61) }, ['XDS-077']],
    ['another issuer', { emetteur: 'CN=Autre' }, ['XDS-076']],
    ['another issuer and another serial', { emetteur: 'CN=Autre', serie: '9' }, ['XDS-077', 'XDS-076']],
    ['an issuer that cannot be compared', { emetteur: 'quelqu’un' }, ['XDS-079']],
  ] as const)('%s', (_, change, attendus) => {
    expect(codes(change)).toEqual(attendus);
  });

  test('leading zeros are the same number', () => {
    expect(codes({ serie: `000${rsa.serie.decimal}` })).toEqual([]);
  });

  test('the other order of RFC 2253 is told, not refused', () => {
    const inverse = rsa.emetteur.texte
      .split(/(?<!\\),/)
      .toReversed()
      .join(',');
    expect(codes({ emetteur: inverse })).toEqual(['XDS-078']);
  });
});

describe('IssuerSerialV2 (RFC 5035 § 4): the directory name among those of the issuer, and the serial', () => {
  const nomDe = (c: Certificat): Uint8Array => tlv(0xa4, c.emetteur.der);
  const serieDe = (c: Certificat): Uint8Array => tlv(0x02, c.serie.octets);
  const codes = (brut: Uint8Array | null): string[] =>
    trouver(
      keyInfo(data(x509('rsa'))),
      designer(rsa, { emetteur: null, serie: null, v2: { emetteurSerie: brut } }),
    ).codes;
  const lie = (...noms: readonly Uint8Array[]): Uint8Array => sequence(sequence(...noms), serieDe(rsa));

  test('absent, or right', () => {
    expect(codes(null)).toEqual([]);
    expect(codes(lie(nomDe(rsa)))).toEqual([]);
    // a DNS name beside it says nothing
    expect(codes(lie(tlv(0x82, Buffer.from('ac.example')), nomDe(rsa)))).toEqual([]);
  });

  test('another serial, another issuer, two issuers of which one is wrong', () => {
    expect(codes(sequence(sequence(nomDe(rsa)), entier(9)))).toEqual(['XDS-077']);
    const racine = pki.certificat('racine');
    expect(codes(lie(nomDe(racine)))).toEqual(['XDS-076']);
    expect(codes(lie(nomDe(rsa), nomDe(racine)))).toEqual(['XDS-076']);
  });

  test.each([
    ['no name', () => lie()],
    ['no directory name', () => lie(tlv(0x82, Buffer.from('ac.example')))],
    ['a name that is none', () => lie(tlv(0xa4, Buffer.from([5, 0])))],
    ['no serial', () => sequence(sequence(nomDe(rsa)))],
    ['something after', () => sequence(sequence(nomDe(rsa)), serieDe(rsa), entier(1))],
    ['no DER', () => Buffer.from('AAAA')],
    ['nothing', () => new Uint8Array()],
  ])('%s: the designation is refused', (_, brut) => {
    expect(codes(brut())).toEqual(['XDS-139']);
  });
});

describe('a bare key beside the certificate is the same one', () => {
  const jwk = (c: Certificat) => c.cle.objet.export({ format: 'jwk' });
  const std = (t = ''): string => Buffer.from(t, 'base64url').toString('base64');
  const nue = (n: string, e: string): string =>
    `<KeyValue><RSAKeyValue><Modulus>${n}</Modulus><Exponent>${e}</Exponent></RSAKeyValue></KeyValue>`;
  const codes = (valeur: string, nom = 'rsa'): string[] =>
    trouver(keyInfo(valeur, data(x509(nom))), designer(pki.certificat(nom))).codes;
  const zero = (t = ''): string =>
    Buffer.concat([Buffer.alloc(2), Buffer.from(t, 'base64url')]).toString('base64');

  test('the same, leading zeros or not', () => {
    const { n, e } = jwk(rsa);
    expect(codes(nue(std(n), std(e)))).toEqual([]);
    expect(codes(nue(zero(n), zero(e)))).toEqual([]);
  });

  test('another modulus, another exponent, a key of another family', () => {
    const { n, e } = jwk(rsa);
    expect(codes(nue(std(jwk(pki.certificat('faible')).n), std(e)))).toEqual(['XDS-082']);
    expect(codes(nue(std(n), 'Aw=='))).toEqual(['XDS-082']);
    expect(codes(nue(std(n), std(e)), 'ec')).toEqual(['XDS-082']);
    expect(codes(nue('', ''))).toEqual(['XDS-082']);
  });

  test('one that we do not read is told', () => {
    const { n, e } = jwk(rsa);
    expect(codes('<KeyValue><DSAKeyValue/></KeyValue>')).toEqual(['XDS-083']);
    expect(codes(nue('*', std(e)))).toEqual(['XDS-083']);
    expect(codes(nue(std(n), '*'))).toEqual(['XDS-083']);
    expect(codes('<KeyValue/>')).toEqual(['XDS-083']);
  });

  test('each of several is looked at', () => {
    const { n, e } = jwk(rsa);
    expect(codes(nue(std(n), std(e)) + nue(std(n), 'Aw=='))).toEqual(['XDS-082']);
  });
});

describe('the arithmetic of the value (RFC 9231), and keys that may be leaned on', () => {
  const OCTETS = Buffer.from('<SignedInfo/>');
  const cle = (nom: string) => createPrivateKey(pki.lire(`${nom}.key`));

  function valeur(nom: string, hachage: string): Buffer {
    return sign(hachage, OCTETS, { key: cle(nom), dsaEncoding: 'ieee-p1363' });
  }

  function juger(nom: NomSignature, certificat: Certificat, octets: Uint8Array): [boolean | null, string[]] {
    const algorithme = signatureNommee(nom);
    if (algorithme === null) throw new TypeError(nom);
    const { lu, codes } = lire((cahier) =>
      verifierValeur({ algorithme, octets: OCTETS, valeur: octets }, certificat, cahier),
    );
    return [lu, codes];
  }

  test.each([
    ['RSA-SHA256', 'rsa', 'sha256'],
    ['RSA-SHA384', 'rsa', 'sha384'],
    ['RSA-SHA512', 'rsa', 'sha512'],
    ['RSA-SHA1', 'rsa', 'sha1'],
    ['ECDSA-SHA256', 'ec', 'sha256'],
    ['ECDSA-SHA384', 'p384', 'sha384'],
    ['ECDSA-SHA512', 'ec', 'sha512'],
  ] as const)('%s', (nom, clef, hachage) => {
    const certificat = pki.certificat(clef);
    const bonne = valeur(clef, hachage);
    expect(juger(nom, certificat, bonne)).toEqual([true, []]);
    const fausse = Buffer.from(bonne);
    fausse[5] = (fausse[5] ?? 0) ^ 1;
    expect(juger(nom, certificat, fausse)).toEqual([false, ['XDS-062']]);
  });

  test('the length of the value is that of the key: modulus, or r ‖ s', () => {
    expect(juger('RSA-SHA256', rsa, valeur('rsa', 'sha256').subarray(1))).toEqual([false, ['XDS-061']]);
    expect(juger('ECDSA-SHA256', ec, Buffer.concat([valeur('ec', 'sha256'), Buffer.alloc(1)]))).toEqual([
      false,
      ['XDS-061'],
    ]);
    // the DER that other formats have
    const der = sign('sha256', OCTETS, cle('ec'));
    expect(juger('ECDSA-SHA256', ec, der)).toEqual([false, ['XDS-061']]);
    expect(juger('ECDSA-SHA384', p384, Buffer.alloc(64))).toEqual([false, ['XDS-061']]);
  });

  test('what was found of the length is said', () => {
    const { lu } = lire((cahier) => {
      const algorithme = signatureNommee('ECDSA-SHA256');
      if (algorithme !== null)
        verifierValeur({ algorithme, octets: OCTETS, valeur: Buffer.alloc(3) }, ec, cahier);
      return cahier.constats[0]?.message;
    });
    expect(lu).toContain('(3 octets au lieu de 64)');
  });

  test('an algorithm of another family is not tried', () => {
    expect(juger('ECDSA-SHA256', rsa, valeur('rsa', 'sha256'))).toEqual([null, ['XDS-080']]);
    expect(juger('RSA-SHA256', ec, valeur('ec', 'sha256'))).toEqual([null, ['XDS-080']]);
  });

  test('RSA under 2048 bits, a curve that is not of NIST: right, and refused', () => {
    expect(juger('RSA-SHA256', pki.certificat('faible'), valeur('faible', 'sha256'))).toEqual([
      true,
      ['XDS-081'],
    ]);
    const autre = { ...ec, cle: { ...ec.cle, courbe: 'secp256k1' } };
    expect(juger('ECDSA-SHA256', autre, valeur('ec', 'sha256'))).toEqual([true, ['XDS-081']]);
    const sansCourbe = { ...ec, cle: { ...ec.cle, courbe: null } };
    expect(juger('ECDSA-SHA256', sansCourbe, valeur('ec', 'sha256'))[1]).toEqual(['XDS-081']);
    const pss = { ...rsa, cle: { ...rsa.cle, type: 'rsa-pss' as const } };
    expect(juger('RSA-SHA256', pss, valeur('rsa', 'sha256'))).toEqual([null, ['XDS-081', 'XDS-080']]);
  });

  test.each(['prime256v1', 'secp384r1', 'secp521r1'])('%s is admitted', (courbe) => {
    const certificat = { ...ec, cle: { ...ec.cle, courbe } };
    expect(juger('ECDSA-SHA256', certificat, valeur('ec', 'sha256'))).toEqual([true, []]);
  });

  test('P-521: 66 bytes for each half, whatever its 521 bits', () => {
    const certificat = { ...ec, cle: { ...ec.cle, courbe: 'secp521r1', bits: 521 } };
    expect(juger('ECDSA-SHA512', certificat, Buffer.alloc(132))).toEqual([false, ['XDS-062']]);
    expect(juger('ECDSA-SHA512', certificat, Buffer.alloc(130))[1]).toEqual(['XDS-061']);
  });
});
