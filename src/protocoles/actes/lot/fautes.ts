import type { Anomalie } from '../../../metier/anomalies.ts';

/** What is wrong in a manifest. */

/** Stable codes, one a question; never reused. */
const QUESTIONS = {
  fichier: 'LOT-01', // is the manifest a table?
  guillemets: 'LOT-02', // can its lines be told apart?
  colonnes: 'LOT-03', // are its columns those of a manifest?
  cellules: 'LOT-04', // has the line as many cells as there are columns?
  absent: 'LOT-05', // is what must be given there?
  date: 'LOT-06',
  matiere: 'LOT-07',
  typologie: 'LOT-08',
  papier: 'LOT-09',
  double: 'LOT-10', // is each acte there once?
  piece: 'LOT-11', // is each file there?
} as const;

export interface Faute {
  readonly question: keyof typeof QUESTIONS;
  /** Row of the table, the headers being row 1; 0: the whole. */
  readonly ligne: number;
  readonly colonne?: string;
  readonly message: string;
  readonly remede: string;
}

export function enAnomalie({ question, ligne, colonne, message, remede }: Faute): Anomalie {
  const commun = { code: QUESTIONS[question], gravite: 'bloquante', message, remede } as const;
  if (ligne === 0) return commun;
  return { ...commun, ou: colonne === undefined ? `ligne ${ligne}` : `ligne ${ligne}, colonne ${colonne}` };
}
