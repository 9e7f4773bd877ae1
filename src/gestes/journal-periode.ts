import type { Instant } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import type { LectureJournal } from '../ports/store.ts';

export interface Periode {
  readonly debut: Instant;
  /** Excluded. */
  readonly fin: Instant;
}

const PAGE = 1000;

const lire = (ligne: string): LigneJournal => JSON.parse(ligne) as LigneJournal;

/** May a page hold lines of the period, seen from its first line and from the one that follows its last? */
function concerne(premiere: string, suivante: string | undefined, entre: readonly [string, string]): boolean {
  // set back between the two, the clock says nothing sure
  if (suivante !== undefined && suivante < premiere) return true;
  const [debut, fin] = entre;
  return premiere < fin && (suivante === undefined || suivante >= debut);
}

/**
 * Lines of a chain written in a period, in order. Pages out of the period are stepped over by their first line, since the
 * journal is found by its numbers: one short read for a thousand lines.
 */
export async function* lignesEntre(
  journal: LectureJournal,
  org: string,
  periode: Periode,
): AsyncGenerator<LigneJournal> {
  const entre = [new Date(periode.debut).toISOString(), new Date(periode.fin).toISOString()] as const;
  const [debut, fin] = entre;
  let [tete] = await journal.lignes(org, 1, 1);
  for (let n = 1; tete !== undefined; n += PAGE) {
    const [suivante] = await journal.lignes(org, n + PAGE, 1);
    if (concerne(lire(tete).t, suivante === undefined ? undefined : lire(suivante).t, entre)) {
      const page = (await journal.lignes(org, n, PAGE)).map(lire);
      yield* page.filter(({ t }) => t >= debut && t < fin);
    }
    tete = suivante;
  }
}
