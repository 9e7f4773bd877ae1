import { parentPort, workerData } from 'node:worker_threads';
import { lireSignaturesPdf, type SignaturesSituees } from '../../formats/pdf/signatures-champs.ts';

/** The thread that reads one document and ends. No function is exported; `fil.ts` starts it, and gives the bytes it asks for. */

export interface TravailLecture {
  /** Bytes of the document. */
  readonly taille: number;
}

export type MessageLecture =
  | { readonly type: 'lire'; readonly debut: number; readonly fin: number }
  | { readonly type: 'lues'; readonly signatures: SignaturesSituees };

const { taille } = workerData as TravailLecture;

/** One question at a time. */
function lire(debut: number, fin: number): Promise<Uint8Array> {
  return new Promise((resoudre) => {
    parentPort?.once('message', resoudre);
    parentPort?.postMessage({ type: 'lire', debut, fin } satisfies MessageLecture, []);
  });
}

const signatures = await lireSignaturesPdf(lire, taille);
parentPort?.postMessage({ type: 'lues', signatures } satisfies MessageLecture, []);
