import type { Jour } from '../identifiants.ts';
import { estFerie, type Territoire } from './feries.ts';

const VENDREDI = 5;
const SAMEDI = 6;

function travaille(jour: Jour, territoire: Territoire, dernier: number): boolean {
  return Temporal.PlainDate.from(jour).dayOfWeek <= dernier && !estFerie(jour, territoire);
}

/** Jour ouvré: Monday to Friday, not a public holiday; the days on which offices and tribunals are open. */
export function estOuvre(jour: Jour, territoire: Territoire): boolean {
  return travaille(jour, territoire, VENDREDI);
}

/** Jour ouvrable: Monday to Saturday, not a public holiday (code du travail, L. 3133-1 and L. 3132-3). */
export function estOuvrable(jour: Jour, territoire: Territoire): boolean {
  return travaille(jour, territoire, SAMEDI);
}

/** The `nombre`-th working day after `jour` (0 = the day itself, or the next working day when it is not one). */
export function ajouterJoursOuvres(jour: Jour, nombre: number, territoire: Territoire): Jour {
  let courant = Temporal.PlainDate.from(jour);
  let reste = nombre;
  while (reste > 0 || !estOuvre(courant.toString() as Jour, territoire)) {
    courant = courant.add({ days: 1 });
    if (estOuvre(courant.toString() as Jour, territoire)) reste -= 1;
  }
  return courant.toString() as Jour;
}
