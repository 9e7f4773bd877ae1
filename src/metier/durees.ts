const MINUTE = 60_000;
const HEURE = 60 * MINUTE;
const JOUR = 24 * HEURE;

/** `40 s`, `12 min`, `3 h`, `2 jours`: the largest unit that is reached twice, rounded down. @param ms milliseconds. */
export function dureeEnMots(ms: number): string {
  if (ms < 2 * MINUTE) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (ms < 2 * HEURE) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * JOUR) return `${Math.floor(ms / HEURE)} h`;
  return `${Math.floor(ms / JOUR)} jours`;
}
