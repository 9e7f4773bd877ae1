// oxlint-disable max-lines -- a table: one row per hostile file
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OptionsVerificationBase, verifierBase } from '../../../../src/formats/xades/base/verifier.ts';
import { EXTENSIONS, type Pki, pkiGardee } from '../certificats/pki.ts';
import { batirSignature, cleDe, morceaux } from '../xades/atelier.ts';
import { resigner, sha256 } from '../xades/forger.ts';
import { ACTE, ANNEXE, codes, envelopper, fournir, LES_DEUX, MESSAGE, separer } from './atelier.ts';
import { partie, refaire } from './forger.ts';

let pki: Pki;
let cle: Buffer;
/** One sound signature per form: detached, enveloping, enveloped in the document, enveloped in one element. */
let D: string;
let O: string;
let E: string;
let F: string;
beforeAll(async () => {
  pki = pkiGardee('attaques', (neuve) => {
    batirSignature(neuve);
    neuve.emettre('ica2', { nom: 'faible', cle: 'rsa1024', extensions: EXTENSIONS.signataire });
    neuve.emettre('ica2', { nom: 'jumeau', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
  });
  cle = pki.lire('rsa.key');
  const signataire = { ...cleDe(pki, 'rsa'), chaine: [] };
  const contenu = Buffer.from('<paie Id="PAIE"><iban>FR76</iban></paie>');
  D = (await separer(signataire, LES_DEUX)).toString('latin1');
  O = (await separer(signataire, [{ type: 'xml', mime: 'application/xml', contenu }])).toString('latin1');
  E = (await envelopper(signataire, MESSAGE)).octets.toString('latin1');
  const cible = { type: 'element', id: 'OBJET' } as const;
  F = (await envelopper(signataire, MESSAGE, { cible })).octets.toString('latin1');
});
afterAll(() => pki.fermer());

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const b64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
/** From JWK to the base64 of XML. */
const std = (t: string): string => Buffer.from(t, 'base64url').toString('base64');
/** Signed again by whoever holds the key: only the rule aimed at may refuse. */
const resigne = (texte: string): string => resigner(texte, cle);
const refait = (texte: string): string => refaire(texte, cle);
const sig = (texte: string): string => partie(texte, 'ds:Signature');
const certificat = (nom = 'rsa'): string => `<ds:X509Certificate>${b64(pki.der(nom))}</ds:X509Certificate>`;
const URI1 = 'URI="acte%20n%C2%B0%201.pdf"';
const vers = (uri: string): string => resigne(D.replace(URI1, `URI="${uri}"`));
const reference = (rang: number): string =>
  [...D.matchAll(/<ds:Reference .*?<\/ds:Reference>/gs)][rang]?.[0] ?? '';
const empreinte = (texte: string): string => /<ds:DigestValue>([^<]+)/.exec(texte)?.[1] ?? '';
const transformation = (uri: string, corps = ''): string =>
  `<ds:Transform Algorithm="${uri}">${corps}</ds:Transform>`;
const ENV = transformation(`${DS}enveloped-signature`);
const C14N = transformation(EXC);
const objet = (): string =>
  partie(O.replace(/^.*?<\/xad:QualifyingProperties><\/ds:Object>/s, ''), 'ds:Object');
const nouvelObjet = (corps: string): string => O.replace('</ds:Signature>', `${corps}</ds:Signature>`);

/** The certificates signed too, as some tools do. */
function keyInfoSigne(): string {
  const sienne = reference(2)
    .replace(/ Type="[^"]*"/, '')
    .replace('#SIG_SP', '#KI');
  const avec = D.replace('<ds:KeyInfo>', '<ds:KeyInfo Id="KI">').replace(reference(2), reference(2) + sienne);
  return refait(avec);
}

interface Attaque {
  readonly nom: string;
  readonly code: string;
  readonly fichier: () => string;
  readonly change?: Readonly<Record<string, Uint8Array | null>>;
}

const EMBALLAGES: readonly Attaque[] = [
  { nom: 'document changed', code: 'XDS-053', fichier: () => E.replace('1200.50', '9200.50') },
  { nom: 'element changed', code: 'XDS-053', fichier: () => F.replace('<ville>', '<bourg>') },
  {
    nom: 'enveloped content changed in its object',
    code: 'XDS-053',
    fichier: () => O.replace('FR76', 'DE89'),
  },
  {
    nom: 'enveloped signature moved one level down',
    code: 'XDS-133',
    fichier: () => E.replace(sig(E), '').replace('</m:montant>', `${sig(E)}</m:montant>`),
  },
  {
    nom: 'signed document wrapped in another root',
    code: 'XDS-133',
    fichier: () => E.replace('<m:acte', '<faux><m:acte').replace('</m:acte>', '</m:acte></faux>'),
  },
  {
    nom: 'signed element kept elsewhere, evil one around the signature',
    code: 'XDS-037',
    fichier: () => {
      const original = partie(F, 'm:objet');
      const mechant = original.replace(' Id="OBJET"', '').replace('<ville>', '<bourg>');
      return F.replace(original, mechant).replace('<vide/>', `<vide>${original.replace(sig(F), '')}</vide>`);
    },
  },
  {
    nom: 'signed element kept inside ds:Object, evil one around',
    code: 'XDS-130',
    fichier: () => {
      const original = partie(F, 'm:objet').replace(sig(F), '');
      return F.replace(' Id="OBJET"', '').replace(
        '</ds:Signature>',
        `<ds:Object>${original.replace('m:objet', 'm:objet xmlns:m="urn:essai:acte"')}</ds:Object></ds:Signature>`,
      );
    },
  },
  {
    nom: 'the same Id twice',
    code: 'XML-018',
    fichier: () => F.replace('<vide/>', '<vide Id="OBJET"/>'),
  },
  {
    nom: 'the Id of the evil one spelled id',
    code: 'XDS-036',
    fichier: () => F.replace(' Id="OBJET"', ' id="OBJET"'),
  },
  {
    nom: 'the Id of the evil one spelled xml:id',
    code: 'XDS-036',
    fichier: () => F.replace(' Id="OBJET"', ' xml:id="OBJET"'),
  },
  {
    nom: 'evil object beside the one that is signed',
    code: 'XDS-130',
    fichier: () => nouvelObjet('<ds:Object Id="AUTRE"><paie><iban>DE89</iban></paie></ds:Object>'),
  },
  {
    nom: 'evil object of text alone',
    code: 'XDS-130',
    fichier: () => nouvelObjet('<ds:Object>DE89</ds:Object>'),
  },
  {
    nom: 'evil object takes the Id of the signed one',
    code: 'XDS-053',
    fichier: () =>
      O.replace(
        objet(),
        `${objet().replace('SIG_O1', 'VIEUX').replace('"PAIE"', '"VIEILLE"')}${objet().replace('FR76', 'DE89')}`,
      ),
  },
  {
    nom: 'signed object moved out of the signature',
    code: 'XDS-037',
    fichier: () => {
      const mechant = objet().replace('SIG_O1', 'AUTRE').replace('"PAIE"', '"P2"').replace('FR76', 'DE89');
      const dehors = objet().replace('<ds:Object', `<ds:Object xmlns:ds="${DS}"`);
      return O.replace(objet(), mechant).replace(/(<ds:Signature .*<\/ds:Signature>)/s, `<r>$1${dehors}</r>`);
    },
  },
  {
    nom: 'signed object moved into KeyInfo',
    code: 'XDS-037',
    fichier: () => O.replace(objet(), '').replace('</ds:KeyInfo>', `${objet()}</ds:KeyInfo>`),
  },
  {
    nom: 'reference to an element inside an object, not to the object',
    code: 'XDS-037',
    fichier: () => refait(O.replace('URI="#SIG_O1"', 'URI="#PAIE"')),
  },
  {
    nom: 'two signatures in the document',
    code: 'XDS-003',
    fichier: () => E.replace(sig(E), sig(E) + sig(E).replaceAll('"SIG', '"BIS').replaceAll('#SIG', '#BIS')),
  },
  {
    nom: 'a signature inside an object of the signature',
    code: 'XDS-004',
    fichier: () => nouvelObjet(`<ds:Object>${sig(D).replaceAll('SIG', 'BIS')}</ds:Object>`),
  },
  {
    nom: 'properties of another signature',
    code: 'XDS-041',
    fichier: () => {
      const autre = sig(F).replaceAll('SIG', 'BIS').replaceAll('#OBJET', '#M');
      const deux = F.replace('<m:montant', '<m:montant Id="M"').replace(
        '</m:montant>',
        `${autre}</m:montant>`,
      );
      return resigne(deux.replace('URI="#SIG_SP"', 'URI="#BIS_SP"'));
    },
  },
  {
    nom: 'content beside the properties in their object',
    code: 'XDS-017',
    fichier: () => D.replace('</xad:QualifyingProperties>', '</xad:QualifyingProperties><paie/>'),
  },
  {
    nom: 'SignedProperties outside of QualifyingProperties',
    code: 'XDS-017',
    fichier: () =>
      D.replace(
        '<ds:Object>',
        '<ds:Object><xad:SignedProperties xmlns:xad="http://uri.etsi.org/01903/v1.3.2#"/>',
      ),
  },
  {
    nom: 'a manifest in place of the content',
    code: 'XDS-122',
    fichier: () =>
      refait(
        O.replace(
          partie(O, 'paie'),
          `<ds:Manifest>${reference(0).replace(' Id="SIG_R1"', '')}</ds:Manifest>`,
        ).replace('URI="#SIG_O1"', `Type="${DS}Manifest" URI="#SIG_O1"`),
      ),
  },
  {
    nom: 'a manifest that does not say so',
    code: 'XDS-122',
    fichier: () =>
      refait(
        O.replace(
          partie(O, 'paie'),
          `<ds:Manifest>${reference(0).replace(' Id="SIG_R1"', '')}</ds:Manifest>`,
        ),
      ),
  },
  {
    nom: 'SignatureProperties of XML-Signature as content',
    code: 'XDS-017',
    fichier: () => refait(O.replace(partie(O, 'paie'), '<ds:SignatureProperties/>')),
  },
];

const ADRESSES: readonly Attaque[] = [
  { nom: 'a web address', code: 'XDS-033', fichier: () => vers('http://example.org/acte.pdf') },
  { nom: 'a file of the machine', code: 'XDS-033', fichier: () => vers('file:///etc/passwd') },
  { nom: 'a host without scheme', code: 'XDS-033', fichier: () => vers('//example.org/acte.pdf') },
  { nom: 'a data address', code: 'XDS-033', fichier: () => vers('data:,acte') },
  { nom: 'a parent folder', code: 'XDS-125', fichier: () => vers('../acte.pdf') },
  { nom: 'a parent folder, encoded', code: 'XDS-125', fichier: () => vers('%2e%2E/acte.pdf') },
  { nom: 'a folder by an encoded bar', code: 'XDS-125', fichier: () => vers('pieces%2Fannexe.xml') },
  { nom: 'an absolute path', code: 'XDS-125', fichier: () => vers('/etc/passwd') },
  { nom: 'a backslash', code: 'XDS-125', fichier: () => vers('pieces\\annexe.xml') },
  { nom: 'an empty folder', code: 'XDS-125', fichier: () => vers('pieces//annexe.xml') },
  { nom: 'a fragment of a file', code: 'XDS-125', fichier: () => vers('pieces/annexe.xml#x') },
  { nom: 'a query', code: 'XDS-125', fichier: () => vers('pieces/annexe.xml?x') },
  { nom: 'a NUL in the name', code: 'XDS-125', fichier: () => vers('acte.pdf%00.xml') },
  { nom: 'a name that is not UTF-8', code: 'XDS-125', fichier: () => vers('acte%FF.pdf') },
  { nom: 'a percent sign alone', code: 'XDS-125', fichier: () => vers('acte%.pdf') },
  { nom: 'no address', code: 'XDS-031', fichier: () => resigne(D.replace(` ${URI1}`, '')) },
  { nom: 'XPointer to the root', code: 'XDS-034', fichier: () => vers('#xpointer(/)') },
  { nom: 'XPointer by id', code: 'XDS-034', fichier: () => vers("#xpointer(id('SIG_SP'))") },
  { nom: 'a fragment of nothing', code: 'XDS-034', fichier: () => vers('#') },
  { nom: 'an Id that nobody bears', code: 'XDS-035', fichier: () => vers('#RIEN') },
  { nom: 'the signature itself', code: 'XDS-037', fichier: () => vers('#SIG') },
  { nom: 'its own value', code: 'XDS-037', fichier: () => vers('#SIG_SV') },
  { nom: 'the document, of a signature that stands alone', code: 'XDS-133', fichier: () => vers('') },
  {
    nom: 'the same file twice',
    code: 'XDS-126',
    fichier: () => resigne(D.replace('URI="pieces/annexe.xml"', URI1)),
  },
  {
    nom: 'the same file twice, spelled otherwise',
    code: 'XDS-126',
    fichier: () => resigne(D.replace(URI1, 'URI="pi%65ces/annexe.xml"')),
  },
  {
    nom: 'the same element twice',
    code: 'XDS-040',
    fichier: () =>
      resigne(
        O.replace(/<ds:Reference Id="SIG_R1".*?<\/ds:Reference>/s, (r) => r + r.replace('SIG_R1', 'R2')),
      ),
  },
  {
    nom: 'detached file swapped',
    code: 'XDS-127',
    fichier: () => D,
    change: { 'acte n° 1.pdf': Buffer.from('%PDF-1.7 autre') },
  },
  {
    nom: 'detached files exchanged',
    code: 'XDS-127',
    fichier: () => D,
    change: { 'acte n° 1.pdf': ANNEXE, 'pieces/annexe.xml': ACTE },
  },
  {
    nom: 'detached file cut short',
    code: 'XDS-127',
    fichier: () => D,
    change: { 'acte n° 1.pdf': ACTE.subarray(0, -1) },
  },
  {
    nom: 'a detached reference turned to a file that was not signed',
    code: 'XDS-127',
    fichier: () => vers('autre.pdf'),
    change: { 'autre.pdf': Buffer.from('autre') },
  },
];

const REFERENCES: readonly Attaque[] = [
  {
    nom: 'nothing but the properties signed',
    code: 'XDS-123',
    fichier: () => resigne(D.replace(reference(0), '').replace(reference(1), '')),
  },
  { nom: 'properties not signed', code: 'XDS-039', fichier: () => resigne(D.replace(reference(2), '')) },
  {
    nom: 'more references than anybody needs',
    code: 'XDS-124',
    fichier: () => resigne(D.replace(reference(0), reference(0).replace(' Id="SIG_R1"', '').repeat(101))),
  },
  {
    nom: 'a file announced as the signed properties',
    code: 'XDS-042',
    fichier: () => resigne(D.replace(URI1, `Type="http://uri.etsi.org/01903#SignedProperties" ${URI1}`)),
  },
  {
    nom: 'a file announced as an object',
    code: 'XDS-042',
    fichier: () => resigne(D.replace(URI1, `Type="${DS}Object" ${URI1}`)),
  },
  {
    nom: 'an unknown type',
    code: 'XDS-042',
    fichier: () => resigne(D.replace(URI1, `Type="urn:x" ${URI1}`)),
  },
  {
    nom: 'properties announced as those of v1.1.1',
    code: 'XDS-042',
    fichier: () => resigne(D.replace('/01903#Signed', '/01903/v1.1.1#Signed')),
  },
];

const TRANSFORMATIONS: readonly Attaque[] = [
  {
    nom: 'XSLT',
    code: 'XDS-044',
    fichier: () =>
      resigne(E.replace(C14N, transformation('http://www.w3.org/TR/1999/REC-xslt-19991116') + C14N)),
  },
  {
    nom: 'XPath',
    code: 'XDS-045',
    fichier: () =>
      resigne(
        E.replace(
          C14N,
          transformation('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>0</ds:XPath>'),
        ),
      ),
  },
  {
    nom: 'XPath filter 2',
    code: 'XDS-045',
    fichier: () => resigne(E.replace(ENV, transformation('http://www.w3.org/2002/06/xmldsig-filter2'))),
  },
  {
    nom: 'base64 of an object',
    code: 'XDS-046',
    fichier: () => resigne(O.replace(C14N, transformation(`${DS}base64`))),
  },
  {
    nom: 'Canonical XML 1.1',
    code: 'XDS-120',
    fichier: () => refait(E.replace(C14N, transformation('http://www.w3.org/2006/12/xml-c14n11'))),
  },
  {
    nom: 'unknown transform',
    code: 'XDS-047',
    fichier: () => refait(E.replace(C14N, transformation('urn:x'))),
  },
  {
    nom: 'prefix list',
    code: 'XDS-022',
    fichier: () =>
      refait(
        E.replace(C14N, transformation(EXC, `<e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="m"/>`)),
      ),
  },
  {
    nom: 'parameter of a transform',
    code: 'XDS-026',
    fichier: () => refait(E.replace(C14N, transformation(EXC, '<x/>'))),
  },
  { nom: 'two canonical forms', code: 'XDS-043', fichier: () => refait(E.replace(C14N, C14N + C14N)) },
  {
    nom: 'enveloped-signature after the form',
    code: 'XDS-043',
    fichier: () => refait(E.replace(ENV + C14N, C14N + ENV)),
  },
  { nom: 'enveloped-signature twice', code: 'XDS-043', fichier: () => refait(E.replace(ENV, ENV + ENV)) },
  { nom: 'document without enveloped-signature', code: 'XDS-131', fichier: () => refait(E.replace(ENV, '')) },
  {
    nom: 'enveloped-signature on an object',
    code: 'XDS-132',
    fichier: () => refait(O.replace(C14N, ENV + C14N)),
  },
  {
    nom: 'a transform on a file',
    code: 'XDS-129',
    fichier: () =>
      resigne(
        D.replace(
          reference(1),
          reference(1).replace('<ds:Digest', `<ds:Transforms>${C14N}</ds:Transforms><ds:Digest`),
        ),
      ),
  },
  {
    nom: 'two sets of transforms',
    code: 'XDS-009',
    fichier: () =>
      refait(E.replace('</ds:Transforms>', `</ds:Transforms><ds:Transforms>${C14N}</ds:Transforms>`)),
  },
  {
    nom: 'an element that is no transform',
    code: 'XDS-009',
    fichier: () => refait(E.replace(C14N, C14N.replaceAll('ds:Transform', 'ds:Autre'))),
  },
];

const ALGORITHMES: readonly Attaque[] = [
  { nom: 'HMAC', code: 'XDS-023', fichier: () => resigne(D.replace('#rsa-sha256', '#hmac-sha256')) },
  {
    nom: 'HMACOutputLength',
    code: 'XDS-026',
    fichier: () =>
      resigne(
        D.replace(
          '#rsa-sha256"></ds:SignatureMethod>',
          '#rsa-sha256"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>',
        ),
      ),
  },
  { nom: 'RSA-MD5', code: 'XDS-024', fichier: () => resigne(D.replace('#rsa-sha256', '#rsa-md5')) },
  { nom: 'DSA', code: 'XDS-024', fichier: () => resigne(D.replace(/http[^"]*rsa-sha256/, `${DS}dsa-sha1`)) },
  {
    nom: 'ECDSA announced for an RSA key',
    code: 'XDS-080',
    fichier: () => resigne(D.replace('#rsa-sha256', '#ecdsa-sha256')),
  },
  {
    nom: 'RSA-SHA512 announced for a SHA-256 value',
    code: 'XDS-062',
    fichier: () => D.replace('#rsa-sha256', '#rsa-sha512'),
  },
  {
    nom: 'unknown form of SignedInfo',
    code: 'XDS-021',
    fichier: () => resigne(D.replace(`Method Algorithm="${EXC}"`, 'Method Algorithm="urn:c14n"')),
  },
  {
    nom: 'Canonical XML 1.1 of SignedInfo',
    code: 'XDS-120',
    fichier: () =>
      resigne(
        D.replace(`Method Algorithm="${EXC}"`, 'Method Algorithm="http://www.w3.org/2006/12/xml-c14n11"'),
      ),
  },
  {
    nom: 'MD5 digest',
    code: 'XDS-049',
    fichier: () => resigne(D.replace('xmlenc#sha256', 'xmldsig-more#md5')),
  },
  {
    nom: 'SHA-512 announced for 32 bytes',
    code: 'XDS-052',
    fichier: () => resigne(D.replace('04/xmlenc#sha256', '04/xmlenc#sha512')),
  },
  {
    nom: 'no digest method',
    code: 'XDS-049',
    fichier: () => resigne(D.replace(/<ds:DigestMethod [^>]*><\/ds:DigestMethod>/, '')),
  },
];

const VALEURS: readonly Attaque[] = [
  {
    nom: 'truncated digest',
    code: 'XDS-052',
    fichier: () => resigne(D.replace(empreinte(D), empreinte(D).slice(0, 24))),
  },
  {
    nom: 'digest in base64url',
    code: 'XDS-051',
    fichier: () => resigne(D.replace(empreinte(D), `${'_-'.repeat(21)}A=`)),
  },
  {
    nom: 'digest with stray bits',
    code: 'XDS-051',
    fichier: () => resigne(D.replace(empreinte(D), `${'A'.repeat(42)}B=`)),
  },
  {
    nom: 'digest without padding',
    code: 'XDS-051',
    fichier: () => resigne(D.replace(empreinte(D), empreinte(D).slice(0, -1))),
  },
  {
    nom: 'digest followed by another one',
    code: 'XDS-051',
    fichier: () => resigne(D.replace(empreinte(D), `${empreinte(D)}${empreinte(D)}`)),
  },
  {
    nom: 'digest inside a child',
    code: 'XDS-051',
    fichier: () => resigne(D.replace(empreinte(D), `<x>${empreinte(D)}</x>`)),
  },
  {
    nom: 'two digests',
    code: 'XDS-009',
    fichier: () =>
      resigne(
        D.replace('<ds:DigestValue>', `<ds:DigestValue>${sha256(ANNEXE)}</ds:DigestValue><ds:DigestValue>`),
      ),
  },
  {
    nom: 'comment in a digest',
    code: 'XDS-006',
    fichier: () => D.replace(empreinte(D), `<!--${sha256(ANNEXE)}-->${empreinte(D)}`),
  },
  {
    nom: 'processing instruction in a digest',
    code: 'XDS-007',
    fichier: () => resigne(D.replace(empreinte(D), `<?x ${sha256(ANNEXE)}?>${empreinte(D)}`)),
  },
  {
    nom: 'comment among the properties',
    code: 'XDS-006',
    fichier: () => D.replace('<xad:SigningTime>', '<!-- --><xad:SigningTime>'),
  },
  {
    nom: 'comment beside the properties',
    code: 'XDS-006',
    fichier: () => D.replace('<xad:QualifyingProperties', '<!-- --><xad:QualifyingProperties'),
  },
  {
    nom: 'two SignedInfo',
    code: 'XDS-012',
    fichier: () => {
      const si = partie(D, 'ds:SignedInfo');
      return D.replace(si, si.replace(/ Id="[^"]*"/g, '').replace(empreinte(D), sha256(ANNEXE)) + si);
    },
  },
  { nom: 'no SignedInfo', code: 'XDS-011', fichier: () => D.replace(partie(D, 'ds:SignedInfo'), '') },
  {
    nom: 'two values',
    code: 'XDS-014',
    fichier: () => D.replace(partie(D, 'ds:SignatureValue'), (v) => v.replace(' Id="SIG_SV"', '') + v),
  },
  { nom: 'no value', code: 'XDS-013', fichier: () => D.replace(partie(D, 'ds:SignatureValue'), '') },
  {
    nom: 'truncated value',
    code: 'XDS-061',
    fichier: () => D.replace(/(<ds:SignatureValue[^>]*>.{40})[^<]*/, '$1'),
  },
  {
    nom: 'value with junk',
    code: 'XDS-060',
    fichier: () => D.replace('</ds:SignatureValue>', '*</ds:SignatureValue>'),
  },
  {
    nom: 'value of zeros',
    code: 'XDS-062',
    fichier: () => D.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, `$1${Buffer.alloc(256).toString('base64')}`),
  },
  {
    nom: 'parts in another order',
    code: 'XDS-010',
    fichier: () =>
      D.replace(partie(D, 'ds:SignedInfo'), '').replace(
        '<ds:KeyInfo>',
        `${partie(D, 'ds:SignedInfo')}<ds:KeyInfo>`,
      ),
  },
  {
    nom: 'text between the parts',
    code: 'XDS-015',
    fichier: () => D.replace('<ds:KeyInfo>', 'x<ds:KeyInfo>'),
  },
  {
    nom: 'a part that is not one',
    code: 'XDS-009',
    fichier: () => D.replace('<ds:KeyInfo>', '<paie/><ds:KeyInfo>'),
  },
  {
    nom: 'an attribute that is not one',
    code: 'XDS-016',
    fichier: () => D.replace(' Id="SIG">', ' Id="SIG" id="x">'),
  },
  { nom: 'a signature without Id', code: 'XDS-018', fichier: () => D.replace(' Id="SIG">', '>') },
  { nom: 'a signature cut short', code: 'XML-012', fichier: () => D.slice(0, -40) },
];

const CLES: readonly Attaque[] = [
  { nom: 'no KeyInfo', code: 'XDS-070', fichier: () => D.replace(partie(D, 'ds:KeyInfo'), '') },
  {
    nom: 'a bare key made for the purpose',
    code: 'XDS-071',
    fichier: () => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
      const nue = `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${std(n)}</ds:Modulus><ds:Exponent>${std(e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`;
      return D.replace(partie(D, 'ds:X509Data'), nue);
    },
  },
  {
    nom: 'a KeyInfo that nobody reads',
    code: 'XDS-071',
    fichier: () => D.replace(partie(D, 'ds:X509Data'), '<ds:PGPData/>'),
  },
  {
    nom: 'RetrievalMethod',
    code: 'XDS-072',
    fichier: () => D.replace('<ds:KeyInfo>', '<ds:KeyInfo><ds:RetrievalMethod URI="#SIG"/>'),
  },
  {
    nom: 'evil content in KeyInfo',
    code: 'XDS-009',
    fichier: () => D.replace('</ds:KeyInfo>', '<paie/></ds:KeyInfo>'),
  },
  {
    nom: 'certificate replaced, signed with its key',
    code: 'XDS-075',
    fichier: () => resigner(D.replace(certificat(), certificat('jumeau')), pki.lire('jumeau.key')),
  },
  {
    nom: 'certificate put first, value by its key',
    code: 'XDS-062',
    fichier: () =>
      resigner(D.replace(certificat(), certificat('jumeau') + certificat()), pki.lire('jumeau.key')),
  },
  {
    nom: 'unreadable certificate',
    code: 'XDS-073',
    fichier: () => D.replace(certificat(), '<ds:X509Certificate>AAAA</ds:X509Certificate>'),
  },
  {
    nom: 'RSA of 1024 bits',
    code: 'XDS-081',
    fichier: () => {
      const change = D.replace(certificat(), certificat('faible'))
        .replace(sha256(pki.der('rsa')), sha256(pki.der('faible')))
        .replace(/<xad:IssuerSerialV2>.*?<\/xad:IssuerSerialV2>/, '');
      return refaire(change, pki.lire('faible.key'));
    },
  },
  {
    nom: 'another serial named',
    code: 'XDS-077',
    fichier: () =>
      refait(
        D.replace(/(<xad:IssuerSerialV2>)([^<]*)/, (_, t: string, v: string) => {
          const der = Buffer.from(v, 'base64');
          der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
          return t + b64(der);
        }),
      ),
  },
  {
    nom: 'another issuer named',
    code: 'XDS-076',
    fichier: () =>
      refait(
        D.replace(/(<xad:IssuerSerialV2>)([^<]*)/, (_, t: string, v: string) => {
          const der = Buffer.from(v, 'base64');
          const place = der.indexOf('Autorit');
          der.write('Autarci', place, 'latin1');
          return t + b64(der);
        }),
      ),
  },
  {
    nom: 'a designation that is not DER',
    code: 'XDS-139',
    fichier: () => refait(D.replace(/(<xad:IssuerSerialV2>)[^<]*/, '$1AAAA')),
  },
  {
    nom: 'a designation that is not base64',
    code: 'XDS-139',
    fichier: () => refait(D.replace(/(<xad:IssuerSerialV2>)[^<]*/, '$1*')),
  },
  {
    nom: 'SigningCertificate without its issuer',
    code: 'XDS-093',
    fichier: () => refait(D.replaceAll('SigningCertificateV2', 'SigningCertificate')),
  },
  {
    nom: 'a certificate added to a KeyInfo that is signed',
    code: 'XDS-141',
    fichier: () => keyInfoSigne().replace('</ds:X509Data>', `${certificat('jumeau')}</ds:X509Data>`),
  },
];

const PROPRIETES: readonly Attaque[] = [
  { nom: 'signing time changed', code: 'XDS-054', fichier: () => D.replace('2026-06-15T', '2026-06-14T') },
  {
    nom: 'nature of a content changed',
    code: 'XDS-054',
    fichier: () => D.replace('>application/pdf<', '>text/plain<'),
  },
  {
    nom: 'properties of v1.1.1',
    code: 'XDS-121',
    fichier: () => refait(D.replace('01903/v1.3.2#"', '01903/v1.1.1#"')),
  },
  {
    nom: 'properties of nobody',
    code: 'XDS-090',
    fichier: () => refait(D.replace('01903/v1.3.2#"', '01903/v9.9.9#"')),
  },
  { nom: 'no properties', code: 'XDS-090', fichier: () => D.replace(partie(D, 'ds:Object'), '') },
  {
    nom: 'properties twice',
    code: 'XDS-091',
    fichier: () => D.replace(partie(D, 'xad:QualifyingProperties'), (q) => q + q.replace('SIG_SP', 'BIS_SP')),
  },
  {
    nom: 'Target of another signature',
    code: 'XDS-092',
    fichier: () => D.replace('Target="#SIG"', 'Target="#BIS"'),
  },
  {
    nom: 'no signing time',
    code: 'XDS-093',
    fichier: () => refait(D.replace(partie(D, 'xad:SigningTime'), '')),
  },
  {
    nom: 'two signing times',
    code: 'XDS-094',
    fichier: () => refait(D.replace(partie(D, 'xad:SigningTime'), (t) => t + t)),
  },
  {
    nom: 'a date that is none',
    code: 'XDS-095',
    fichier: () => refait(D.replace(/(<xad:SigningTime>)[^<]*/, '$1hier')),
  },
  {
    nom: 'no certificate named',
    code: 'XDS-093',
    fichier: () => refait(D.replace(partie(D, 'xad:SigningCertificateV2'), '')),
  },
  {
    nom: 'a nature given to what is not referenced',
    code: 'XDS-134',
    fichier: () => refait(D.replace('ObjectReference="#SIG_R1"', 'ObjectReference="#SIG_R9"')),
  },
  {
    nom: 'two natures of one content',
    code: 'XDS-135',
    fichier: () => refait(D.replace('ObjectReference="#SIG_R2"', 'ObjectReference="#SIG_R1"')),
  },
  {
    nom: 'evil content among the signed properties',
    code: 'XDS-105',
    fichier: () => refait(D.replace('</xad:SignedProperties>', '<paie/></xad:SignedProperties>')),
  },
  {
    nom: 'evil content among the natures',
    code: 'XDS-105',
    fichier: () =>
      refait(D.replace('</xad:SignedDataObjectProperties>', '<paie/></xad:SignedDataObjectProperties>')),
  },
  {
    nom: 'counter-signature',
    code: 'XDS-102',
    fichier: () =>
      D.replace(
        '</xad:QualifyingProperties>',
        '<xad:UnsignedProperties><xad:UnsignedSignatureProperties><xad:CounterSignature/></xad:UnsignedSignatureProperties></xad:UnsignedProperties></xad:QualifyingProperties>',
      ),
  },
];

const ECRITURES: readonly Attaque[] = [
  {
    nom: 'DOCTYPE',
    code: 'XML-006',
    fichier: () => E.replace('?>', '?><!DOCTYPE x [<!ATTLIST autre Id ID #IMPLIED>]>'),
  },
  { nom: 'an entity', code: 'XML-021', fichier: () => E.replace('1200.50', '&montant;') },
  { nom: 'UTF-7 declared', code: 'XML-002', fichier: () => E.replace('ISO-8859-1', 'UTF-7') },
  {
    nom: 'UTF-8 declared over ISO-8859-1 bytes',
    code: 'XML-007',
    fichier: () => E.replace('ISO-8859-1', 'UTF-8'),
  },
  {
    nom: 'another encoding declared',
    code: 'XDS-053',
    fichier: () => E.replace('ISO-8859-1', 'ISO-8859-15').replace('<vide/>', '<vide>\xa4</vide>'),
  },
  {
    nom: 'a processing instruction in place of text',
    code: 'XDS-053',
    fichier: () => E.replace('1200.50', '<?x 1200.50?>'),
  },
  {
    nom: 'a processing instruction before the root',
    code: 'XDS-053',
    fichier: () => E.replace('<?xml-stylesheet', '<?autre?><?xml-stylesheet'),
  },
  { nom: 'a processing instruction after the root', code: 'XDS-053', fichier: () => `${E}<?fin?>` },
  {
    nom: 'markup hidden by CDATA',
    code: 'XDS-053',
    fichier: () => E.replace('<vide/>', '<![CDATA[<vide/>]]>'),
  },
  {
    nom: 'a namespace redeclared',
    code: 'XDS-053',
    fichier: () => E.replace('<vide/>', '<vide xmlns="urn:x"/>'),
  },
  {
    nom: 'an attribute added to the root',
    code: 'XDS-053',
    fichier: () => E.replace('<m:acte', '<m:acte x=""'),
  },
  { nom: 'text after the signature', code: 'XDS-053', fichier: () => E.replace('</m:acte>', 'x</m:acte>') },
  { nom: 'two roots', code: 'XML-010', fichier: () => `${E}<x/>` },
  {
    nom: 'a signature of 1.5 MB',
    code: 'XDS-008',
    fichier: () => D.replace('<ds:KeyInfo>', `<ds:KeyInfo><ds:KeyName>${'x'.repeat(1_500_000)}</ds:KeyName>`),
  },
  {
    nom: 'a hundred and one signatures',
    code: 'XDS-108',
    fichier: () =>
      `<r>${Array.from({ length: 101 }, (_, n) => sig(D).replaceAll('SIG', `S${n}`)).join('')}</r>`,
  },
];

const FAMILLES: readonly (readonly [string, readonly Attaque[]])[] = [
  ['wrapping', EMBALLAGES],
  ['addresses', ADRESSES],
  ['references', REFERENCES],
  ['transforms', TRANSFORMATIONS],
  ['algorithms', ALGORITHMES],
  ['values', VALEURS],
  ['keys and certificates', CLES],
  ['properties', PROPRIETES],
  ['spelling, entities, encodings', ECRITURES],
];

const BONNES: ReadonlySet<string> = new Set(['valide', 'obsolete', 'partielle', 'incomplete']);

/** `bonne`: some signature of the file was not refused. */
async function juger(texte: string, options: OptionsVerificationBase = fournir()) {
  const octets = Buffer.from(texte, 'latin1');
  const verdict = await verifierBase(() => morceaux(octets), options);
  if (verdict.type === 'illisible') return { bonne: false, codes: [verdict.refus.code] };
  if (verdict.type === 'source_changee') return { bonne: false, codes: [] };
  return { bonne: BONNES.has(verdict.conclusion), codes: codes(verdict), verdict };
}

test('the files attacked are sound before, and the forger’s tools make sound files', async () => {
  for (const texte of [D, O, E, F]) {
    expect(await juger(texte)).toMatchObject({ bonne: true });
    expect((await juger(refait(texte))).verdict?.signatures[0]?.etat).toBe('valide');
  }
  expect((await juger(refait(E.replace('1200.50', '9200.50')))).bonne).toBe(true);
  expect(await juger(keyInfoSigne())).toMatchObject({ bonne: true, codes: [] });
});

describe.each(FAMILLES)('hostile files: %s', (_, attaques) => {
  test.each(attaques.map((a) => [a.nom, a.code, a] as const))('%s → %s', async (_nom, code, attaque) => {
    const texte = attaque.fichier();
    if (attaque.change === undefined) expect([D, O, E, F]).not.toContain(texte);
    const juge = await juger(texte, fournir(attaque.change));
    expect(juge.codes).toContain(code);
    expect(juge.bonne).toBe(false);
  });
});

describe('what changes nothing that is signed is told, not refused', () => {
  test('a comment in the content: outside of every signature, and said', async () => {
    const juge = await juger(E.replace('<vide/>', '<!-- vu --><vide/>'));
    expect([juge.bonne, juge.codes]).toEqual([true, ['XDS-106', 'XDS-107']]);
  });

  test('SHA-1: obsolete, never valid', async () => {
    const info = partie(O, 'ds:SignedInfo');
    const vieille = O.replace(info, info.replaceAll('http://www.w3.org/2001/04/xmlenc#sha256', `${DS}sha1`));
    const juge = await juger(refaire(vieille, cle, 'sha1'));
    expect([juge.verdict?.conclusion, juge.codes]).toEqual(['obsolete', ['XDS-050']]);
  });

  test('properties that nothing signs, however many: told, not judged', async () => {
    const jeton = '<xad:EncapsulatedTimeStamp>AAAA</xad:EncapsulatedTimeStamp>'.repeat(2000);
    const niveauT = `<xad:UnsignedProperties><xad:UnsignedSignatureProperties><xad:SignatureTimeStamp>${jeton}</xad:SignatureTimeStamp></xad:UnsignedSignatureProperties></xad:UnsignedProperties></xad:QualifyingProperties>`;
    const juge = await juger(D.replace('</xad:QualifyingProperties>', niveauT));
    expect([juge.verdict?.conclusion, juge.codes]).toEqual(['valide', ['XDS-103']]);
  });

  test('the signature taken away: not signed', async () => {
    expect((await juger(E.replace(sig(E), ''))).verdict?.conclusion).toBe('aucune_signature');
  });

  test('an absolute address is followed only to bytes that were given under it', async () => {
    const adresse = 'https://example.org/acte.pdf';
    const fichiers = new Map([...fournir().fichiers, [adresse, () => [ACTE]]]);
    const juge = await juger(vers(adresse), { fichiers });
    expect(juge.verdict?.signatures[0]?.etat).toBe('valide');
  });
});

test('each attack has its own reason, and there are enough of them', () => {
  const toutes = FAMILLES.flatMap(([, attaques]) => attaques);
  expect(toutes.length).toBeGreaterThanOrEqual(30);
  expect(new Set(toutes.map((a) => a.nom)).size).toBe(toutes.length);
  const raisons = new Set(toutes.map((a) => a.code)).size;
  console.log(`${toutes.length} hostile rewritings of baseline signatures, ${raisons} distinct reasons`);
});
