import type { Jour } from '../identifiants.ts';
import { refusImplicite, type TermeFranc } from './delais.ts';
import type { Courrier } from './faits.ts';
import { trierParJour } from './jours.ts';

/** How a délai of the préfet runs, letter after letter. */

/** The délai as it runs anew after a letter. */
export interface Reprise {
  readonly depart: Jour;
  readonly terme: TermeFranc;
  /**
   * `reponse`: the préfecture received one; `silence`: two months without an answer; `doute`: it received a 4-4, which
   * may reject or not, and the silence that would have rejected ends later.
   */
  readonly origine: 'reponse' | 'silence' | 'doute';
  /** No answer is known to be received: the délai is counted as if none would ever be. */
  readonly attendue: boolean;
}

/**
 * What a letter did to the délai. `tardif`: came when it was over; `deja_proroge`: a recours gracieux puts it off only
 * once; `sans_delai`: none runs yet, that the letter could put off.
 */
export type Effet =
  | { readonly courrier: Courrier; readonly effet: 'proroge'; readonly reprise: Reprise }
  | { readonly courrier: Courrier; readonly effet: 'tardif'; readonly fin: Jour }
  | { readonly courrier: Courrier; readonly effet: 'deja_proroge' | 'sans_delai' };

export interface Cours {
  /** Day from which the délai is now counted, itself not included. */
  readonly depart: Jour;
  readonly terme: TermeFranc;
  /** An answer still awaited may move the end. */
  readonly provisoire: boolean;
  readonly effets: readonly Effet[];
}

type Delai = (depart: Jour) => TermeFranc;

/**
 * From which day a letter that came in time makes the délai run. Only its reader knows whether a 4-4 rejects: the later
 * day is kept. An answer received once the délai that the silence opened is over changes nothing (CJA, R. 421-2).
 */
function reprendre({ recu, reponse }: Courrier, delai: Delai): Reprise {
  const silence = refusImplicite(recu);
  const terme = delai(silence);
  const recue = reponse?.recue ?? null;
  if (recue === null || recue > terme.fin) {
    return { depart: silence, terme, origine: 'silence', attendue: recue === null };
  }
  if (reponse?.message === '4-4' && recue < silence) {
    return { depart: silence, terme, origine: 'doute', attendue: false };
  }
  return { depart: recue, terme: delai(recue), origine: 'reponse', attendue: false };
}

function poursuivre(cours: Cours, courrier: Courrier, delai: Delai): Cours {
  const { fin } = cours.terme;
  const sansEffet = (effet: Effet): Cours => ({ ...cours, effets: [...cours.effets, effet] });
  if (courrier.recu > fin) return sansEffet({ courrier, effet: 'tardif', fin });
  const gracieux = courrier.message === '4-1';
  if (gracieux && cours.effets.some((e) => e.effet === 'proroge' && e.courrier.message === '4-1')) {
    return sansEffet({ courrier, effet: 'deja_proroge' });
  }
  const reprise = reprendre(courrier, delai);
  const effets = [...cours.effets, { courrier, effet: 'proroge', reprise } as const];
  const provisoire = cours.provisoire || reprise.attendue;
  // two letters at once: the délai is over when the later of the two is
  const suivi = reprise.terme.fin > fin ? reprise : cours;
  return { depart: suivi.depart, terme: suivi.terme, provisoire, effets };
}

/**
 * The délai from the complete reception, put off by what the préfecture wrote in time: a demande de pièces (3-1) makes it
 * run from the reception of the pieces or of the refusal (CE, sect., 13 January 1988, n° 68166), a lettre d'observations
 * (4-1), which is a recours gracieux, from its rejection (CE, 18 April 1986, n° 62470); two months of silence are a
 * refusal. A second 3-1 counts as the first did, a second 4-1 does not.
 */
export function courir(depart: Jour, courriers: readonly Courrier[], delai: Delai): Cours {
  const debut: Cours = { depart, terme: delai(depart), provisoire: false, effets: [] };
  return trierParJour(courriers, ({ recu }) => recu).reduce(
    (cours, courrier) => poursuivre(cours, courrier, delai),
    debut,
  );
}
