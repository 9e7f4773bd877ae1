/** What the bytes of a PDF say about its soundness (controls E.5 line 24; the norm: readable, not locked). */
export interface FaitsPdf {
  /** `%PDF-` within the first 1024 bytes. */
  readonly entete: boolean;
  /** `startxref` and `%%EOF` at the end, and the offset leads to a cross-reference table or stream. */
  readonly fin: boolean;
  /** An `/Encrypt` entry in the trailer. */
  readonly chiffre: boolean;
  /** `1.7`; null when unreadable. */
  readonly version: string | null;
}
