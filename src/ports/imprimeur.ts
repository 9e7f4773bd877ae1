import type { Imprime } from '../formats/pdf/imprime.ts';

/** Makes printed forms, away from the thread that serves everybody. */
export interface Imprimeur {
  /** @returns the PDF. Throws VGM-PDF-005 and -006. */
  imprimer(imprime: Imprime): Promise<Uint8Array>;
}
