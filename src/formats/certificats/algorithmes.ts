import { constants, type KeyObject, verify } from 'node:crypto';
import { Curseur, type Der, lireDer, membres, TAG } from './der.ts';
import { lireOid, lirePetit } from './der-valeurs.ts';

/** Signature algorithms: which ones exist, which ones still protect, and the arithmetic itself (node:crypto alone). */

export type Hachage = 'MD5' | 'SHA-1' | 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface AlgorithmeSignature {
  readonly oid: string;
  /** For people: `RSA-SHA256`, `ECDSA-SHA384`, `RSASSA-PSS-SHA256`, `Ed25519`, or the OID when unknown. */
  readonly nom: string;
  readonly famille: 'rsa' | 'pss' | 'ecdsa' | 'eddsa' | 'inconnue';
  readonly hachage: Hachage | null;
  /** Octets of salt, PSS only. */
  readonly sel: number;
}

const CONNUS: ReadonlyMap<string, readonly ['rsa' | 'ecdsa' | 'eddsa', Hachage | null, string]> = new Map([
  ['1.2.840.113549.1.1.4', ['rsa', 'MD5', 'RSA-MD5']],
  ['1.2.840.113549.1.1.5', ['rsa', 'SHA-1', 'RSA-SHA1']],
  ['1.2.840.113549.1.1.14', ['rsa', 'SHA-224', 'RSA-SHA224']],
  ['1.2.840.113549.1.1.11', ['rsa', 'SHA-256', 'RSA-SHA256']],
  ['1.2.840.113549.1.1.12', ['rsa', 'SHA-384', 'RSA-SHA384']],
  ['1.2.840.113549.1.1.13', ['rsa', 'SHA-512', 'RSA-SHA512']],
  ['1.2.840.10045.4.1', ['ecdsa', 'SHA-1', 'ECDSA-SHA1']],
  ['1.2.840.10045.4.3.1', ['ecdsa', 'SHA-224', 'ECDSA-SHA224']],
  ['1.2.840.10045.4.3.2', ['ecdsa', 'SHA-256', 'ECDSA-SHA256']],
  ['1.2.840.10045.4.3.3', ['ecdsa', 'SHA-384', 'ECDSA-SHA384']],
  ['1.2.840.10045.4.3.4', ['ecdsa', 'SHA-512', 'ECDSA-SHA512']],
  ['1.3.101.112', ['eddsa', null, 'Ed25519']],
  ['1.3.101.113', ['eddsa', null, 'Ed448']],
]);

const OID_PSS = '1.2.840.113549.1.1.10';

export const OID_HACHAGE: ReadonlyMap<string, Hachage> = new Map([
  ['1.3.14.3.2.26', 'SHA-1'],
  ['2.16.840.1.101.3.4.2.4', 'SHA-224'],
  ['2.16.840.1.101.3.4.2.1', 'SHA-256'],
  ['2.16.840.1.101.3.4.2.2', 'SHA-384'],
  ['2.16.840.1.101.3.4.2.3', 'SHA-512'],
]);

/** Name that node:crypto gives to a digest. */
export function nomNode(hachage: Hachage): string {
  return hachage.replace('-', '').toLowerCase();
}

/** AlgorithmIdentifier (RFC 5280 § 4.1.1.2, RFC 4055 for PSS). */
export function lireAlgorithme(der: Der): AlgorithmeSignature {
  const c = new Curseur(der);
  const oid = lireOid(c.prendre());
  const parametres = c.siPresent(TAG.nul, TAG.sequence, TAG.oid);
  c.finir();
  if (oid === OID_PSS) return lirePss(oid, parametres);
  const connu = CONNUS.get(oid);
  if (connu === undefined) return { oid, nom: oid, famille: 'inconnue', hachage: null, sel: 0 };
  return { oid, famille: connu[0], hachage: connu[1], nom: connu[2], sel: 0 };
}

/** RFC 4055 § 3.1: absent fields mean SHA-1 and a salt of 20 octets. */
function lirePss(oid: string, parametres: Der | undefined): AlgorithmeSignature {
  let hachage: Hachage | null = 'SHA-1';
  let sel = 20;
  for (const champ of parametres?.tag === TAG.sequence ? membres(parametres) : []) {
    const valeur = lireDer(champ.contenu);
    if (champ.tag === 0xa0) hachage = OID_HACHAGE.get(lireOid(new Curseur(valeur).prendre())) ?? null;
    if (champ.tag === 0xa2) sel = lirePetit(valeur);
  }
  const nom = `RSASSA-PSS-${hachage?.replace('-', '') ?? '?'}`;
  return { oid, nom, famille: hachage === null ? 'inconnue' : 'pss', hachage, sel };
}

/** SHA-224 and below no longer protect a signature (ANSSI, RGS annexe B1; SHA-1: forged certificates exist). */
export function estObsolete(algorithme: AlgorithmeSignature): boolean {
  return ['MD5', 'SHA-1', 'SHA-224'].includes(algorithme.hachage ?? '');
}

export interface Signature {
  readonly algorithme: AlgorithmeSignature;
  /** The bytes signed, as they were received. */
  readonly octets: Uint8Array;
  readonly valeur: Uint8Array;
}

/** The key must be of the family that the algorithm names. False for anything that does not verify. */
export function verifierSignature(signature: Signature, cle: KeyObject): boolean {
  const { algorithme, octets, valeur } = signature;
  const type = cle.asymmetricKeyType;
  const hachage = algorithme.hachage === null ? null : nomNode(algorithme.hachage);
  try {
    switch (algorithme.famille) {
      case 'rsa':
        return type === 'rsa' && verify(hachage, octets, cle, valeur);
      case 'pss':
        return (type === 'rsa' || type === 'rsa-pss') && verifierPss(signature, cle);
      case 'ecdsa':
        return type === 'ec' && verify(hachage, octets, { key: cle, dsaEncoding: 'der' }, valeur);
      case 'eddsa':
        return type === algorithme.nom.toLowerCase() && verify(null, octets, cle, valeur);
      case 'inconnue':
        return false;
      default:
        return algorithme.famille satisfies never;
    }
  } catch {
    return false;
  }
}

function verifierPss({ algorithme, octets, valeur }: Signature, cle: KeyObject): boolean {
  const options = { key: cle, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithme.sel };
  return algorithme.hachage !== null && verify(nomNode(algorithme.hachage), octets, options, valeur);
}
