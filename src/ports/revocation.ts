import type { QuestionRevocation } from '../formats/certificats/revocation.ts';
import type { Instant } from '../metier/identifiants.ts';

/** Evidence about one certificate, as a server gave it: bytes to judge, and to keep with the verdict. */
export interface PreuveBrute {
  readonly type: 'ocsp' | 'crl';
  readonly octets: Uint8Array;
  /** What the question carried; null for a list. */
  readonly nonce: Uint8Array | null;
  /** Of the server, as the certificate writes it. */
  readonly adresse: string;
  readonly obtenue: Instant;
}

/** One server that was asked, or that could not be. */
export interface EssaiRevocation {
  readonly type: 'ocsp' | 'crl';
  readonly adresse: string;
  /** French; empty when its evidence settles the question. */
  readonly motif: string;
  /** The server is down, slow, or answers nonsense: the same question may be answered later. */
  readonly passager: boolean;
}

export interface RechercheRevocation {
  readonly preuves: readonly PreuveBrute[];
  readonly essais: readonly EssaiRevocation[];
}

/**
 * Fetches what the authority publishes about one of its certificates. It says nothing of the certificate itself, and
 * never throws: a server that is down is a failed try, never a verdict.
 */
export interface Revocation {
  /** @param signal cuts the search: what was found so far is given. */
  chercher(question: QuestionRevocation, signal?: AbortSignal): Promise<RechercheRevocation>;
}
