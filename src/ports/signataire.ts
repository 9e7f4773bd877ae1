/** Digests and paddings that we sign with: RSA PKCS#1 v1.5 from 2048 bits, ECDSA on P-256, P-384 and P-521. */
export const ALGORITHMES_SIGNATAIRE = [
  'RSA-SHA256',
  'RSA-SHA384',
  'RSA-SHA512',
  'ECDSA-SHA256',
  'ECDSA-SHA384',
  'ECDSA-SHA512',
] as const;
export type AlgorithmeSignataire = (typeof ALGORITHMES_SIGNATAIRE)[number];

/** A key that signs, wherever it lives. It is asked one thing: « sign these bytes ». */
export interface Signataire {
  /** DER of its certificate. */
  readonly certificat: Uint8Array;
  /** DER, from its issuer upwards; may be empty. */
  readonly chaine: readonly Uint8Array[];
  readonly algorithme: AlgorithmeSignataire;
  /**
   * Signs these bytes (hashing them is its own affair). RSA: PKCS#1 v1.5. ECDSA: r ‖ s of fixed length, as XML
   * signatures write it (RFC 4050 § 3.3, IEEE P1363); CMS wants `SEQUENCE { r, s }` and converts.
   * Throws VGM-SGT-… : passagere when a remote key is out of reach, definitive when it refuses. Never a wrong
   * signature: what a remote peer returns is verified with `certificat` first.
   */
  signer(octets: Uint8Array): Promise<Uint8Array>;
}
