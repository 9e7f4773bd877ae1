import { parentPort, workerData } from 'node:worker_threads';
import type { SourcePdf } from '../../formats/pdf/octets.ts';
import { type DemandeTampon, tamponnerPdf, type TamponPose } from '../../formats/pdf/tampon.ts';
import { ErreurVgm, type FicheErreur } from '../../metier/erreurs.ts';

/** The thread that stamps one document and ends. No function is exported; `fil.ts` starts it. */

export interface TravailTampon {
  readonly source: SourcePdf;
  readonly demande: DemandeTampon;
}

export type ReponseTampon =
  | { readonly type: 'pose'; readonly pose: TamponPose }
  | {
      readonly type: 'refus';
      readonly fiche: FicheErreur;
      readonly http: number;
      readonly sortie: 1 | 2 | 3;
    };

/** Only our own refusals say something of the document; the rest ends the thread, which is heard. */
function tamponner({ source, demande }: TravailTampon): ReponseTampon {
  try {
    return { type: 'pose', pose: tamponnerPdf(source, demande) };
  } catch (e) {
    if (!(e instanceof ErreurVgm)) throw e;
    return { type: 'refus', fiche: e.fiche, http: e.http, sortie: e.sortie };
  }
}

parentPort?.postMessage(tamponner(workerData as TravailTampon), []);
