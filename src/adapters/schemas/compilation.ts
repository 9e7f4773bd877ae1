import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BilanCompilation, TravailCompilation } from './compilation-ouvrier.ts';

/**
 * Schemas that may come from anywhere are compiled in a thread: one that would never end, or would take all the memory,
 * stops there. Once a set is installed, it has been compiled in a bounded time.
 */

export interface OptionsCompilation {
  /** Milliseconds before the thread is stopped; one minute by default. */
  readonly delai?: number;
}

const DELAI = 60_000;
/** Megabytes. The set 5.17 takes less than 100. */
const MEMOIRE = 512;

/** The thread is the file beside this one, as source or built. */
const OUVRIER: URL = new URL(`./compilation-ouvrier${extname(import.meta.filename)}`, import.meta.url);

/** Errors of the thread that say something of the schemas, in French. */
const EPUISEMENTS: Readonly<Record<string, string>> = {
  ERR_WORKER_OUT_OF_MEMORY: 'mémoire épuisée',
  RangeError: 'imbrications sans mesure',
};

export type IssueCompilation =
  | { readonly type: 'faite'; readonly problemes: BilanCompilation }
  /** In French, why it did not end. */
  | { readonly type: 'inachevee'; readonly detail: string };

/** Compiles into the cache of the pack. */
export function compilerAPart(
  travail: TravailCompilation,
  { delai = DELAI }: OptionsCompilation = {},
): Promise<IssueCompilation> {
  return new Promise((resoudre) => {
    const ouvrier = new Worker(OUVRIER, {
      workerData: travail,
      resourceLimits: { maxOldGenerationSizeMb: MEMOIRE },
      env: {},
      execArgv: [],
    });
    let fin = 'aucune réponse';
    const montre = setTimeout(() => {
      fin = `arrêtée au bout de ${(delai / 1000).toLocaleString('fr-FR')} s`;
      void ouvrier.terminate();
    }, delai);
    ouvrier.once('message', (problemes: BilanCompilation) => resoudre({ type: 'faite', problemes }));
    ouvrier.once('error', (faute: NodeJS.ErrnoException) => {
      fin = EPUISEMENTS[faute.code ?? faute.name] ?? 'défaut du programme';
    });
    // heard last: after an answer it changes nothing, and without one nothing is being written any more
    ouvrier.once('exit', () => {
      clearTimeout(montre);
      resoudre({ type: 'inachevee', detail: fin });
    });
  });
}
