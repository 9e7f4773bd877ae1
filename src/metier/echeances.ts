import type { Instant, Jour } from './identifiants.ts';

/** Legal time of the State: all deadlines are counted in Europe/Paris. */
export const FUSEAU = 'Europe/Paris';

/** Calendar day of an instant in Europe/Paris. */
export function jourDe(instant: Instant): Jour {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(FUSEAU)
    .toPlainDate()
    .toString() as Jour;
}

/** Instant of a wall-clock hour of a day in Europe/Paris (DST-correct: a missing hour moves forward). */
export function instantDe(jour: Jour, heure: number): Instant {
  const zone = Temporal.PlainDate.from(jour).toZonedDateTime({
    timeZone: FUSEAU,
    plainTime: Temporal.PlainTime.from({ hour: heure }),
  });
  return zone.epochMilliseconds as Instant;
}
