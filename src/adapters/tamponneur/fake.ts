import { tamponnerPdf } from '../../formats/pdf/tampon.ts';
import type { Tamponneur } from '../../ports/tamponneur.ts';

/** For tests: in this very thread, without limit of time or memory. */
export function creerFakeTamponneur(): Tamponneur {
  return { tamponner: async (source, demande) => tamponnerPdf(source, demande) };
}
