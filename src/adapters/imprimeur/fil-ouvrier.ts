import { parentPort, workerData } from 'node:worker_threads';
import { type Imprime, imprimer } from '../../formats/pdf/imprime.ts';

/** The thread that makes one form and ends. No function is exported; `fil.ts` starts it. */

export type TravailImprime = Imprime;

parentPort?.postMessage(Uint8Array.from(await imprimer(workerData as TravailImprime)), []);
