import type { SourcePdf } from '../formats/pdf/octets.ts';
import type { DemandeTampon, TamponPose } from '../formats/pdf/tampon.ts';

/** Stamps PDF files that may come from anywhere, in a bounded time and memory. */
export interface Tamponneur {
  /**
   * @param source bytes, which are handed over and cannot be used again, or an open file, which stays the caller's.
   * @returns what to put after the bytes of the document, which are not changed.
   * Throws VGM-PDF-001 to -004 and -007 (the document is refused), -005 and -006 (nothing is known of it).
   */
  tamponner(source: SourcePdf, demande: DemandeTampon): Promise<TamponPose>;
}
