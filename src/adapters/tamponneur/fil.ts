import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SourcePdf } from '../../formats/pdf/octets.ts';
import type { DemandeTampon, TamponPose } from '../../formats/pdf/tampon.ts';
import { erreurPdf } from '../../metier/catalogue/pdf.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Tamponneur } from '../../ports/tamponneur.ts';
import type { ReponseTampon, TravailTampon } from './fil-ouvrier.ts';

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

/** What can be handed over: alone in its buffer, or a copy. */
function detacher(source: SourcePdf): { readonly source: SourcePdf; readonly cedes: ArrayBuffer[] } {
  if (!(source instanceof Uint8Array)) return { source, cedes: [] };
  const seul = source.byteLength === source.buffer.byteLength && source.buffer instanceof ArrayBuffer;
  const octets = seul ? source : new Uint8Array(source);
  return { source: octets, cedes: [octets.buffer as ArrayBuffer] };
}

function lancer(
  travail: TravailTampon,
  { delai = DELAI, ouvrier: code = OUVRIER }: OptionsFil,
): Promise<TamponPose> {
  const { source, cedes } = detacher(travail.source);
  return new Promise((resoudre, rejeter) => {
    const ouvrier = new Worker(code, {
      workerData: { ...travail, source },
      transferList: cedes,
      resourceLimits: { maxOldGenerationSizeMb: MEMOIRE },
      env: {},
      execArgv: [],
    });
    const perdu = (detail: string, origine?: unknown): void =>
      rejeter(erreurPdf('VGM-PDF-006', { detail }, origine));
    const montre = setTimeout(() => {
      rejeter(erreurPdf('VGM-PDF-005', { secondes: (delai / 1000).toLocaleString('fr-FR') }));
      void ouvrier.terminate();
    }, delai);
    ouvrier.once('message', (reponse: ReponseTampon) => {
      if (reponse.type === 'pose') resoudre(reponse.pose);
      else rejeter(new ErreurVgm(reponse.fiche, reponse));
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

class Fils implements Tamponneur {
  readonly #options: OptionsFil;
  readonly #attente: (() => void)[] = [];
  #libres: number;

  constructor(options: OptionsFil) {
    this.#options = options;
    this.#libres = options.simultanes ?? SIMULTANES;
  }

  async tamponner(source: SourcePdf, demande: DemandeTampon): Promise<TamponPose> {
    if (this.#libres > 0) this.#libres -= 1;
    else await new Promise<void>((suite) => this.#attente.push(suite));
    try {
      return await lancer({ source, demande }, this.#options);
    } finally {
      const suivant = this.#attente.shift();
      // the place is handed over, so that nobody who comes now takes it first
      if (suivant === undefined) this.#libres += 1;
      else suivant();
    }
  }
}

export function creerTamponneur(options: OptionsFil = {}): Tamponneur {
  return new Fils(options);
}
