import type { FluxId, Instant, Siren } from '../../metier/identifiants.ts';
import type { EntreeJournal } from '../../metier/journal.ts';

const HEURE = 3_600_000;
/** Bookings are read for the current hour only; two days of them are kept for whoever investigates. */
export const HEURES_GARDEES = 48;

/** Hours since 1970. */
export function heureDe(quand: Instant): number {
  return Math.floor(quand / HEURE);
}

/** What the journal says of a number that is drawn. */
export function entreeIdentite(
  flux: FluxId,
  org: Siren,
  { serie, numero }: { readonly serie: string; readonly numero: number },
): EntreeJournal {
  return {
    org,
    ev: 'IDENTITE',
    tx: flux,
    obj: '',
    acteur: 'systeme',
    res: 'OK',
    motif: `serie=${serie} numero=${numero}`,
    corr: '',
  };
}

/**
 * On which hour a flux books its bytes.
 * @param h `total`: bytes booked already on this hour; `suivante`: those of the next one.
 * @returns hours from now: 0, 1 (it must come back then), or null when there is no room.
 */
export function heurePour(h: {
  readonly octets: number;
  readonly plafond: number;
  readonly total: number;
  readonly suivante: () => number;
}): 0 | 1 | null {
  const { octets, plafond, total } = h;
  // A flux larger than the whole hour would never leave: it passes when it is alone in its hour.
  if (total === 0 || total + octets <= plafond) return 0;
  // The small ones would fill every hour before it: it books the next one whole, but never two hours running.
  return octets > plafond && total <= plafond && h.suivante() === 0 ? 1 : null;
}
