import { lireSignaturesPdf } from '../../formats/pdf/signatures-champs.ts';
import type { LecteurPdf } from '../../ports/lecteur-pdf.ts';

/** For tests: in this very thread, without limit of time or memory. */
export function creerFakeLecteurPdf(): LecteurPdf {
  return { lireSignatures: lireSignaturesPdf };
}
