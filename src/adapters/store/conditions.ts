import { LIBERE_IDENTITE } from '../../metier/etats.ts';
import type { FiltreFlux } from '../../ports/store.ts';
import { COLONNES_FLUX } from './lignes.ts';

/** What the reads of both bases ask in the same words. */

/** A condition of a query and its values; the scope is one like the others, and never absent. */
export interface Condition<V = string> {
  readonly sql: string;
  readonly valeurs: Readonly<Record<string, V>>;
}

/** States that hold no identity; the unique indexes say them word for word. */
export const LIBRES = LIBERE_IDENTITE.map((etat) => `'${etat}'`).join(', ');

export const MEME_CONTENU = `SELECT ${COLONNES_FLUX} FROM flux
  WHERE contenu = :contenu AND collectivite = :collectivite AND protocole = :protocole
    AND etat NOT IN (${LIBRES})`;

/** @param like compares texts whatever their case, in this base. */
export function conditionsFiltre(filtre: FiltreFlux, like: 'LIKE' | 'ILIKE'): Condition[] {
  const conditions: Condition[] = [];
  if (filtre.protocole !== undefined) {
    conditions.push({ sql: 'protocole = :protocole', valeurs: { protocole: filtre.protocole } });
  }
  if (filtre.alerte !== undefined) {
    conditions.push({ sql: `alerte IS ${filtre.alerte ? 'NOT ' : ''}NULL`, valeurs: {} });
  }
  if (filtre.recherche !== undefined && filtre.recherche !== '') {
    const motif = filtre.recherche.replace(/[\\%_]/g, String.raw`\$&`);
    const sql = String.raw`(identite ${like} :recherche ESCAPE '\' OR nom_envoi ${like} :recherche ESCAPE '\')`;
    conditions.push({ sql, valeurs: { recherche: `%${motif}%` } });
  }
  return conditions;
}
