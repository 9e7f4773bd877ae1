import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { erreurPdf } from '../../metier/catalogue/pdf.ts';
import type { Imprimeur } from '../../ports/imprimeur.ts';
import type { TravailImprime } from './fil-ouvrier.ts';

/** Each form in a thread of its own, which ends with it. */

export interface OptionsImprimeur {
  /** Milliseconds before the thread is stopped; half a minute by default. */
  readonly delai?: number;
}

const DELAI = 30_000;
/** Megabytes of the heap. */
const MEMOIRE = 256;

/** The thread is the file beside this one, as source or built. */
const OUVRIER: URL = new URL(`./fil-ouvrier${extname(import.meta.filename)}`, import.meta.url);

export function creerImprimeur({ delai = DELAI }: OptionsImprimeur = {}): Imprimeur {
  return {
    imprimer: (imprime) =>
      new Promise((resoudre, rejeter) => {
        const limites = { maxOldGenerationSizeMb: MEMOIRE };
        const workerData: TravailImprime = imprime;
        const ouvrier = new Worker(OUVRIER, { workerData, resourceLimits: limites, execArgv: [] });
        const perdu = (detail: string, origine?: unknown): void =>
          rejeter(erreurPdf('VGM-PDF-006', { detail }, origine));
        const montre = setTimeout(() => {
          rejeter(erreurPdf('VGM-PDF-005', { secondes: (delai / 1000).toLocaleString('fr-FR') }));
          void ouvrier.terminate();
        }, delai);
        ouvrier.once('message', (octets: Uint8Array) => resoudre(octets));
        ouvrier.once('error', (faute) => perdu('défaut du programme', faute));
        ouvrier.once('exit', () => {
          clearTimeout(montre);
          // heard last: after an answer it changes nothing
          perdu('aucune réponse');
        });
      }),
  };
}
