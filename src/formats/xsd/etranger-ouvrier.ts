import { parentPort, workerData } from 'node:worker_threads';
import { jugerParLibxml2, type TravailEtranger } from './etranger-libxml2.ts';

/** What goes in, and what comes out. */
export type { JugementEtranger, TravailEtranger } from './etranger-libxml2.ts';

/**
 * The thread that lends libxml2 to a schema of elsewhere: one document, one answer, and its memory goes with it.
 * `etranger.ts` starts it.
 */

// not while the module is being evaluated: libxml2-wasm awaits at its top level, and V8 ends the whole process when a
// thread is stopped during the evaluation of a module that depends on such a one
setImmediate(() => parentPort?.postMessage(jugerParLibxml2(workerData as TravailEtranger), []));
