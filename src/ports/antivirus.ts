import type { Readable } from 'node:stream';

export type VerdictAntivirus =
  | { readonly type: 'sain'; readonly moteur: string }
  | { readonly type: 'infecte'; readonly moteur: string; readonly signature: string };

/** Throws VGM-CTL-001 (passagere) when the service does not answer: never a verdict on the document. */
export interface Antivirus {
  /**
   * @param signal cuts the analysis: then the same transient failure, at once.
   * @param moteur as an earlier verdict on the same flux names it: it is not asked again.
   */
  analyser(contenu: Readable, signal?: AbortSignal, moteur?: string): Promise<VerdictAntivirus>;
}
