import { describe, expect, test } from 'vitest';
import {
  type Exigences,
  lireProprietes,
  type ProprietesLues,
} from '../../../../src/formats/xades/lecture-proprietes.ts';
import { DS, lire, noeudDe, PLUS, XMLENC } from './noeuds.ts';

/** What SignedProperties say (XAdES § 7.2): one deviation each, and exactly what is said of it. */

const V111 = 'http://uri.etsi.org/01903/v1.1.1#';
const BASE: Exigences = { politique: false, role: false, v2: true };
const EMPREINTE = Buffer.alloc(32, 9).toString('base64');

const DIGEST = `<xad:DigestMethod Algorithm="${XMLENC}sha256"/><xad:DigestValue>${EMPREINTE}</xad:DigestValue>`;
const SERIAL =
  '<xad:IssuerSerial><ds:X509IssuerName>CN=AC</ds:X509IssuerName><ds:X509SerialNumber> 12 </ds:X509SerialNumber></xad:IssuerSerial>';
const CERT = `<xad:Cert><xad:CertDigest>${DIGEST}</xad:CertDigest>${SERIAL}</xad:Cert>`;
const CERTIFICAT = `<xad:SigningCertificate>${CERT}</xad:SigningCertificate>`;
const DATE = '<xad:SigningTime>2026-06-15T12:00:00Z</xad:SigningTime>';
const POLITIQUE =
  '<xad:SignaturePolicyIdentifier><xad:SignaturePolicyId>' +
  '<xad:SigPolicyId><xad:Identifier> urn:oid:1.2 </xad:Identifier><xad:Description> Politique </xad:Description></xad:SigPolicyId>' +
  `<xad:SigPolicyHash><xad:DigestMethod Algorithm="${XMLENC}sha256"/><xad:DigestValue> aGFzaA== </xad:DigestValue></xad:SigPolicyHash>` +
  '<xad:SigPolicyQualifiers><xad:SigPolicyQualifier><xad:SPURI> https://p </xad:SPURI></xad:SigPolicyQualifier></xad:SigPolicyQualifiers>' +
  '</xad:SignaturePolicyId></xad:SignaturePolicyIdentifier>';
const LIEU =
  '<xad:SignatureProductionPlace><xad:City> Lyon </xad:City><xad:PostalCode> 69000 </xad:PostalCode><xad:CountryName> France </xad:CountryName></xad:SignatureProductionPlace>';
const ROLE =
  '<xad:SignerRole><xad:ClaimedRoles><xad:ClaimedRole> Maire </xad:ClaimedRole></xad:ClaimedRoles></xad:SignerRole>';
const SSP = `<xad:SignedSignatureProperties>${DATE}${CERTIFICAT}${POLITIQUE}${LIEU}${ROLE}</xad:SignedSignatureProperties>`;
const SP = `<xad:SignedProperties Id="P">${SSP}</xad:SignedProperties>`;
const QP = `<xad:QualifyingProperties xmlns:xad="${V111}" xmlns:ds="${DS}">${SP}</xad:QualifyingProperties>`;

type Lu = { lu: ProprietesLues | null; codes: string[] };
const relire = (texte: string, exigences?: Exigences): Lu =>
  lire((cahier) => lireProprietes(noeudDe(texte), cahier, exigences));
const change = (avant: string, apres: string): string => {
  if (!QP.includes(avant)) throw new TypeError(avant);
  return QP.replace(avant, () => apres);
};

test('all that the policy asks is read, white space around it left out, without a remark', () => {
  const { lu, codes } = relire(QP);
  expect(codes).toEqual([]);
  expect(lu).toEqual({
    version: '1.1.1',
    id: 'P',
    debut: QP.indexOf('<xad:SignedProperties'),
    instant: Date.parse('2026-06-15T12:00:00Z'),
    certificat: { hachage: 'sha256', empreinte: Buffer.alloc(32, 9), emetteur: 'CN=AC', serie: '12' },
    politique: {
      identifiant: 'urn:oid:1.2',
      libelle: 'Politique',
      hachage: 'SHA-256',
      empreinte: 'aGFzaA==',
      adresse: 'https://p',
    },
    roles: ['Maire'],
    lieu: { ville: 'Lyon', codePostal: '69000', pays: 'France' },
  });
});

test('DigestMethod and DigestValue stand in xad: or in ds: (crypto.md § 7)', () => {
  const enDs = QP.replaceAll('xad:Digest', 'ds:Digest');
  expect(relire(enDs)).toEqual({
    codes: [],
    lu: { ...relire(QP).lu, debut: enDs.indexOf('<xad:SignedProperties') },
  });
});

test('an unknown namespace is no XAdES: nothing to lean on, and nothing said twice', () => {
  expect(relire(QP.replace(V111, 'urn:x'))).toEqual({ lu: null, codes: [] });
});

test('properties without Id are read, and cannot be designated', () => {
  expect(relire(change(' Id="P"', '')).lu?.id).toBeNull();
});

describe('the signing time is a date of XML Schema that exists', () => {
  const dater = (texte: string): Lu => relire(change('2026-06-15T12:00:00Z', texte));

  test.each([
    [' 2026-06-15T12:00:00Z\n', '2026-06-15T12:00:00.000Z'],
    ['2026-06-15T14:00:00+02:00', '2026-06-15T12:00:00.000Z'],
    ['2026-06-15T05:30:00-06:30', '2026-06-15T12:00:00.000Z'],
    ['2026-06-15T12:00:00.5Z', '2026-06-15T12:00:00.500Z'],
    ['2026-06-15T12:00:00.123456789Z', '2026-06-15T12:00:00.123Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('« %s »', (texte, attendue) => {
    const { lu, codes } = dater(texte);
    expect([codes, new Date(lu?.instant ?? Number.NaN).toISOString()]).toEqual([[], attendue]);
  });

  test('without a zone it is read as universal time, and told', () => {
    const { lu, codes } = dater('2026-06-15T12:00:00');
    expect([codes, lu?.instant]).toEqual([['XDS-096'], Date.parse('2026-06-15T12:00:00Z')]);
  });

  test.each([
    'hier',
    '2026-06-15',
    '2026-06-15 12:00:00Z',
    '2026-06-15T12:00Z',
    '2026-06-15T12:00:00.Z',
    '2026-06-15T12:00:00.1234567890Z',
    '2026-06-15T12:00:00+0200',
    '2026-06-15T12:00:00Zulu',
    'le 2026-06-15T12:00:00Z',
    '2026-6-15T12:00:00Z',
    '12026-06-15T12:00:00Z',
    '2026-02-29T12:00:00Z',
    '2026-02-30T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-06-15T25:00:00Z',
    '2026-06-15T12:60:00Z',
    '',
  ])('« %s » is none', (texte) => {
    const { lu, codes } = dater(texte);
    expect([codes, lu?.instant]).toEqual([['XDS-095'], null]);
  });

  test('none, or two', () => {
    expect(relire(change(DATE, ''))).toMatchObject({ lu: { instant: null }, codes: ['XDS-093'] });
    expect(relire(change(DATE, DATE + DATE)).codes).toEqual(['XDS-094']);
  });
});

describe('the certificate of the signer is named by its digest, its issuer and its serial', () => {
  test.each([
    ['no SigningCertificate', CERTIFICAT, '', ['XDS-093']],
    ['two', CERTIFICAT, CERTIFICAT + CERTIFICAT, ['XDS-094']],
    ['no Cert', CERT, '', ['XDS-093']],
    ['no CertDigest', `<xad:CertDigest>${DIGEST}</xad:CertDigest>`, '', ['XDS-093']],
    ['no digest method', DIGEST.slice(0, DIGEST.indexOf('<xad:DigestValue')), '', ['XDS-093']],
    ['no digest', `<xad:DigestValue>${EMPREINTE}</xad:DigestValue>`, '', ['XDS-093']],
    ['MD5', `${XMLENC}sha256`, `${PLUS}md5`, ['XDS-049']],
    [
      'a method without address',
      `<xad:DigestMethod Algorithm="${XMLENC}sha256"/>`,
      '<xad:DigestMethod/>',
      ['XDS-049'],
    ],
    ['a digest that is no base64', EMPREINTE, '*', ['XDS-051']],
    ['a digest in both namespaces', DIGEST, DIGEST + DIGEST.replaceAll('xad:', 'ds:'), ['XDS-094']],
    [
      'MD5 and no base64',
      DIGEST,
      `<xad:DigestMethod Algorithm="${PLUS}md5"/><xad:DigestValue>*</xad:DigestValue>`,
      ['XDS-049', 'XDS-051'],
    ],
  ])('%s', (...[nom, avant, apres, attendus]) => {
    const { lu, codes } = relire(change(avant, apres));
    expect([...new Set(codes)]).toEqual(attendus);
    const premierSuffit = nom === 'two' || nom === 'a digest in both namespaces';
    expect(lu?.certificat === null).toBe(!premierSuffit);
  });

  test('what is missing is named', () => {
    const message = (texte: string): string =>
      lire((cahier) => {
        lireProprietes(noeudDe(texte), cahier);
        return cahier.constats.map((c) => c.message).join(' ');
      }).lu;
    expect(message(change(CERTIFICAT, ''))).toContain('La propriété signée SigningCertificate manque');
    expect(message(change(DATE, ''))).toContain('SigningTime');
    expect(message(change(POLITIQUE, ''))).toContain('SignaturePolicyIdentifier');
    expect(message(change(DIGEST, ''))).toMatch(/DigestMethod manque.*DigestValue manque/);
    expect(message(change(`<xad:CertDigest>${DIGEST}</xad:CertDigest>`, ''))).toMatch(/CertDigest manque/);
    expect(message(change(SSP, ''))).toMatch(/SignedSignatureProperties manque/);
    expect(message(change(SP, ''))).toMatch(/SignedProperties manque/);
  });

  test('SHA-1 names it, and is told: its issuer and serial are compared too', () => {
    const sha1 = change(`${XMLENC}sha256`, `${DS}sha1`);
    expect(relire(sha1)).toMatchObject({ codes: ['XDS-109'], lu: { certificat: { hachage: 'sha1' } } });
  });

  test('the first Cert is the signer’s; others may name the chain (XAdES § 7.2.2)', () => {
    const autre = CERT.replace(EMPREINTE, Buffer.alloc(32, 1).toString('base64'));
    const { lu, codes } = relire(change(CERT, CERT + autre));
    expect([codes, lu?.certificat?.empreinte]).toEqual([[], Buffer.alloc(32, 9)]);
  });

  test('without issuer and serial: null, for the comparison to tell', () => {
    const { lu } = relire(change(SERIAL, ''));
    expect(lu?.certificat).toMatchObject({ emetteur: null, serie: null });
    expect(lu?.certificat?.v2).toBeUndefined();
  });
});

describe('SigningCertificateV2 is as good only where the profile says so', () => {
  const V2 = CERTIFICAT.replaceAll('SigningCertificate>', 'SigningCertificateV2>').replace(SERIAL, '');
  const avecV2 = (cert = V2): string => change(CERTIFICAT, cert);
  const serialV2 = (texte: string): string =>
    avecV2(V2.replace('</xad:Cert>', `<xad:IssuerSerialV2>${texte}</xad:IssuerSerialV2></xad:Cert>`));

  test('the issuer may be left out, or given as DER', () => {
    expect(relire(avecV2(), BASE)).toMatchObject({
      codes: [],
      lu: { certificat: { v2: { emetteurSerie: null } } },
    });
    const { lu, codes } = relire(serialV2('MAA='), BASE);
    expect([codes, lu?.certificat?.v2?.emetteurSerie]).toEqual([[], Buffer.from([0x30, 0])]);
  });

  test('one that is no base64 is told', () => {
    expect(relire(serialV2('*'), BASE)).toMatchObject({
      codes: ['XDS-139'],
      lu: { certificat: { v2: { emetteurSerie: null } } },
    });
  });

  test('in a PES it is read like the first one: its issuer is to be named', () => {
    expect(relire(avecV2()).lu?.certificat).toEqual({
      hachage: 'sha256',
      empreinte: Buffer.alloc(32, 9),
      emetteur: null,
      serie: null,
    });
  });

  test('both at once are one too many', () => {
    expect(relire(change(CERTIFICAT, CERTIFICAT + V2), BASE).codes).toEqual(['XDS-094']);
  });

  test('SHA-1 alone names it there: obsolete; the old one has its issuer to compare', () => {
    const sha1 = (texte: string): string => texte.replace(`${XMLENC}sha256`, `${DS}sha1`);
    expect(relire(avecV2(sha1(V2)), BASE).codes).toEqual(['XDS-050']);
    expect(relire(change(CERTIFICAT, sha1(CERTIFICAT)), BASE).codes).toEqual(['XDS-109']);
  });
});

describe('the policy', () => {
  const IMPLICITE =
    '<xad:SignaturePolicyIdentifier><xad:SignaturePolicyImplied/></xad:SignaturePolicyIdentifier>';

  test.each([
    ['absent', '', ['XDS-093'], []],
    ['implied', IMPLICITE, ['XDS-098'], ['XDS-140']],
    ['twice', POLITIQUE + POLITIQUE, ['XDS-094'], ['XDS-094']],
    ['neither named nor implied', '<xad:SignaturePolicyIdentifier/>', ['XDS-093'], ['XDS-093']],
  ])('%s: refused by the PES, or not, by baseline B', (...[nom, texte, pes, base]) => {
    expect(relire(change(POLITIQUE, texte)).codes).toEqual(pes);
    const { lu, codes } = relire(change(POLITIQUE, texte), BASE);
    expect(codes).toEqual(base);
    expect(lu?.politique === null).toBe(nom === 'absent' || nom === 'implied');
  });

  test('what it does not say is empty; an unknown digest keeps its address', () => {
    const nue = change(
      POLITIQUE,
      '<xad:SignaturePolicyIdentifier><xad:SignaturePolicyId/></xad:SignaturePolicyIdentifier>',
    );
    expect(relire(nue)).toMatchObject({
      codes: [],
      lu: { politique: { identifiant: '', libelle: '', hachage: '', empreinte: '', adresse: '' } },
    });
    const md5 = QP.replaceAll(`${XMLENC}sha256`, (uri) => uri).replace(
      `<xad:SigPolicyHash><xad:DigestMethod Algorithm="${XMLENC}sha256"/>`,
      `<xad:SigPolicyHash><xad:DigestMethod Algorithm="${PLUS}md5"/>`,
    );
    expect(relire(md5).lu?.politique?.hachage).toBe(`${PLUS}md5`);
  });
});

describe('the role and the place', () => {
  test('a role is demanded by the policy of the PES, not by baseline B', () => {
    expect(relire(change(ROLE, ''))).toMatchObject({ codes: ['XDS-101'], lu: { roles: [] } });
    expect(relire(change(ROLE, ''), BASE)).toMatchObject({ codes: [], lu: { roles: [] } });
    expect(relire(change(' Maire ', ' \n ')).codes).toEqual(['XDS-101']);
  });

  test('several roles, in order; certified ones are not claimed ones', () => {
    const deux = '</xad:ClaimedRole><xad:ClaimedRole>Ordonnateur';
    expect(relire(change(' Maire ', `Maire${deux}`)).lu?.roles).toEqual(['Maire', 'Ordonnateur']);
    expect(relire(change(ROLE, ROLE.replaceAll('Claimed', 'Certified'))).codes).toEqual(['XDS-101']);
  });

  test('a place may be absent, or say only a part', () => {
    expect(relire(change(LIEU, '')).lu?.lieu).toBeNull();
    expect(relire(change(LIEU, '<xad:SignatureProductionPlace/>')).lu?.lieu).toEqual({
      ville: '',
      codePostal: '',
      pays: '',
    });
  });

  test('the second editions of both (EN 319 132-1 § 5.2.5, § 5.2.6) are read alike', () => {
    const v2 = QP.replaceAll('SignatureProductionPlace>', 'SignatureProductionPlaceV2>').replaceAll(
      'SignerRole>',
      'SignerRoleV2>',
    );
    expect(relire(v2)).toMatchObject({ codes: [], lu: { roles: ['Maire'], lieu: { ville: 'Lyon' } } });
  });
});

describe('nothing stands where the schema has no place for it', () => {
  const X = '<paie/>';

  test.each([
    ['among the properties of the signature', change(ROLE, ROLE + X)],
    ['a good name of another namespace', change(ROLE, `${ROLE}<SignerRole/>`)],
    ['among the signed properties', change(SSP, SSP + X)],
    ['beside the signed properties', change(SP, SP + X)],
    ['a property of the signature one level too high', change(SSP, SSP + ROLE)],
    ['a property that the schema does not have', change(ROLE, `${ROLE}<xad:CounterSignature/>`)],
  ])('%s', (_, texte) => {
    expect(relire(texte).codes).toEqual(['XDS-105']);
  });

  test.each([
    ['no SignedProperties', change(SP, ''), null],
    ['two SignedProperties', change(SP, SP + SP.replace('"P"', '"Q"')), 'P'],
    ['no SignedSignatureProperties', change(SSP, ''), 'P'],
    ['two SignedSignatureProperties', change(SSP, SSP + SSP), 'P'],
  ])('%s', (nom, texte, id) => {
    const { lu, codes } = relire(texte);
    expect(codes[0]).toBe(nom.startsWith('two') ? 'XDS-094' : 'XDS-093');
    expect(lu?.id ?? null).toBe(id);
  });

  test('properties of the signed contents are admitted, whatever they say', () => {
    const objets = '<xad:SignedDataObjectProperties><xad:DataObjectFormat/></xad:SignedDataObjectProperties>';
    expect(relire(change(SSP, SSP + objets)).codes).toEqual([]);
  });
});

describe('unsigned properties are told, a counter-signature is refused (policy of the DGFiP)', () => {
  const non = (corps: string): string =>
    change(SP, `${SP}<xad:UnsignedProperties>${corps}</xad:UnsignedProperties>`);
  const USP = 'xad:UnsignedSignatureProperties';

  test.each([
    ['none of them', '', ['XDS-103']],
    ['a time-stamp', `<${USP}><xad:SignatureTimeStamp/></${USP}>`, ['XDS-103']],
    ['a counter-signature', `<${USP}><xad:CounterSignature/></${USP}>`, ['XDS-102']],
    [
      'a counter-signature among others',
      `<${USP}><xad:SignatureTimeStamp/></${USP}><${USP}><xad:CounterSignature/></${USP}>`,
      ['XDS-102'],
    ],
    ['the name alone, of another namespace', `<${USP}><CounterSignature/></${USP}>`, ['XDS-103']],
  ])('%s', (_, corps, attendus) => {
    expect(relire(non(corps)).codes).toEqual(attendus);
  });

  test('no UnsignedProperties: nothing to say', () => {
    expect(relire(QP).codes).toEqual([]);
  });
});
