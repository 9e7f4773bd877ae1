import type { Piece } from '../metier/flux.ts';
import type { Retour } from '../metier/retours.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Collectivites, LectureFlux } from '../ports/store.ts';
import { type IssueRetour, issueVide } from './accuse-issue.ts';

/** What the analysis of a file of the gateway works with. */
export interface OutilsFichier {
  readonly flux: LectureFlux;
  readonly coffre: Pick<Coffre, 'ouvrir'>;
  readonly collectivites: Pick<Collectivites, 'lister'>;
}

/** A return that is a file of the gateway. */
export type RetourFichier = Retour & { readonly nom: string };

export const RIEN: IssueRetour = issueVide();

/** For a person, with the reason in French. */
export function garer(motif: string): IssueRetour {
  return issueVide(motif);
}

/** The file itself, as a piece of the flux it speaks of. */
export function pieceDe(retour: RetourFichier, role: 'accuse' | 'retour'): Piece {
  const { nom, sha256, sha512, taille } = retour;
  return { role, nom, sha256, sha512, taille, type: 'application/xml' };
}
