import { FUSEAU } from '../metier/echeances.ts';
import type { Instant } from '../metier/identifiants.ts';

/** A window of the day in Europe/Paris during which the line has its own limit (`00:00` to `24:00`). */
export interface Fenetre {
  readonly debut: string;
  readonly fin: string;
  /** Bytes; 0 = closed. */
  readonly octetsParHeure: number;
}

export interface Debit {
  /** Bytes per hour allowed now; null = no limit; 0 = closed. */
  readonly plafond: number | null;
  /** When to ask again if there is no room: the next hour, or the end of the window. */
  readonly prochain: Instant;
}

function minutes(heure: string): number {
  return Number(heure.slice(0, 2)) * 60 + Number(heure.slice(3, 5));
}

function couvre(f: Fenetre, minute: number): boolean {
  const [debut, fin] = [minutes(f.debut), minutes(f.fin)];
  return debut <= fin ? minute >= debut && minute < fin : minute >= debut || minute < fin;
}

/** Limit of the line at an instant. A window that covers it rules; otherwise the general limit (0 = none). */
export function debitA(instant: Instant, fenetres: readonly Fenetre[], general: number): Debit {
  const paris = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(FUSEAU);
  const minute = paris.hour * 60 + paris.minute;
  const heureSuivante = paris.round({ smallestUnit: 'hour', roundingMode: 'floor' }).add({ hours: 1 });
  const ouverte = fenetres.find((f) => couvre(f, minute));
  if (ouverte === undefined) {
    return { plafond: general === 0 ? null : general, prochain: heureSuivante.epochMilliseconds as Instant };
  }
  const restantes = (minutes(ouverte.fin) - minute + 24 * 60) % (24 * 60) || 24 * 60;
  const fin = paris.add({ minutes: restantes }).with({ second: 0, millisecond: 0 });
  const prochain = Temporal.ZonedDateTime.compare(fin, heureSuivante) < 0 ? fin : heureSuivante;
  return { plafond: ouverte.octetsParHeure, prochain: prochain.epochMilliseconds as Instant };
}
