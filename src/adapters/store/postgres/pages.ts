import type { Portee } from '../../../ports/store.ts';
import type { Condition } from '../conditions.ts';
import type { Base, Parametres, Valeur } from './requetes.ts';

/** Scope of a read, as a condition on the column `collectivite`. */
export function conditionPortee(portee: Portee): Condition {
  if ('operateur' in portee) return { sql: 'true', valeurs: {} };
  return { sql: 'collectivite = :collectivite', valeurs: { collectivite: portee.collectivite } };
}

/**
 * The same scope for a read that already names one row or nearly (identity, outgoing name): joined to nothing, the column is
 * no longer that of an index, and the planner does not walk all the flux of the collectivité in the order of its pages.
 */
export function conditionPorteeDerriere(portee: Portee): Condition {
  const { sql, valeurs } = conditionPortee(portee);
  return { sql: sql.replace('collectivite =', "collectivite || '' ="), valeurs };
}

/** Sorts after every identifier: « from the newest ». */
const FIN = '~';
const LIMITE_MAX = 1000;

export interface Page {
  readonly table: string;
  readonly colonnes: string;
  /** Columns that are set, at the head of the index that is walked. */
  readonly sous?: Readonly<Record<string, string>>;
  /** All must hold; they choose no index. */
  readonly conditions?: readonly Condition<Valeur>[];
  /** One of these states; absent = any. The column comes next in the index. */
  readonly etats?: readonly string[] | undefined;
  readonly avant?: string | undefined;
  readonly limite: number;
}

/** Bounds of every page: 1 to 1000 rows, strictly before `avant`. */
export function bornes({ avant, limite }: Pick<Page, 'avant' | 'limite'>): {
  readonly avant: string;
  readonly limite: number;
} {
  return { avant: avant ?? FIN, limite: Math.min(Math.max(Math.trunc(limite), 1), LIMITE_MAX) };
}

/** The head of the index of the pages of a scope. */
export function sousPortee(portee: Portee): Readonly<Record<string, string>> {
  return 'operateur' in portee ? {} : { collectivite: portee.collectivite };
}

/**
 * Newest first by identifier (UUIDv7), one page. Columns are bounded and ordered together, as one name made of several: an
 * index that begins with all of them is then the only way to that order. Told apart, the planner would gladly walk every flux
 * by its identifier, in the hope that those of the tenant or of the state come soon. Several states are several walks.
 */
export function lirePage<L>(base: Base, page: Page): Promise<L[]> {
  const { table, colonnes, sous = {}, conditions = [], etats } = page;
  const valeurs: Parametres = Object.assign(
    { ...bornes(page), ...sous },
    ...conditions.map((c) => c.valeurs),
  );
  const tete = Object.keys(sous).map((colonne) => ({ colonne, valeur: `:${colonne}` }));
  if (etats !== undefined) tete.push({ colonne: 'etat', valeur: 'e.nom' });
  const noms = [...tete.map((t) => t.colonne), 'id'];
  const entre = (borne: string): string => [...tete.map((t) => t.valeur), borne].join(', ');
  const filtre = [
    ...(tete.length === 0 ? [] : [`(${noms.join(', ')}) > (${entre("''")})`]),
    `(${noms.join(', ')}) < (${entre(':avant')})`,
    ...conditions.map((c) => c.sql),
  ].join(' AND ');
  const ordre = noms.map((nom) => `${nom} DESC`).join(', ');
  const marche = `SELECT ${colonnes} FROM ${table} WHERE ${filtre} ORDER BY ${ordre} LIMIT :limite`;
  if (etats === undefined) return base.lignes<L>(marche, valeurs);
  return base.lignes<L>(
    `SELECT p.* FROM unnest(:etats::text[]) AS e (nom) CROSS JOIN LATERAL (${marche}) AS p
      ORDER BY p.id DESC LIMIT :limite`,
    { ...valeurs, etats: [...new Set(etats)] },
  );
}
