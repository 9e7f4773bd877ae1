/** When an engine that starts took its first step, by the journal. */

/** Facts that a flux has without the engine. */
const NAISSANCES = ['DEPOT', 'RECEPTION', 'RETOUR_RECU'];

export interface FaitDate {
  readonly ev: string;
  /** ISO 8601. */
  readonly t: string;
}

/** @returns milliseconds from `depart` to the first step that follows it; infinity when none does. */
export function delaiPremierPas(faits: readonly FaitDate[], depart: number): number {
  let premier = Number.POSITIVE_INFINITY;
  for (const { ev, t } of faits) {
    const quand = Date.parse(t);
    if (quand >= depart && quand < premier && !NAISSANCES.includes(ev)) premier = quand;
  }
  return premier - depart;
}
