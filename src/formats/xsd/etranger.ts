import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { erreurXml } from '../../metier/catalogue/xml.ts';
import type { JugementEtranger, TravailEtranger } from './etranger-ouvrier.ts';

/**
 * Schemas that our compiler does not carry out whole go to libxml2, in a thread of its own: it works in one go, so that
 * it would block the daemon, and its memory never shrinks. A thread judges one document and ends.
 */

/** A document of that size takes some 700 MB there; at 2 GiB libxml2 fails. */
export const OCTETS_ETRANGER = 64_000_000;

export interface OptionsEtranger {
  /** Milliseconds before the thread is stopped; one minute by default. */
  readonly delai?: number;
  /** Code of the thread, ours by default. */
  readonly ouvrier?: URL;
}

const DELAI = 60_000;
/** Megabytes of the thread's own heap; libxml2's memory is beside it, bounded by the size of the document. */
const MEMOIRE = 512;

type JugementRendu = Exclude<JugementEtranger, { type: 'panne' }>;

/** The thread is the file beside this one, as source or built. */
const OUVRIER: URL = new URL(`./etranger-ouvrier${extname(import.meta.filename)}`, import.meta.url);

/**
 * @returns what libxml2 says of the schema or of the document. Its bytes are handed over: they cannot be used again.
 * @throws VGM-XML-005 when it takes too long, VGM-XML-006 when it dies: nothing is then known of the document.
 */
export function jugerEtranger(travail: TravailEtranger, options: OptionsEtranger): Promise<JugementRendu> {
  const { delai = DELAI, ouvrier: code = OUVRIER } = options;
  return new Promise((resoudre, rejeter) => {
    const ouvrier = new Worker(code, {
      workerData: travail,
      transferList: [travail.octets.buffer as ArrayBuffer],
      resourceLimits: { maxOldGenerationSizeMb: MEMOIRE },
      env: {},
      execArgv: [],
    });
    const perdu = (detail: string, origine?: unknown): void =>
      rejeter(erreurXml('VGM-XML-006', { detail }, origine));
    const montre = setTimeout(() => {
      rejeter(erreurXml('VGM-XML-005', { secondes: delai / 1000 }));
      void ouvrier.terminate();
    }, delai);
    ouvrier.once('message', (jugement: JugementEtranger) => {
      if (jugement.type === 'panne') perdu(jugement.detail);
      else resoudre(jugement);
    });
    ouvrier.once('error', (faute: NodeJS.ErrnoException) => {
      perdu(faute.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'mémoire épuisée' : 'défaut du programme', faute);
    });
    ouvrier.once('exit', () => {
      clearTimeout(montre);
      // heard last: after an answer it changes nothing
      perdu('aucune réponse');
    });
  });
}
