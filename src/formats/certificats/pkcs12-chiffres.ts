import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import forge from 'node-forge';
import { nomNode } from './algorithmes.ts';
import {
  type Asn1,
  type Budget,
  compteDe,
  type Dechiffrer,
  fils,
  octetsDe,
  oidDe,
} from './pkcs12-parties.ts';
import { OID_HMAC } from './pkcs12-sceau.ts';

/** Encryption by password: PBES2 (RFC 8018 § 6.2) by node:crypto, and the 3DES and RC2 of PKCS#12 by forge. */

/** The derivation of PKCS#12 itself runs in JavaScript, for the key and for the vector: an iteration of it weighs ten. */
const POIDS_ANCIEN = 10;

/** The same password as the two derivations take it. */
export interface Secret {
  readonly pbes2: Buffer;
  /** Written in UTF-16 by forge. */
  readonly ancien: string;
}

/** As the norms say, then as old tools with another idea of accents did. */
export function formesDuSecret(secret: string): readonly Secret[] {
  const utf8 = Buffer.from(secret, 'utf8');
  const norme = { pbes2: utf8, ancien: secret };
  const accents = utf8.length !== secret.length;
  return accents
    ? [norme, { pbes2: Buffer.from(secret, 'latin1'), ancien: utf8.toString('latin1') }]
    : [norme];
}

/** Cipher of node:crypto and octets of its key. */
const OID_CHIFFRES: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['2.16.840.1.101.3.4.1.2', ['aes-128-cbc', 16]],
  ['2.16.840.1.101.3.4.1.22', ['aes-192-cbc', 24]],
  ['2.16.840.1.101.3.4.1.42', ['aes-256-cbc', 32]],
  ['1.2.840.113549.3.7', ['des-ede3-cbc', 24]],
]);

const OID_PBES2 = '1.2.840.113549.1.5.13';
const OID_PBKDF2 = '1.2.840.113549.1.5.12';
const OIDS_ANCIENS: ReadonlySet<string> = new Set(['1.2.840.113549.1.12.1.3', '1.2.840.113549.1.12.1.6']);

/** The parts are protected in a way that is not known here. */
export class ProcedeInconnu extends Error {
  constructor() {
    super('procédé inconnu');
    this.name = 'ProcedeInconnu';
  }
}

/** Part of forge that its types leave out. */
const { pbe } = forge.pki as unknown as {
  readonly pbe: {
    getCipher(
      oid: string,
      parametres: Asn1 | undefined,
      secret: string,
    ): {
      update(donnees: forge.util.ByteStringBuffer): boolean;
      finish(): boolean;
      readonly output: forge.util.ByteStringBuffer;
    };
  };
};

/** @returns what opens each part. It throws CalculDemesure, ProcedeInconnu, or what a wrong password makes throw. */
export function creerDechiffrer(secret: Secret, budget: Budget): Dechiffrer {
  return (algorithme, chiffre) => {
    const [oid, parametres] = fils(algorithme);
    if (oidDe(oid) === OID_PBES2) return pbes2(parametres, chiffre, { secret: secret.pbes2, budget });
    if (!OIDS_ANCIENS.has(oidDe(oid))) throw new ProcedeInconnu();
    const iterations = compteDe(fils(parametres)[1]);
    // forge would take a negative count for a huge one.
    if (iterations === 0) throw new ProcedeInconnu();
    budget.depenser(POIDS_ANCIEN * iterations);
    const cle = pbe.getCipher(oidDe(oid), parametres, secret.ancien);
    cle.update(forge.util.createBuffer(chiffre.toString('latin1')));
    return cle.finish() ? Buffer.from(cle.output.getBytes(), 'latin1') : Buffer.alloc(0);
  };
}

function pbes2(
  parametres: Asn1 | undefined,
  chiffre: Buffer,
  { secret, budget }: { readonly secret: Buffer; readonly budget: Budget },
): Buffer {
  const [kdf, schema] = fils(parametres);
  const [oidKdf, reglage] = fils(kdf);
  const [sel, compte, ...suite] = fils(reglage);
  const prf = suite.find((champ) => fils(champ).length > 0);
  const [oidSchema, vecteur] = fils(schema);
  const connu = OID_CHIFFRES.get(oidDe(oidSchema));
  // RFC 8018 appendix A.2: HMAC-SHA-1 when the file names none.
  const tirage = prf === undefined ? 'SHA-1' : OID_HMAC.get(oidDe(fils(prf)[0]));
  if (oidDe(oidKdf) !== OID_PBKDF2 || connu === undefined || tirage === undefined) throw new ProcedeInconnu();
  const iterations = compteDe(compte);
  budget.depenser(iterations);
  const cle = pbkdf2Sync(secret, octetsDe(sel), iterations, connu[1], nomNode(tirage));
  const decipher = createDecipheriv(connu[0], cle, octetsDe(vecteur));
  return Buffer.concat([decipher.update(chiffre), decipher.final()]);
}
