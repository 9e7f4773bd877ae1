import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { rc4 } from './rc4.ts';

/** Key of a document that opens without a password: ISO 32000-1, 7.6.3; ISO 32000-2, 7.6.4 for revisions 5 and 6. */

export interface Serrure {
  /** `R`: 2 to 6. */
  readonly revision: number;
  /** Bytes of the key. */
  readonly longueur: number;
  readonly o: Buffer;
  readonly u: Buffer;
  /** Revisions 5 and 6. */
  readonly ue: Buffer;
  /** `P`, 32 bits signed. */
  readonly permissions: number;
  readonly metadonnees: boolean;
  /** First identifier of the file. */
  readonly id: Buffer;
}

/** What fills an empty password (algorithm 2, step a). */
const BOURRAGE = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

const md5 = (...morceaux: readonly Uint8Array[]): Buffer => {
  const empreinte = createHash('md5');
  for (const m of morceaux) empreinte.update(m);
  return empreinte.digest();
};

const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();

/** Algorithm 2. */
function cleAncienne({ revision, longueur, o, permissions, metadonnees, id }: Serrure): Buffer {
  const p = Buffer.alloc(4);
  p.writeInt32LE(permissions | 0);
  const reserve = revision >= 4 && !metadonnees ? Buffer.alloc(4, 0xff) : Buffer.alloc(0);
  let cle = md5(BOURRAGE, o.subarray(0, 32), p, id, reserve);
  const tours = revision >= 3 ? 50 : 0;
  for (let tour = 0; tour < tours; tour += 1) cle = md5(cle.subarray(0, longueur));
  return cle.subarray(0, longueur);
}

/** Algorithms 4 to 6: `U` tells whether the key is right. */
function ouvreAncienne({ revision, u, id }: Serrure, cle: Buffer): boolean {
  if (revision === 2) return u.subarray(0, 32).equals(rc4(cle, BOURRAGE));
  let controle: Uint8Array = md5(BOURRAGE, id);
  for (let tour = 0; tour < 20; tour += 1)
    controle = rc4(
      cle.map((octet) => octet ^ tour),
      controle,
    );
  return u.subarray(0, 16).equals(controle);
}

/** Algorithm 2.B, for an empty password: at least 64 rounds, then until the last byte allows to stop. */
function hacher(sel: Buffer): Buffer {
  let k = sha256(sel);
  for (let tour = 0, dernier = 0; tour < 64 || dernier > tour - 32; tour += 1) {
    const chiffre = createCipheriv('aes-128-cbc', k.subarray(0, 16), k.subarray(16, 32)).setAutoPadding(
      false,
    );
    const e = chiffre.update(Buffer.concat(Array.from({ length: 64 }, () => k)));
    // the first 16 bytes modulo 3 are their sum modulo 3, for 256 is 1 modulo 3
    const choix = e.subarray(0, 16).reduce((somme, octet) => somme + octet, 0) % 3;
    k = createHash(['sha256', 'sha384', 'sha512'][choix] ?? 'sha256')
      .update(e)
      .digest();
    dernier = e.at(-1) ?? 0;
  }
  return k.subarray(0, 32);
}

/** Algorithm 2.A: `U` is a digest, a salt for it, and a salt for the key. */
function cleNouvelle({ revision, u, ue }: Serrure): Buffer | null {
  const empreinte = revision === 5 ? sha256 : hacher;
  if (u.length < 48 || ue.length < 32) return null;
  if (!u.subarray(0, 32).equals(empreinte(u.subarray(32, 40)))) return null;
  const intermediaire = empreinte(u.subarray(40, 48));
  const clair = createDecipheriv('aes-256-cbc', intermediaire, Buffer.alloc(16)).setAutoPadding(false);
  return clair.update(ue.subarray(0, 32));
}

/** @returns null when the document asks for a password. */
export function cleSansMotDePasse(serrure: Serrure): Buffer | null {
  if (serrure.revision >= 5) return cleNouvelle(serrure);
  const cle = cleAncienne(serrure);
  return ouvreAncienne(serrure, cle) ? cle : null;
}
