import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LireOctets } from '../../formats/pdf/lecture-distante.ts';
import type { SignaturesSituees } from '../../formats/pdf/signatures-champs.ts';
import { erreurControle } from '../../metier/catalogue/controle.ts';
import type { LecteurPdf } from '../../ports/lecteur-pdf.ts';
import type { MessageLecture, TravailLecture } from './fil-ouvrier.ts';

/** Each document in a thread of its own, which ends with it: one that would never end, or take all the memory, stops there. */

export interface OptionsFil {
  /** Milliseconds before the thread is stopped; half a minute by default. */
  readonly delai?: number;
  /** Documents at once, two by default; the others wait. */
  readonly simultanes?: number;
  /** Code of the thread, ours by default. */
  readonly ouvrier?: URL;
}

const DELAI = 30_000;
const SIMULTANES = 2;
/** Megabytes of the heap; the reader bounds the rest itself. */
const MEMOIRE = 256;

/** The thread is the file beside this one, as source or built. */
const OUVRIER: URL = new URL(`./fil-ouvrier${extname(import.meta.filename)}`, import.meta.url);

interface Lecture {
  readonly lire: LireOctets;
  readonly taille: number;
}

function lancer(
  { lire, taille }: Lecture,
  { delai = DELAI, ouvrier: code = OUVRIER }: OptionsFil,
): Promise<SignaturesSituees> {
  const { promise, resolve, reject } = Promise.withResolvers<SignaturesSituees>();
  const travail: TravailLecture = { taille };
  const ouvrier = new Worker(code, {
    workerData: travail,
    resourceLimits: { maxOldGenerationSizeMb: MEMOIRE },
    env: {},
    execArgv: [],
  });
  const perdre = (cause: unknown): void => {
    reject(cause);
    void ouvrier.terminate();
  };
  const perdu = (detail: string, origine?: unknown): void =>
    perdre(erreurControle('VGM-CTL-005', { detail }, origine));
  const montre = setTimeout(() => perdu(`elle dure plus de ${delai / 1000} secondes`), delai);
  ouvrier.on('message', (message: MessageLecture) => {
    if (message.type === 'lues') resolve(message.signatures);
    else lire(message.debut, message.fin).then((octets) => ouvrier.postMessage(octets, []), perdre);
  });
  ouvrier.once('error', (faute: NodeJS.ErrnoException) => {
    perdu(faute.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'mémoire épuisée' : 'défaut du programme', faute);
  });
  ouvrier.once('exit', () => {
    clearTimeout(montre);
    // heard last: after an answer it changes nothing
    perdu('aucune réponse');
  });
  return promise;
}

class Fils implements LecteurPdf {
  readonly #options: OptionsFil;
  readonly #attente: (() => void)[] = [];
  #libres: number;

  constructor(options: OptionsFil) {
    this.#options = options;
    this.#libres = options.simultanes ?? SIMULTANES;
  }

  readonly lireSignatures = async (lire: LireOctets, taille: number): Promise<SignaturesSituees> => {
    if (this.#libres > 0) this.#libres -= 1;
    else await new Promise<void>((suite) => this.#attente.push(suite));
    try {
      return await lancer({ lire, taille }, this.#options);
    } finally {
      const suivant = this.#attente.shift();
      // the place is handed over, so that nobody who comes now takes it first
      if (suivant === undefined) this.#libres += 1;
      else suivant();
    }
  };
}

export function creerLecteurPdf(options: OptionsFil = {}): LecteurPdf {
  return new Fils(options);
}
