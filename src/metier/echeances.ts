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

/** Easter Sunday of a year, Gregorian calendar (Meeus/Jones/Butcher computation). */
function paques(annee: number): Temporal.PlainDate {
  const a = annee % 19;
  const b = Math.floor(annee / 100);
  const c = annee % 100;
  const d = b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + d + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const rang = h + l - 7 * m + 114;
  return Temporal.PlainDate.from({ year: annee, month: Math.floor(rang / 31), day: (rang % 31) + 1 });
}

const FIXES = ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'];

/** Public holidays of metropolitan France (Code du travail, L. 3133-1). */
export function estFerie(jour: Jour): boolean {
  if (FIXES.includes(jour.slice(5))) return true;
  const date = Temporal.PlainDate.from(jour);
  const ecart = paques(date.year).until(date, { largestUnit: 'days' }).days;
  return ecart === 1 || ecart === 39 || ecart === 50;
}

/** Jour ouvré: Monday to Friday, not a public holiday. */
export function estOuvre(jour: Jour): boolean {
  return Temporal.PlainDate.from(jour).dayOfWeek <= 5 && !estFerie(jour);
}

/** The `nombre`-th working day after `jour` (0 = the day itself, or the next working day when it is not one). */
export function ajouterJoursOuvres(jour: Jour, nombre: number): Jour {
  let courant = Temporal.PlainDate.from(jour);
  let reste = nombre;
  while (reste > 0 || !estOuvre(courant.toString() as Jour)) {
    courant = courant.add({ days: 1 });
    if (estOuvre(courant.toString() as Jour)) reste -= 1;
  }
  return courant.toString() as Jour;
}
