import type { Jour } from '../identifiants.ts';

const JOURS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];
const MOIS = [
  'janvier',
  'février',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'août',
  'septembre',
  'octobre',
  'novembre',
  'décembre',
];

/** `16 mars 2026`, `1er mai 2026`: French counts the first of the month otherwise than the others. */
export function jourEnMots(jour: Jour): string {
  const { day, month, year } = Temporal.PlainDate.from(jour);
  return `${day === 1 ? '1er' : day} ${MOIS[month - 1] ?? ''} ${year}`;
}

/** `lundi 16 mars 2026`. */
export function jourEntierEnMots(jour: Jour): string {
  return `${JOURS[Temporal.PlainDate.from(jour).dayOfWeek - 1] ?? ''} ${jourEnMots(jour)}`;
}

/** In order of date, those of the same day as they came. @param jourDe `YYYY-MM-DD` of one of them. */
export function trierParJour<T>(tous: readonly T[], jourDe: (un: T) => string): readonly T[] {
  return tous.toSorted((a, b) => (jourDe(a) < jourDe(b) ? -1 : jourDe(a) > jourDe(b) ? 1 : 0));
}
