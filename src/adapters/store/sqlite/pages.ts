import type { Condition } from '../conditions.ts';
import type { Base, Parametres } from './pilote.ts';

/** Sorts after every identifier: « from the newest ». */
const FIN = '~';
const LIMITE_MAX = 1000;

export interface Page {
  readonly table: string;
  readonly colonnes: string;
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** One of these states; absent = any. */
  readonly etats?: readonly string[] | undefined;
  readonly avant?: string | undefined;
  readonly limite: number;
}

function borner(limite: number): number {
  return Math.min(Math.max(Math.trunc(limite), 1), LIMITE_MAX);
}

/**
 * Newest first by identifier (UUIDv7), one page. Several states are several queries merged: each walks its own
 * index and stops at the limit, where a single `IN` would sort every row of these states.
 */
export function lirePage<T extends { readonly id: string }>(base: Base, page: Page): T[] {
  const limite = borner(page.limite);
  const valeurs: Parametres = Object.assign(
    { avant: page.avant ?? FIN, limite },
    ...page.conditions.map((c) => c.valeurs),
  );
  const filtre = ['id < :avant', ...page.conditions.map((c) => c.sql)].join(' AND ');
  const requete = (etat: string) =>
    `SELECT ${page.colonnes} FROM ${page.table} WHERE ${etat}${filtre} ORDER BY id DESC LIMIT :limite`;
  if (page.etats === undefined) return base.lignes<T>(requete(''), valeurs);
  const sql = requete('etat = :etat AND ');
  return [...new Set(page.etats)]
    .flatMap((etat) => base.lignes<T>(sql, { ...valeurs, etat }))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limite);
}
