import type { Portee } from '../../../ports/store.ts';
import type { Condition } from '../conditions.ts';

/** Scope of a read, as a condition on the column `collectivite`. */
export function conditionPortee(portee: Portee): Condition {
  if ('operateur' in portee) return { sql: '1', valeurs: {} };
  return { sql: 'collectivite = :collectivite', valeurs: { collectivite: portee.collectivite } };
}

/**
 * The same scope for a read that already names one row or nearly (identity, outgoing name): the `+` keeps the planner
 * from walking all the flux of the collectivité by the index of its pages.
 */
export function conditionPorteeDerriere(portee: Portee): Condition {
  const { sql, valeurs } = conditionPortee(portee);
  return { sql: 'operateur' in portee ? sql : `+${sql}`, valeurs };
}
