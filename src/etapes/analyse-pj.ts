import { PassThrough } from 'node:stream';
import type { VerdictAntivirus } from '../ports/antivirus.ts';
import type { Puits } from '../protocoles/helios/lecture/decompression.ts';
import type { AnalyserContenu } from './antivirus.ts';

/** Bytes that wait for the antivirus before the reading rests. */
const RESERVE = 1 << 18;

/** Resolves when more may be written, or when nobody reads any more. */
function attendrePlace(flot: PassThrough): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const suite = (): void => {
    flot.off('drain', suite).off('close', suite);
    resolve();
  };
  flot.on('drain', suite).on('close', suite);
  return promise;
}

/**
 * The attached pieces of one PES held against the antivirus, one conversation each, as they come out of their gzip: neither
 * goes ahead of the other by more than a block. What the antivirus throws breaks the reading: no verdict, and nothing
 * is inflated for nobody.
 */
export class AnalysePiecesJointes {
  readonly #analyser: AnalyserContenu;
  readonly #infectees = new Map<number, string>();
  #moteur = '';

  constructor(analyser: AnalyserContenu) {
    this.#analyser = analyser;
  }

  get moteur(): string {
    return this.#moteur;
  }

  /** Name of what was found, by rank of the piece. */
  get infectees(): ReadonlyMap<number, string> {
    return this.#infectees;
  }

  readonly ouvrir = (rang: number): Puits => {
    const flot = new PassThrough({ highWaterMark: RESERVE });
    const verdict = this.#analyser(flot);
    verdict.catch(() => undefined);
    return {
      prendre: async (octets) => {
        if (!flot.destroyed && !flot.write(octets)) await attendrePlace(flot);
        // the antivirus closes what it reads once it has answered, or failed
        if (flot.destroyed) await verdict;
      },
      finir: async () => {
        flot.end();
        this.#noter(rang, await verdict);
      },
      abandonner: () => void flot.destroy(),
    };
  };

  #noter(rang: number, verdict: VerdictAntivirus): void {
    this.#moteur = verdict.moteur;
    if (verdict.type === 'infecte') this.#infectees.set(rang, verdict.signature);
  }
}
