import type { Anomalie } from '../../metier/anomalies.ts';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurDocument } from '../erreurs.ts';
import { pluriel } from '../rendu.ts';

/** What is wrong in a manifest: all of it is told before anything is deposited. */

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

/** Told one by one; the remainder is counted. */
const DITES_MAX = 100;

function enAnomalie({ question, ligne, colonne, message, remede }: Faute): Anomalie {
  const commun = { code: QUESTIONS[question], gravite: 'bloquante', message, remede } as const;
  if (ligne === 0) return commun;
  return { ...commun, ou: colonne === undefined ? `ligne ${ligne}` : `ligne ${ligne}, colonne ${colonne}` };
}

/** @param manifeste its name, for people. */
export function refuserManifeste(manifeste: string, fautes: readonly Faute[]): ErreurDocument {
  const parLigne = fautes.toSorted((a, b) => a.ligne - b.ligne);
  const tues = parLigne.length - DITES_MAX;
  const compte =
    pluriel(fautes.length, 'faute') + (tues > 0 ? `, dont les ${DITES_MAX} premières sont dites ici` : '');
  const erreur = erreurLot('VGM-LOT-001', { manifeste, compte });
  return new ErreurDocument(erreur, parLigne.slice(0, DITES_MAX).map(enAnomalie));
}
