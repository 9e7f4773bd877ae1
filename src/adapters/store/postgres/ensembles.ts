import { Course, estSuiteDeFaute } from './erreurs.ts';
import { type Base, lisible } from './requetes.ts';

/** Statements that take a set of rows, `json_to_recordset(:lignes)`: one for all of them, none when there are none. */

/** In JSON what PostgreSQL does not hold is written as an escape, that it refuses when it reads it. */
function enJson(lignes: readonly object[]): string {
  const texte = JSON.stringify(lignes);
  if (!/\\u(?:0000|d[89a-f])/.test(texte)) return texte;
  return JSON.stringify(lignes, (_cle, valeur: unknown) =>
    typeof valeur === 'string' ? lisible(valeur) : valeur,
  );
}

export function ecrireTous(base: Base, sql: string, lignes: readonly object[]): Promise<unknown>[] {
  return lignes.length === 0 ? [] : [base.ecrire(sql, { lignes: enJson(lignes) })];
}

/** The same, of which no row may be wanting: one that is was changed by somebody else, and the batch runs again. */
export function ecrireChacun(base: Base, sql: string, lignes: readonly object[]): Promise<unknown>[] {
  return ecrireTous(base, sql, lignes).map(async (ecrites) => {
    if ((await ecrites) !== lignes.length) throw new Course();
  });
}

export async function lireTous<L>(base: Base, sql: string, lignes: readonly object[]): Promise<L[]> {
  return lignes.length === 0 ? [] : base.lignes<L>(sql, { lignes: enJson(lignes) });
}

/** Numbers from 1 what is added to each owner, in order. */
export function ranger<A extends object>(
  ajouts: readonly A[],
  proprietaire: (ajout: A) => string,
): (A & { readonly rang: number })[] {
  const rangs = new Map<string, number>();
  return ajouts.map((ajout) => {
    const rang = (rangs.get(proprietaire(ajout)) ?? 0) + 1;
    rangs.set(proprietaire(ajout), rang);
    return { ...ajout, rang };
  });
}

/**
 * Waits for all of them, failed or not: nothing may be sent any more once the transaction is given up.
 * Throws the first failure, before those that only follow from it.
 */
export async function tenirTous<T extends readonly unknown[]>(
  promesses: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const issues = await Promise.allSettled(promesses);
  const echecs = issues.flatMap((i) => (i.status === 'rejected' ? [i.reason as unknown] : []));
  if (echecs.length > 0) throw echecs.find((e) => !estSuiteDeFaute(e)) ?? echecs[0];
  return issues.map((i) => (i as PromiseFulfilledResult<unknown>).value) as {
    -readonly [P in keyof T]: Awaited<T[P]>;
  };
}
