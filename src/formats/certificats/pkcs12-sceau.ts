import { createHmac, hash, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { type Hachage, nomNode, OID_HACHAGE } from './algorithmes.ts';
import { type Asn1, type Budget, compteDe, contenuScelle, fils, octetsDe, oidDe } from './pkcs12-parties.ts';

/** The seal of a PKCS#12 file: the HMAC of RFC 7292 § 4 and appendix B, or PBMAC1 (RFC 9579). */

export type Sceau = 'juste' | 'faux' | 'absent' | 'inconnu';

const OID_PBMAC1 = '1.2.840.113549.1.5.14';
const OID_PBKDF2 = '1.2.840.113549.1.5.12';
export const OID_HMAC: ReadonlyMap<string, Hachage> = new Map([
  ['1.2.840.113549.2.7', 'SHA-1'],
  ['1.2.840.113549.2.8', 'SHA-224'],
  ['1.2.840.113549.2.9', 'SHA-256'],
  ['1.2.840.113549.2.10', 'SHA-384'],
  ['1.2.840.113549.2.11', 'SHA-512'],
]);
const OID_MD5 = '1.2.840.113549.2.5';
/** RFC 9579 § 5: keyLength is there, and no shorter than 20 octets; no HMAC needs more than its block. */
const CLE_MIN = 20;
const CLE_MAX = 128;

/** @param secret as people type it. Throws CalculDemesure. */
export function verifierSceau(pfx: Asn1, secret: string, budget: Budget): Sceau {
  const mac = fils(pfx)[2];
  if (mac === undefined) return 'absent';
  const [empreinte, sel, compte] = fils(mac);
  const [algorithme, valeur] = fils(empreinte);
  const [oid, parametres] = fils(algorithme);
  const scelle = contenuScelle(pfx);
  const calcule =
    oidDe(oid) === OID_PBMAC1
      ? pbmac1(parametres, { secret, scelle, budget })
      : ancien(oidDe(oid), { secret, scelle, budget, sel: octetsDe(sel), compte });
  if (calcule === null) return 'inconnu';
  const attendu = octetsDe(valeur);
  return attendu.length === calcule.length && timingSafeEqual(attendu, calcule) ? 'juste' : 'faux';
}

interface Calcul {
  readonly secret: string;
  readonly scelle: Buffer;
  readonly budget: Budget;
}

/** RFC 9579: PBKDF2 over the UTF-8 of the password, then HMAC. null: a parameter that is not known here. */
function pbmac1(parametres: Asn1 | undefined, { secret, scelle, budget }: Calcul): Buffer | null {
  const [kdf, schema] = fils(parametres);
  const [oid, reglage] = fils(kdf);
  const [sel, compte, longueur, prf] = fils(reglage);
  const tirage = OID_HMAC.get(oidDe(fils(prf)[0]));
  const hachage = OID_HMAC.get(oidDe(fils(schema)[0]));
  const octets = compteDe(longueur);
  const connu = oidDe(oid) === OID_PBKDF2 && octets >= CLE_MIN && octets <= CLE_MAX;
  if (!connu || tirage === undefined || hachage === undefined) return null;
  const iterations = compteDe(compte);
  budget.depenser(iterations);
  if (iterations === 0) return null;
  const cle = pbkdf2Sync(Buffer.from(secret, 'utf8'), octetsDe(sel), iterations, octets, nomNode(tirage));
  return createHmac(nomNode(hachage), cle).update(scelle).digest();
}

/** RFC 7292 appendix B.2 with identifier 3: the key is as long as one digest, so one round of the derivation gives it. */
function ancien(
  oid: string,
  { secret, scelle, budget, sel, compte }: Calcul & { sel: Buffer; compte: Asn1 | undefined },
): Buffer | null {
  const nom = oid === OID_MD5 ? 'md5' : nomDe(oid);
  const iterations = compte === undefined ? 1 : compteDe(compte);
  if (nom === null || iterations === 0) return null;
  budget.depenser(iterations);
  const bloc = ['sha384', 'sha512'].includes(nom) ? 128 : 64;
  const motDePasse = Buffer.from(`${secret}\0`, 'utf16le').swap16();
  let cle = Buffer.concat([Buffer.alloc(bloc, 3), remplir(sel, bloc), remplir(motDePasse, bloc)]);
  for (let i = 0; i < iterations; i += 1) cle = hash(nom, cle, 'buffer');
  return createHmac(nom, cle).update(scelle).digest();
}

function nomDe(oid: string): string | null {
  const hachage = OID_HACHAGE.get(oid);
  return hachage === undefined ? null : nomNode(hachage);
}

/** Repeated up to a whole number of blocks; nothing stays nothing. */
function remplir(octets: Buffer, bloc: number): Buffer {
  return Buffer.alloc(Math.ceil(octets.length / bloc) * bloc, octets);
}
