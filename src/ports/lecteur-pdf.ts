import type { LireOctets } from '../formats/pdf/lecture-distante.ts';
import type { SignaturesSituees } from '../formats/pdf/signatures-champs.ts';

/** Reads what PDF files that may come from anywhere say of their own signatures, in a bounded time and memory. */
export interface LecteurPdf {
  /**
   * As `lireSignaturesPdf`. @param taille bytes.
   * Throws VGM-CTL-005 when it was not done in time or in the memory allowed, and what `lire` throws.
   */
  readonly lireSignatures: (lire: LireOctets, taille: number) => Promise<SignaturesSituees>;
}
