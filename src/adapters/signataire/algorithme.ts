import { type KeyObject, verify } from 'node:crypto';
import { type Certificat, lireCertificat } from '../../formats/certificats/certificat.ts';
import { erreurSignataire } from '../../metier/catalogue/signataire.ts';
import type { AlgorithmeSignataire } from '../../ports/signataire.ts';

/** Which algorithm goes with which key, and how node:crypto names its digest. */

/** The digest as strong as the curve (FIPS 186-5 § 6.1.1); RSA with SHA-256, the one that every reader accepts. */
const PAR_COURBE: ReadonlyMap<string, AlgorithmeSignataire> = new Map([
  ['prime256v1', 'ECDSA-SHA256'],
  ['secp384r1', 'ECDSA-SHA384'],
  ['secp521r1', 'ECDSA-SHA512'],
]);

/**
 * @param demande what the settings ask; the natural one of the key when absent.
 * Throws VGM-SGT-003 when the key is too weak, of another family, or of a kind that nobody downstream reads.
 */
export function choisirAlgorithme(cle: KeyObject, demande?: AlgorithmeSignataire): AlgorithmeSignataire {
  const { modulusLength = 0, namedCurve = '' } = cle.asymmetricKeyDetails ?? {};
  const type = cle.asymmetricKeyType ?? 'symétrique';
  if (type === 'rsa' && modulusLength < 2048) {
    throw erreurSignataire('VGM-SGT-003', { detail: `clé RSA de ${modulusLength} bits` });
  }
  const naturel = type === 'rsa' ? 'RSA-SHA256' : PAR_COURBE.get(namedCurve);
  if (naturel === undefined)
    throw erreurSignataire('VGM-SGT-003', { detail: `clé ${`${type} ${namedCurve}`.trim()}` });
  const choisi = demande ?? naturel;
  if (choisi.split('-')[0] !== naturel.split('-')[0]) {
    throw erreurSignataire('VGM-SGT-003', { detail: `clé ${type} pour ${choisi}` });
  }
  return choisi;
}

/** `RSA-SHA256` → `sha256`. */
export function hachageDe(algorithme: AlgorithmeSignataire): string {
  return (algorithme.split('-')[1] ?? '').toLowerCase();
}

/** Reads the certificate of a key. Throws VGM-SGT-002. */
export function lireCertificatSignataire(source: Uint8Array | string): Certificat {
  const lu = lireCertificat(source);
  if (lu.type === 'lu') return lu.certificat;
  throw erreurSignataire('VGM-SGT-002', { motif: `le certificat est illisible (${lu.motif}).` });
}

export interface SignatureRendue {
  readonly algorithme: AlgorithmeSignataire;
  readonly octets: Uint8Array;
  readonly signature: Uint8Array;
}

/** True when `signature` is the one that the port promises, made by this key over these bytes. */
export function signatureJuste({ algorithme, octets, signature }: SignatureRendue, cle: KeyObject): boolean {
  try {
    return verify(hachageDe(algorithme), octets, { key: cle, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}
