// oxlint-disable max-lines -- a table: one row per hostile file
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierXades } from '../../../../src/formats/xades/verifier.ts';
import { EXTENSIONS, type Pki, pkiGardee } from '../certificats/pki.ts';
import { batirSignature, cleDe, codes, morceaux, pes, signer, verifier } from './atelier.ts';
import {
  assembler,
  canoniques,
  couper,
  detourner,
  type Parties,
  resigner,
  sha256,
  toutRefaire,
} from './forger.ts';

let pki: Pki;
let bon: string;
let p: Parties;
let cle: Buffer;
let autre: Parties;
let deux: string;
beforeAll(async () => {
  pki = pkiGardee('attaques', (neuve) => {
    batirSignature(neuve);
    neuve.emettre('ica2', { nom: 'faible', cle: 'rsa1024', extensions: EXTENSIONS.signataire });
    neuve.emettre('ica2', { nom: 'jumeau', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
  });
  cle = pki.lire('rsa.key');
  const signataire = { ...cleDe(pki, 'rsa'), chaine: [] };
  bon = (await signer(pes({ bordereaux: 1 }), signataire)).octets.toString('latin1');
  deux = (await signer(pes({ bordereaux: 2 }), signataire)).octets.toString('latin1');
  p = couper(bon);
  autre = couper((await signer(pes({ bordereaux: 1 }), cleDe(pki, 'ec'))).octets.toString('latin1'));
});
afterAll(() => pki.fermer());

/** From JWK to the base64 of XML. */
const std = (t: string): string => Buffer.from(t, 'base64url').toString('base64');
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const b64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');
const signature = (change: (s: string) => string): string => assembler(p, { signature: change(p.signature) });
/** Changes the signature, then signs it again: only the rule aimed at may refuse. */
const resigne = (change: (s: string) => string): string => resigner(signature(change), cle);
const refait = (change: (s: string) => string): string => toutRefaire(signature(change), cle);
const vieux = (texte: string): string => `<Vieux>${texte}</Vieux></PES_DepenseAller>`;
const original = (): string => p.bordereau + p.fin;
const mechant = (avant: string, apres: string): string => detourner(p.bordereau).replace(avant, apres);
const transformation = (uri: string, corps = ''): string =>
  `<ds:Transform Algorithm="${uri}">${corps}</ds:Transform></ds:Transforms><ds:DigestMethod`;
const FIN_TRANSFORMATIONS = '</ds:Transforms><ds:DigestMethod';
const si = (): string => /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(p.signature)?.[0] ?? '';
const reference1 = (): string =>
  /<ds:Reference URI="#BORD1">.*?<\/ds:Reference>/s.exec(p.signature)?.[0] ?? '';
const empreinte1 = (): string => /<ds:DigestValue>([^<]+)/.exec(p.signature)?.[1] ?? '';
const empreinteMechante = (): string =>
  sha256(
    canoniques(assembler(p, { bordereau: detourner(p.bordereau) }), 'Bordereau', true)[0] ?? Buffer.alloc(0),
  );
const sp = (): string => /<xad:SignedProperties.*<\/xad:SignedProperties>/s.exec(p.signature)?.[0] ?? '';
const certificat = (): string => `<ds:X509Certificate>${b64(pki.der('rsa'))}</ds:X509Certificate>`;

type Attaque = readonly [nom: string, code: string, fichier: () => string];

/** The fifteen of the prototype (crypto.md §6). */
const PROTOTYPE: readonly Attaque[] = [
  ['content changed', 'XDS-053', () => assembler(p, { bordereau: detourner(p.bordereau) })],
  [
    'wrap: evil first, the same Id twice',
    'XML-018',
    () => assembler(p, { bordereau: detourner(p.bordereau), apres: original() + p.apres }),
  ],
  [
    'wrap: original inside ds:Object, evil outside',
    'XDS-017',
    () =>
      assembler(p, {
        bordereau: mechant('Id="BORD1"', 'Id="BORDX"'),
        signature: p.signature.replace(
          '</ds:Signature>',
          `<ds:Object>${original()}</ds:Object></ds:Signature>`,
        ),
      }),
  ],
  [
    'wrap: original moved after, evil without Id',
    'XDS-037',
    () =>
      assembler(p, {
        bordereau: mechant(' Id="BORD1"', ''),
        apres: p.apres.replace('</PES_DepenseAller>', vieux(original())),
      }),
  ],
  [
    'wrap: the Id of the evil one spelled ID',
    'XDS-037',
    () =>
      assembler(p, {
        bordereau: mechant('Id="BORD1"', 'ID="BORD1"'),
        apres: p.apres.replace('</PES_DepenseAller>', vieux(original())),
      }),
  ],
  [
    'two SignedInfo',
    'XDS-012',
    () => signature((s) => s.replace(si(), si().replace(empreinte1(), empreinteMechante()) + si())),
  ],
  [
    'comment in DigestValue, the evil digest in it',
    'XDS-006',
    () =>
      assembler(p, {
        bordereau: detourner(p.bordereau),
        signature: p.signature.replace(empreinte1(), `<!--${empreinteMechante()}-->${empreinte1()}`),
      }),
  ],
  [
    'comment after DigestValue',
    'XDS-006',
    () =>
      assembler(p, {
        bordereau: detourner(p.bordereau),
        signature: p.signature.replace(empreinte1(), `${empreinte1()}<!--${empreinteMechante()}-->`),
      }),
  ],
  ['reference to SignedProperties alone', 'XDS-030', () => resigne((s) => s.replace(reference1(), ''))],
  ['empty URI', 'XDS-032', () => resigne((s) => s.replace('URI="#BORD1"', 'URI=""'))],
  [
    'XSLT transform',
    'XDS-044',
    () =>
      resigne((s) =>
        s.replace(FIN_TRANSFORMATIONS, transformation('http://www.w3.org/TR/1999/REC-xslt-19991116')),
      ),
  ],
  [
    'HMAC keyed with the certificate',
    'XDS-023',
    () => resigne((s) => s.replace(/http[^"]*rsa-sha256/, `${DS}hmac-sha1`)),
  ],
  [
    'DOCTYPE with an ID type',
    'XML-006',
    () => bon.replace('?>', '?><!DOCTYPE x [<!ATTLIST Piece Id ID #IMPLIED>]>'),
  ],
];

const EMBALLAGES: readonly Attaque[] = [
  [
    'signature moved to the other bordereau',
    'XDS-037',
    () => {
      const q = couper(deux);
      const sien = couper(q.apres);
      return (
        q.avant + q.bordereau + q.fin + sien.avant + sien.bordereau + q.signature + sien.fin + sien.apres
      );
    },
  ],
  [
    'signature moved to the root',
    'XDS-037',
    () =>
      assembler(p, {
        signature: '',
        apres: p.apres.replace('</n:PES_Aller>', `${p.signature}</n:PES_Aller>`),
      }),
  ],
  [
    'signature moved into a Piece',
    'XDS-001',
    () =>
      assembler(p, { bordereau: p.bordereau.replace('</Piece>', `${p.signature}</Piece>`), signature: '' }),
  ],
  [
    'signature moved into the envelope',
    'XDS-001',
    () =>
      assembler(p, { avant: p.avant.replace('</Parametres>', `${p.signature}</Parametres>`), signature: '' }),
  ],
  [
    'signature moved into a PJ',
    'XDS-001',
    () => assembler(p, { signature: '', apres: p.apres.replace('</PJ>', `${p.signature}</PJ>`) }),
  ],
  [
    'bordereau moved out of its place',
    'XDS-001',
    () => {
      const tout = assembler(p, { avant: '', apres: '' });
      return p.avant + p.apres.replace('<PES_PJ>', `<PES_PJ>${tout}`);
    },
  ],
  [
    'a Bordereau of another namespace',
    'XDS-001',
    () => bon.replace('<Bordereau ', '<Bordereau xmlns="urn:x" '),
  ],
  [
    'the whole flux wrapped in another root',
    'XDS-001',
    () => {
      const [tete = '', corps = ''] = bon.split('?>\n');
      return `${tete}?>\n<enveloppe>${corps}</enveloppe>`;
    },
  ],
  [
    'a second flux around, signed one kept inside',
    'XDS-001',
    () =>
      bon
        .replace('<PES_DepenseAller>', '<PES_DepenseAller><n:PES_Aller><PES_DepenseAller>')
        .replace('</PES_DepenseAller>', '</PES_DepenseAller></n:PES_Aller></PES_DepenseAller>'),
  ],
  [
    'two signatures in one bordereau',
    'XDS-003',
    () => signature((s) => s + autre.signature.replaceAll('SIG_1', 'SIG_2')),
  ],
  [
    'a signature inside a signature',
    'XDS-004',
    () =>
      signature((s) =>
        s.replace(
          '</ds:Signature>',
          `<ds:Object>${s.replaceAll('SIG_1', 'SIG_2')}</ds:Object></ds:Signature>`,
        ),
      ),
  ],
  [
    'evil bordereau inside the SignedProperties',
    'XDS-105',
    () => refait((s) => s.replace('</xad:SignedProperties>', `<Bordereau Id="B9"/></xad:SignedProperties>`)),
  ],
  [
    'evil content hidden in KeyInfo',
    'XDS-009',
    () => signature((s) => s.replace('</ds:KeyInfo>', '<Bordereau Id="B9"/></ds:KeyInfo>')),
  ],
  [
    'evil content hidden in X509Data',
    'XDS-009',
    () => signature((s) => s.replace('</ds:X509Data>', '<Bordereau Id="B9"/></ds:X509Data>')),
  ],
  [
    'evil content hidden in the SignatureValue',
    'XDS-060',
    () => signature((s) => s.replace('</ds:SignatureValue>', '<Bordereau Id="B9"/></ds:SignatureValue>')),
  ],
  [
    'evil content hidden in a certificate',
    'XDS-073',
    () => signature((s) => s.replace('</ds:X509Certificate>', '<Bordereau Id="B9"/></ds:X509Certificate>')),
  ],
  [
    'SignedProperties of another signature',
    'XDS-041',
    () => {
      const q = couper(deux);
      const tordu = assembler(q, { signature: q.signature.replace('URI="#SIG_1_SP"', 'URI="#SIG_2_SP"') });
      return resigner(tordu, cle);
    },
  ],
  [
    'SignedProperties outside QualifyingProperties',
    'XDS-017',
    () =>
      resigne((s) =>
        s.replace(
          '<ds:Object>',
          `<ds:Object>${sp().replace('Id="SIG_1_SP"', 'xmlns:xad="http://uri.etsi.org/01903/v1.1.1#" Id="AUTRE_SP"')}`,
        ),
      ),
  ],
  [
    'Target of another signature',
    'XDS-092',
    () => signature((s) => s.replace('Target="#SIG_1"', 'Target="#SIG_9"')),
  ],
];

const IDENTIFIANTS: readonly Attaque[] = [
  [
    'reference to an Id that nobody bears',
    'XDS-035',
    () => resigne((s) => s.replace('URI="#BORD1"', 'URI="#RIEN"')),
  ],
  [
    'reference to xml:id',
    'XDS-036',
    () => assembler(p, { bordereau: p.bordereau.replace(' Id=', ' xml:id=') }),
  ],
  [
    'reference to id in lower case',
    'XDS-036',
    () => assembler(p, { bordereau: p.bordereau.replace(' Id=', ' id=') }),
  ],
  [
    'Id equal but for its case',
    'XDS-035',
    () => assembler(p, { bordereau: p.bordereau.replace('"BORD1"', '"bord1"') }),
  ],
  [
    'Id with a blank',
    'XDS-035',
    () => assembler(p, { bordereau: p.bordereau.replace('"BORD1"', '" BORD1"') }),
  ],
  [
    'Id of the bordereau twice by a reference',
    'XML-018',
    () => assembler(p, { apres: p.apres.replace('<PJ>', '<PJ Id="BORD&#49;">') }),
  ],
  [
    'Id inside ds:Object twice',
    'XML-018',
    () => signature((s) => s.replace('<ds:Object>', '<ds:Object Id="BORD1">')),
  ],
  [
    'Id in a namespace',
    'XDS-035',
    () => assembler(p, { bordereau: p.bordereau.replace(' Id=', ' xmlns:q="urn:q" q:Id=') }),
  ],
  ['XPointer to the root', 'XDS-034', () => resigne((s) => s.replace('URI="#BORD1"', 'URI="#xpointer(/)"'))],
  [
    'XPointer by id',
    'XDS-034',
    () => resigne((s) => s.replace('URI="#BORD1"', `URI="#xpointer(id('BORD1'))"`)),
  ],
  ['a file', 'XDS-033', () => resigne((s) => s.replace('URI="#BORD1"', 'URI="file:///etc/passwd"'))],
  [
    'an address',
    'XDS-033',
    () => resigne((s) => s.replace('URI="#BORD1"', 'URI="http://example.invalid/x#BORD1"')),
  ],
  ['no URI', 'XDS-031', () => resigne((s) => s.replace(' URI="#BORD1"', ''))],
  [
    'the same reference twice',
    'XDS-040',
    () => resigne((s) => s.replace(/<ds:Reference Type.*<\/ds:Reference>/s, reference1())),
  ],
  ['three references', 'XDS-030', () => resigne((s) => s.replace(reference1(), reference1() + reference1()))],
  [
    'a Manifest',
    'XDS-042',
    () => resigne((s) => s.replace('URI="#BORD1"', `Type="${DS}Manifest" URI="#BORD1"`)),
  ],
];

const exc = 'http://www.w3.org/2001/10/xml-exc-c14n#';

const ALGORITHMES: readonly Attaque[] = [
  [
    'XPath filter',
    'XDS-045',
    () =>
      resigne((s) =>
        s.replace(
          FIN_TRANSFORMATIONS,
          transformation('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>self::Nom</ds:XPath>'),
        ),
      ),
  ],
  [
    'XPath filter 2',
    'XDS-045',
    () =>
      resigne((s) =>
        s.replace(FIN_TRANSFORMATIONS, transformation('http://www.w3.org/2002/06/xmldsig-filter2')),
      ),
  ],
  [
    'base64 transform',
    'XDS-046',
    () => resigne((s) => s.replace(FIN_TRANSFORMATIONS, transformation(`${DS}base64`))),
  ],
  [
    'unknown transform',
    'XDS-047',
    () => resigne((s) => s.replace(FIN_TRANSFORMATIONS, transformation('urn:rien'))),
  ],
  [
    'enveloped-signature alone',
    'XDS-043',
    () => resigne((s) => s.replace(`<ds:Transform Algorithm="${exc}"></ds:Transform>`, '')),
  ],
  [
    'exc-c14n alone: the signature signs itself',
    'XDS-043',
    () => resigne((s) => s.replace(`<ds:Transform Algorithm="${DS}enveloped-signature"></ds:Transform>`, '')),
  ],
  [
    'no transform at all',
    'XDS-043',
    () => resigne((s) => s.replace(/<ds:Transforms>.*?<\/ds:Transforms>/s, '')),
  ],
  [
    'enveloped-signature twice',
    'XDS-043',
    () =>
      resigne((s) =>
        s.replace(
          exc + '"></ds:Transform></ds:Transforms>',
          `${DS}enveloped-signature"></ds:Transform></ds:Transforms>`,
        ),
      ),
  ],
  [
    'inclusive c14n of the content',
    'XDS-020',
    () =>
      resigne((s) =>
        s.replace(
          `Transform Algorithm="${exc}"`,
          'Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
      ),
  ],
  [
    'inclusive c14n of SignedInfo',
    'XDS-020',
    () =>
      resigne((s) =>
        s.replace(
          `Method Algorithm="${exc}"`,
          'Method Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
      ),
  ],
  [
    'unknown c14n of SignedInfo',
    'XDS-021',
    () => resigne((s) => s.replace(`Method Algorithm="${exc}"`, 'Method Algorithm="urn:c14n"')),
  ],
  [
    'prefix list',
    'XDS-022',
    () =>
      resigne((s) =>
        s.replace(
          `Transform Algorithm="${exc}"></ds:Transform>`,
          `Transform Algorithm="${exc}"><e:InclusiveNamespaces xmlns:e="${exc}" PrefixList="xsi"/></ds:Transform>`,
        ),
      ),
  ],
  ['HMAC-SHA256', 'XDS-023', () => resigne((s) => s.replace('#rsa-sha256', '#hmac-sha256'))],
  [
    'HMACOutputLength',
    'XDS-026',
    () =>
      resigne((s) =>
        s.replace(
          '#rsa-sha256"></ds:SignatureMethod>',
          '#rsa-sha256"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>',
        ),
      ),
  ],
  ['MD5', 'XDS-024', () => resigne((s) => s.replace('#rsa-sha256', '#rsa-md5'))],
  ['DSA', 'XDS-024', () => resigne((s) => s.replace(/http[^"]*rsa-sha256/, `${DS}dsa-sha1`))],
  ['no signature method', 'XDS-024', () => resigne((s) => s.replace(/ Algorithm="[^"]*rsa-sha256"/, ''))],
  [
    'ECDSA announced for an RSA key',
    'XDS-080',
    () => resigne((s) => s.replace('#rsa-sha256', '#ecdsa-sha256')),
  ],
  [
    'RSA announced for an EC key',
    'XDS-080',
    () => assembler(autre, { signature: autre.signature.replace('#ecdsa-sha256', '#rsa-sha256') }),
  ],
  [
    'RSA-SHA512 announced for a SHA-256 value',
    'XDS-062',
    () => signature((s) => s.replace('#rsa-sha256', '#rsa-sha512')),
  ],
  ['MD5 digest', 'XDS-049', () => resigne((s) => s.replace('xmlenc#sha256', 'xmldsig-more#md5'))],
  [
    'no digest method',
    'XDS-049',
    () => resigne((s) => s.replace(/<ds:DigestMethod [^>]*><\/ds:DigestMethod>/, '')),
  ],
  [
    'SHA-512 announced for 32 bytes',
    'XDS-052',
    () => resigne((s) => s.replace('2001/04/xmlenc#sha256', '2001/04/xmlenc#sha512')),
  ],
];

const VALEURS: readonly Attaque[] = [
  ['truncated digest', 'XDS-052', () => resigne((s) => s.replace(empreinte1(), empreinte1().slice(0, 24)))],
  ['empty digest', 'XDS-052', () => resigne((s) => s.replace(empreinte1(), ''))],
  ['digest in base64url', 'XDS-051', () => resigne((s) => s.replace(empreinte1(), `${'_-'.repeat(21)}A=`))],
  ['digest with stray bits', 'XDS-051', () => resigne((s) => s.replace(empreinte1(), `${'A'.repeat(42)}B=`))],
  [
    'digest without padding',
    'XDS-051',
    () => resigne((s) => s.replace(empreinte1(), empreinte1().slice(0, -1))),
  ],
  ['digest followed by junk', 'XDS-051', () => resigne((s) => s.replace(empreinte1(), `${empreinte1()}!`))],
  [
    'digest inside a child element',
    'XDS-051',
    () => resigne((s) => s.replace(empreinte1(), `<x>${empreinte1()}</x>`)),
  ],
  [
    'two digests',
    'XDS-009',
    () =>
      resigne((s) =>
        s.replace(
          `<ds:DigestValue>${empreinte1()}`,
          `<ds:DigestValue>${empreinteMechante()}</ds:DigestValue><ds:DigestValue>${empreinte1()}`,
        ),
      ),
  ],
  [
    'truncated signature value',
    'XDS-061',
    () => signature((s) => s.replace(/(<ds:SignatureValue[^>]*>.{40})[^<]*/, '$1')),
  ],
  [
    'empty signature value',
    'XDS-060',
    () => signature((s) => s.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, '$1')),
  ],
  [
    'signature value with junk',
    'XDS-060',
    () => signature((s) => s.replace('</ds:SignatureValue>', '*</ds:SignatureValue>')),
  ],
  [
    'two signature values',
    'XDS-014',
    () =>
      signature((s) =>
        s.replace(/<ds:SignatureValue.*<\/ds:SignatureValue>/s, (v) => v.replace(' Id="SIG_1_SV"', '') + v),
      ),
  ],
  [
    'no signature value',
    'XDS-013',
    () => signature((s) => s.replace(/<ds:SignatureValue.*<\/ds:SignatureValue>/s, '')),
  ],
  ['no SignedInfo', 'XDS-011', () => signature((s) => s.replace(si(), ''))],
  [
    'SignedInfo in another namespace',
    'XDS-011',
    () => signature((s) => s.replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="urn:x">')),
  ],
  [
    'the value of a zero signature',
    'XDS-062',
    () =>
      signature((s) =>
        s.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, `$1${Buffer.alloc(256).toString('base64')}`),
      ),
  ],
  [
    'ECDSA zero (r = s = 0)',
    'XDS-062',
    () =>
      assembler(autre, {
        signature: autre.signature.replace(
          /(<ds:SignatureValue[^>]*>)[^<]*/,
          `$1${Buffer.alloc(64).toString('base64')}`,
        ),
      }),
  ],
  ['text between the parts', 'XDS-015', () => signature((s) => s.replace('<ds:KeyInfo>', 'x<ds:KeyInfo>'))],
  [
    'parts in another order',
    'XDS-010',
    () => signature((s) => s.replace(si(), '').replace('<ds:KeyInfo>', `${si()}<ds:KeyInfo>`)),
  ],
  [
    'an attribute that is not one',
    'XDS-016',
    () => signature((s) => s.replace('<ds:Signature ', '<ds:Signature id="x" ')),
  ],
  ['a signature without Id', 'XDS-018', () => signature((s) => s.replace(' Id="SIG_1">', '>'))],
];

const CLES: readonly Attaque[] = [
  ['no KeyInfo', 'XDS-070', () => signature((s) => s.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/s, ''))],
  [
    'a KeyInfo that nobody reads',
    'XDS-071',
    () => signature((s) => s.replace(/<ds:X509Data>.*<\/ds:X509Data>/s, '<ds:PGPData/>')),
  ],
  [
    'KeyValue alone, of a key made for the purpose',
    'XDS-071',
    () => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
      const nue = `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${n}</ds:Modulus><ds:Exponent>${e}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`;
      return signature((s) => s.replace(/<ds:X509Data>.*<\/ds:X509Data>/s, nue));
    },
  ],
  [
    'KeyValue of another key beside the certificate',
    'XDS-082',
    () => {
      const { n = '', e = '' } = pki.certificat('jumeau').cle.objet.export({ format: 'jwk' });
      return signature((s) =>
        s.replace(
          '<ds:KeyInfo>',
          `<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${std(n)}</ds:Modulus><ds:Exponent>${std(e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`,
        ),
      );
    },
  ],
  [
    'RetrievalMethod',
    'XDS-072',
    () => signature((s) => s.replace('<ds:KeyInfo>', '<ds:KeyInfo><ds:RetrievalMethod URI="#SIG_1"/>')),
  ],
  [
    'certificate replaced, signed with its key',
    'XDS-075',
    () =>
      resigner(
        signature((s) =>
          s.replace(certificat(), `<ds:X509Certificate>${b64(pki.der('jumeau'))}</ds:X509Certificate>`),
        ),
        pki.lire('jumeau.key'),
      ),
  ],
  [
    'certificate put first, value by its key',
    'XDS-062',
    () =>
      resigner(
        signature((s) =>
          s.replace(
            certificat(),
            `<ds:X509Certificate>${b64(pki.der('jumeau'))}</ds:X509Certificate>${certificat()}`,
          ),
        ),
        pki.lire('jumeau.key'),
      ),
  ],
  [
    'unreadable certificate',
    'XDS-073',
    () => signature((s) => s.replace(certificat(), '<ds:X509Certificate>AAAA</ds:X509Certificate>')),
  ],
  [
    'PEM in place of DER',
    'XDS-073',
    () =>
      signature((s) =>
        s.replace(
          certificat(),
          `<ds:X509Certificate>${Buffer.from(pki.lire('rsa.pem')).toString('base64')}</ds:X509Certificate>`,
        ),
      ),
  ],
  [
    'eleven certificates',
    'XDS-074',
    () => signature((s) => s.replace(certificat(), certificat().repeat(11))),
  ],
  [
    'RSA of 1024 bits',
    'XDS-081',
    () => {
      const der = pki.der('faible');
      const serie = pki.certificat('faible').serie.decimal;
      const change = (s: string): string =>
        s
          .replace(certificat(), `<ds:X509Certificate>${b64(der)}</ds:X509Certificate>`)
          .replace(sha256(pki.der('rsa')), sha256(der))
          .replace(/(SerialNumber>)\d+/, `$1${serie}`);
      return toutRefaire(signature(change), pki.lire('faible.key'));
    },
  ],
  [
    'another issuer named',
    'XDS-076',
    () => refait((s) => s.replace(/(X509IssuerName>)CN=[^,]*/, '$1CN=Autre')),
  ],
  ['another serial named', 'XDS-077', () => refait((s) => s.replace(/(SerialNumber>)\d+/, '$19999'))],
];

const PROPRIETES: readonly Attaque[] = [
  ['signing time changed', 'XDS-054', () => signature((s) => s.replace('2026-06-15T', '2026-06-14T'))],
  ['role changed', 'XDS-054', () => signature((s) => s.replace('Maire ', 'Préfet '))],
  ['no properties', 'XDS-090', () => resigne((s) => s.replace(/<ds:Object>.*<\/ds:Object>/s, ''))],
  [
    'properties of an unknown namespace',
    'XDS-090',
    () => refait((s) => s.replace('01903/v1.1.1#" Target', '01903/v9.9.9#" Target')),
  ],
  [
    'properties twice',
    'XDS-091',
    () =>
      signature((s) =>
        s.replace(/<xad:Qual.*<\/xad:QualifyingProperties>/s, (q) => q + q.replaceAll('SIG_1_SP', 'AUTRE')),
      ),
  ],
  [
    'no signing time',
    'XDS-093',
    () => refait((s) => s.replace(/<xad:SigningTime>.*<\/xad:SigningTime>/, '')),
  ],
  [
    'no certificate named',
    'XDS-093',
    () => refait((s) => s.replace(/<xad:SigningCertificate>.*<\/xad:SigningCertificate>/s, '')),
  ],
  [
    'two signing times',
    'XDS-094',
    () => refait((s) => s.replace(/<xad:SigningTime>.*<\/xad:SigningTime>/, (t) => t + t)),
  ],
  ['a date that is none', 'XDS-095', () => refait((s) => s.replace(/(<xad:SigningTime>)[^<]*/, '$1hier'))],
  ['30 February as a date', 'XDS-095', () => refait((s) => s.replace('2026-06-15T', '2026-13-45T'))],
  [
    'implied policy',
    'XDS-098',
    () =>
      refait((s) =>
        s.replace(/<xad:SignaturePolicyId>.*<\/xad:SignaturePolicyId>/s, '<xad:SignaturePolicyImplied/>'),
      ),
  ],
  [
    'no policy',
    'XDS-093',
    () => refait((s) => s.replace(/<xad:SignaturePolicyIdentifier>.*<\/xad:SignaturePolicyIdentifier>/s, '')),
  ],
  [
    'counter-signature',
    'XDS-102',
    () =>
      signature((s) =>
        s.replace(
          '</xad:QualifyingProperties>',
          '<xad:UnsignedProperties><xad:UnsignedSignatureProperties><xad:CounterSignature/></xad:UnsignedSignatureProperties></xad:UnsignedProperties></xad:QualifyingProperties>',
        ),
      ),
  ],
];

const ECRITURES: readonly Attaque[] = [
  [
    'a processing instruction in place of text',
    'XDS-053',
    () => assembler(p, { bordereau: p.bordereau.replace('<BlocBordereau>', '<BlocBordereau><?x y?>') }),
  ],
  [
    'a processing instruction in DigestValue',
    'XDS-007',
    () => resigne((s) => s.replace(empreinte1(), `<?x ${empreinteMechante()}?>${empreinte1()}`)),
  ],
  [
    'CDATA that hides content',
    'XDS-053',
    () =>
      assembler(p, { bordereau: p.bordereau.replace('<Exer V="2026"/>', '<![CDATA[<Exer V="2026"/>]]>') }),
  ],
  ['an entity', 'XML-021', () => bon.replace('V="60632"', 'V="&montant;"')],
  [
    'another encoding declared',
    'XDS-053',
    () => bon.replace('ISO-8859-1', 'ISO-8859-15').replace('V="60632"', 'V="60632\xa4"'),
  ],
  ['UTF-8 declared over ISO-8859-1 bytes', 'XML-007', () => bon.replace('ISO-8859-1', 'UTF-8')],
  ['UTF-7 declared', 'XML-002', () => bon.replace('ISO-8859-1', 'UTF-7')],
  ['XML 1.1', 'XML-005', () => bon.replace('version="1.0"', 'version="1.1"')],
  ['attribute twice', 'XML-017', () => bon.replace('<Exer V="2026"/>', '<Exer V="2026" V="2027"/>')],
  ['a NUL byte', 'XML-008', () => bon.replace('V="60632"', 'V="60632\0"')],
  ['two roots', 'XML-010', () => `${bon}<x/>`],
  [
    'a namespace redeclared on an ancestor',
    'XDS-053',
    () =>
      bon
        .replace('<PES_DepenseAller>', '<PES_DepenseAller xmlns="">')
        .replace('<BlocBordereau>', '<BlocBordereau xmlns="urn:x">'),
  ],
  [
    'an attribute added in the bordereau',
    'XDS-053',
    () => bon.replace('<IdBord V="1"/>', '<IdBord V="1" W=""/>'),
  ],
  [
    'a signature of 1.5 MB',
    'XDS-008',
    () =>
      signature((s) =>
        s.replace('<ds:KeyInfo>', `<ds:KeyInfo><ds:KeyName>${'x'.repeat(1_500_000)}</ds:KeyName>`),
      ),
  ],
];

const FAMILLES: readonly (readonly [string, readonly Attaque[]])[] = [
  ['the rewritings of the prototype', PROTOTYPE],
  ['wrapping in every place', EMBALLAGES],
  ['identifiers and references', IDENTIFIANTS],
  ['algorithms and transforms', ALGORITHMES],
  ['values', VALEURS],
  ['keys and certificates', CLES],
  ['signed properties', PROPRIETES],
  ['spelling, entities, encodings', ECRITURES],
];

/** Findings that explain the value being false: a file that was signed again must be refused without them. */
async function juger(texte: string): Promise<{ valide: boolean; codes: string[] }> {
  const verdict = await verifierXades(() => morceaux(Buffer.from(texte, 'latin1')));
  if (verdict.type === 'illisible') return { valide: false, codes: [verdict.refus.code] };
  if (verdict.type === 'source_changee') return { valide: false, codes: [] };
  return {
    valide: verdict.conclusion === 'valide' || verdict.conclusion === 'obsolete',
    codes: codes(verdict),
  };
}

test('the file attacked is valid before', async () => {
  expect(await juger(bon)).toEqual({ valide: true, codes: [] });
  expect((await juger(deux)).valide).toBe(true);
  expect((await juger(assembler(autre))).valide).toBe(true);
});

test('the forger’s tools make valid files: what refuses below is the rule aimed at', async () => {
  expect(await juger(toutRefaire(assembler(p, { bordereau: detourner(p.bordereau) }), cle))).toEqual({
    valide: true,
    codes: [],
  });
});

describe.each(FAMILLES)('hostile files: %s', (_, attaques) => {
  test.each(attaques)('%s → %s', async (_nom, code, fichier) => {
    const texte = fichier();
    expect(texte).not.toBe(bon);
    const juge = await juger(texte);
    expect(juge.valide).toBe(false);
    expect(juge.codes).toContain(code);
  });
});

describe('the two that leave the file whole', () => {
  test('the signature taken away: not signed, its bordereau covered by nothing', async () => {
    const rapport = await verifier(assembler(p, { signature: '' }));
    expect(rapport.conclusion).toBe('aucune_signature');
    expect(rapport.couverture.bordereaux.nonCouverts).toHaveLength(1);
  });

  test('a bordereau added: the others stay valid, it is named', async () => {
    const ajoute = detourner(original()).replace('BORD1', 'BORD7').replace('IdBord V="1"', 'IdBord V="7"');
    const rapport = await verifier(assembler(p, { apres: ajoute + p.apres }));
    expect(rapport.conclusion).toBe('partielle');
    expect(rapport.couverture.bordereaux.nonCouverts.map((e) => e.etiquette)).toEqual(['7']);
  });
});

test('each attack has its own reason, and there are enough of them', () => {
  const toutes = FAMILLES.flatMap(([, attaques]) => attaques);
  expect(toutes.length + 2).toBeGreaterThanOrEqual(15 + 30);
  expect(new Set(toutes.map(([nom]) => nom)).size).toBe(toutes.length);
  console.log(
    `${toutes.length + 2} hostile rewritings, ${new Set(toutes.map(([, code]) => code)).size} distinct reasons`,
  );
});
