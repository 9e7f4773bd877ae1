import type { Readable } from 'node:stream';
import type { Antivirus, VerdictAntivirus } from '../ports/antivirus.ts';

export type AnalyserContenu = (contenu: Readable) => Promise<VerdictAntivirus>;

/**
 * The analyses of one flux, one after the other: the engine says its name at the first, and is not asked it again for each
 * of the thousands of attached pieces that a PES may carry.
 */
export function analyserDeSuite(antivirus: Antivirus, signal: AbortSignal): AnalyserContenu {
  let moteur: string | undefined;
  return async (contenu) => {
    const verdict = await antivirus.analyser(contenu, signal, moteur);
    moteur = verdict.moteur;
    return verdict;
  };
}
