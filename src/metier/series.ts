import { FUSEAU } from './echeances.ts';
import type { Instant } from './identifiants.ts';

/** Numbers of a day that a name bears without growing: the norm of ACTES stops there, and HELIOS has four digits. */
const PLAGE = 9_999;

/**
 * Number after which the series of the day go on when a base is put back: in the second half of what a day gives, and further
 * the later it is, so that a second restoration on the same day does not meet the numbers of the first. What was drawn between
 * the backup and the restoration lies below, as long as no collectivité had drawn half of its day.
 */
export function apresRestauration(restauree: Instant, limite: number = PLAGE): number {
  const maintenant = Temporal.Instant.fromEpochMilliseconds(restauree).toZonedDateTimeISO(FUSEAU);
  const debut = maintenant.startOfDay();
  const [ecoule, jour] = [
    maintenant.epochMilliseconds - debut.epochMilliseconds,
    debut.add({ days: 1 }).epochMilliseconds - debut.epochMilliseconds,
  ];
  return Math.ceil((Math.min(limite, PLAGE) / 2) * (1 + ecoule / jour));
}

/** Numbers left free at least, for what was drawn and is not known. */
const SAUT_MIN = 1_000;

/** Where a series goes on that was already beyond `apresRestauration`: half-way to what a day gives. */
export function sauter(dernier: number): number {
  return dernier + Math.max(SAUT_MIN, Math.ceil((PLAGE - dernier) / 2));
}
