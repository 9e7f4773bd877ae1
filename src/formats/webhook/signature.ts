import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signatures of the Standard Webhooks specification: HMAC-SHA256 of `<id>.<timestamp>.<body>`,
 * base64, in a space-separated list of `v1,…` so that the old and the new secret both sign during a rotation.
 */

const PREFIXE_SECRET = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export interface DemandeSignature {
  /** `webhook-id`, the same on every attempt. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since 1970, of the attempt. */
  readonly quandS: number;
  /** The body as sent, UTF-8. */
  readonly corps: string;
  /** `whsec_…`, the present one first. */
  readonly secrets: readonly string[];
}

export interface DemandeVerification extends DemandeSignature {
  /** Header `webhook-signature`. */
  readonly signature: string;
  readonly maintenantS: number;
  /** Seconds of drift allowed both ways; the specification asks for a bound against replays. */
  readonly toleranceS: number;
}

export type VerdictSignature =
  | { readonly type: 'bonne' }
  | { readonly type: 'mauvaise'; readonly motif: string };

/** @returns the key of a `whsec_…` secret, or undefined when it is not 24 to 64 bytes in base64. */
export function lireCle(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIXE_SECRET)) return undefined;
  const texte = secret.slice(PREFIXE_SECRET.length);
  if (!BASE64.test(texte)) return undefined;
  const cle = Buffer.from(texte, 'base64');
  return cle.length >= 24 && cle.length <= 64 ? cle : undefined;
}

function empreinte(demande: DemandeSignature, secret: string): Buffer {
  const cle = Buffer.from(secret.replace(PREFIXE_SECRET, ''), 'base64');
  return createHmac('sha256', cle).update(`${demande.id}.${demande.quandS}.${demande.corps}`).digest();
}

/** @returns the header `webhook-signature`: one `v1,` per secret, in their order. */
export function signer(demande: DemandeSignature): string {
  return demande.secrets.map((secret) => `v1,${empreinte(demande, secret).toString('base64')}`).join(' ');
}

/** Checks age first, then every `v1,` of the list against every secret, in constant time. */
export function verifier(demande: DemandeVerification): VerdictSignature {
  const ecart = demande.maintenantS - demande.quandS;
  if (!Number.isFinite(ecart)) return { type: 'mauvaise', motif: 'l’horodatage n’est pas un nombre' };
  if (ecart > demande.toleranceS) return { type: 'mauvaise', motif: 'l’envoi est trop ancien' };
  if (-ecart > demande.toleranceS) return { type: 'mauvaise', motif: 'l’envoi est daté du futur' };
  const recues = demande.signature
    .split(' ')
    .filter((partie) => partie.startsWith('v1,'))
    .map((partie) => Buffer.from(partie.slice(3), 'base64'));
  if (recues.length === 0) return { type: 'mauvaise', motif: 'aucune signature de version 1' };
  const attendues = demande.secrets.map((secret) => empreinte(demande, secret));
  // No early exit: the time taken must not say which secret or which signature came close.
  let trouvee = false;
  for (const attendue of attendues) {
    for (const recue of recues) {
      if (recue.length === attendue.length && timingSafeEqual(recue, attendue)) trouvee = true;
    }
  }
  return trouvee
    ? { type: 'bonne' }
    : { type: 'mauvaise', motif: 'la signature ne correspond ni au corps ni au secret connus' };
}

/** @param octetsHex 32 random bytes in hexadecimal. @returns `whsec_` and the same bytes in base64. */
export function nouveauSecret(octetsHex: string): string {
  return `${PREFIXE_SECRET}${Buffer.from(octetsHex, 'hex').toString('base64')}`;
}
