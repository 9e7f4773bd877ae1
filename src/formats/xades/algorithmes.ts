import { NS_DS } from './espaces.ts';

/** Addresses of the algorithms, and what each is worth (RFC 9231). What is not in these tables is refused. */

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
const PLUS = 'http://www.w3.org/2001/04/xmldsig-more#';

export const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const EXC_C14N_COMMENTAIRES = `${EXC_C14N}WithComments`;
export const ENVELOPPEE = `${NS_DS}enveloped-signature`;

/** Canonicalisations that exist and that the profile does not admit, to name them in the refusal. */
export const C14N_INCLUSIVES: readonly string[] = [
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://www.w3.org/2006/12/xml-c14n11#WithComments',
];

export type NomHachage = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface Hachage {
  readonly nom: NomHachage;
  readonly uri: string;
  /** As node:crypto names it. */
  readonly node: string;
  /** Bytes of a digest. */
  readonly taille: number;
  /** Read to say so; nothing made with it is called valid. */
  readonly obsolete: boolean;
}

const SHA1: Hachage = { nom: 'SHA-1', uri: `${NS_DS}sha1`, node: 'sha1', taille: 20, obsolete: true };
const SHA256: Hachage = {
  nom: 'SHA-256',
  uri: `${XMLENC}sha256`,
  node: 'sha256',
  taille: 32,
  obsolete: false,
};
const SHA384: Hachage = { nom: 'SHA-384', uri: `${PLUS}sha384`, node: 'sha384', taille: 48, obsolete: false };
const SHA512: Hachage = {
  nom: 'SHA-512',
  uri: `${XMLENC}sha512`,
  node: 'sha512',
  taille: 64,
  obsolete: false,
};

export const HACHAGES: readonly Hachage[] = [SHA256, SHA384, SHA512, SHA1];

export function hachageDe(uri: string): Hachage | null {
  return HACHAGES.find((h) => h.uri === uri) ?? null;
}

/** Names of `ports/signataire.ts`, plus SHA-1 that is only read. */
export type NomSignature = `${'RSA' | 'ECDSA'}-SHA${'1' | '256' | '384' | '512'}`;

export interface AlgorithmeXml {
  readonly nom: NomSignature;
  readonly uri: string;
  readonly famille: 'rsa' | 'ec';
  readonly hachage: Hachage;
}

const SIGNATURES: readonly AlgorithmeXml[] = [
  { nom: 'RSA-SHA256', uri: `${PLUS}rsa-sha256`, famille: 'rsa', hachage: SHA256 },
  { nom: 'RSA-SHA384', uri: `${PLUS}rsa-sha384`, famille: 'rsa', hachage: SHA384 },
  { nom: 'RSA-SHA512', uri: `${PLUS}rsa-sha512`, famille: 'rsa', hachage: SHA512 },
  { nom: 'ECDSA-SHA256', uri: `${PLUS}ecdsa-sha256`, famille: 'ec', hachage: SHA256 },
  { nom: 'ECDSA-SHA384', uri: `${PLUS}ecdsa-sha384`, famille: 'ec', hachage: SHA384 },
  { nom: 'ECDSA-SHA512', uri: `${PLUS}ecdsa-sha512`, famille: 'ec', hachage: SHA512 },
  { nom: 'RSA-SHA1', uri: `${NS_DS}rsa-sha1`, famille: 'rsa', hachage: SHA1 },
  { nom: 'ECDSA-SHA1', uri: `${PLUS}ecdsa-sha1`, famille: 'ec', hachage: SHA1 },
];

export function signatureDe(uri: string): AlgorithmeXml | null {
  return SIGNATURES.find((s) => s.uri === uri) ?? null;
}

/** The row of an algorithm that we sign with. */
export function signatureNommee(nom: NomSignature): AlgorithmeXml | null {
  return SIGNATURES.find((s) => s.nom === nom) ?? null;
}
