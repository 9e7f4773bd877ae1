/** An anomalie is something found in the sender's document. All are accumulated and reported in full. */

/** `bloquante` refuses the deposit; `avertissement` is reported and lets it pass. */
export type Gravite = 'bloquante' | 'avertissement';

export interface Anomalie {
  /** Stable code of the control, `ACTES-NUM-01`: never reused. */
  readonly code: string;
  readonly gravite: Gravite;
  /** What is wrong, in French, with the value seen. */
  readonly message: string;
  /** What the sender must do. */
  readonly remede: string;
  /** Where: field of the metadata (`annexes[1].typologie`) or name of the piece. */
  readonly ou?: string;
}

/** One answered question of the control report. All answers are kept, not only the bad ones. */
export interface ReponseControle {
  readonly code: string;
  /** The question, in French (« Le numéro est-il formé selon la norme ? »). */
  readonly question: string;
  /** Text of the norm or article that asks it. */
  readonly source: string;
  readonly reponse: 'oui' | 'non' | 'sans objet';
  readonly anomalies: readonly Anomalie[];
}

/** The control report, kept as a piece of the flux. */
export interface RapportControles {
  readonly format: 'vaguemestre-rapport-controles-v1';
  readonly reponses: readonly ReponseControle[];
  readonly verdict: 'favorable' | 'defavorable';
}

/** @returns every blocking anomalie of a report. */
export function bloquantes(rapport: RapportControles): Anomalie[] {
  return rapport.reponses.flatMap((r) => r.anomalies).filter((a) => a.gravite === 'bloquante');
}
