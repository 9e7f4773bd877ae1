/** Dates, times and durations of XML Schema (Datatypes, 3.2.6 to 3.2.14): what is written, and which comes first. */

export interface Instant {
  /** Milliseconds since a day that never changes, as if in UTC. */
  readonly ms: number;
  /** Minutes, null when none was written. */
  readonly fuseau: number | null;
}

export type TypeDate =
  | 'date'
  | 'dateTime'
  | 'time'
  | 'gYear'
  | 'gYearMonth'
  | 'gMonth'
  | 'gMonthDay'
  | 'gDay';

const ANNEE = '(-?(?:[1-9][0-9]{4,}|[0-9]{4}))';
const DEUX = '([0-9]{2})';
const FUSEAU = '(Z|[+-][0-9]{2}:[0-9]{2})?';
const HEURE = `${DEUX}:${DEUX}:${DEUX}(\\.[0-9]+)?`;

/** Groups: year, month, day, hour, minute, second, fraction, zone; absent ones by name. */
interface Forme {
  readonly motif: RegExp;
  readonly parties: readonly Partie[];
}
type Partie = 'annee' | 'mois' | 'jour' | 'heure' | 'minute' | 'seconde' | 'fraction' | 'fuseau';

const forme = (motif: string, ...parties: Partie[]): Forme => ({
  motif: new RegExp(`^${motif}${FUSEAU}$`),
  parties: [...parties, 'fuseau'],
});

const FORMES: Readonly<Record<TypeDate, Forme>> = {
  date: forme(`${ANNEE}-${DEUX}-${DEUX}`, 'annee', 'mois', 'jour'),
  dateTime: forme(
    `${ANNEE}-${DEUX}-${DEUX}T${HEURE}`,
    'annee',
    'mois',
    'jour',
    'heure',
    'minute',
    'seconde',
    'fraction',
  ),
  time: forme(HEURE, 'heure', 'minute', 'seconde', 'fraction'),
  gYear: forme(ANNEE, 'annee'),
  gYearMonth: forme(`${ANNEE}-${DEUX}`, 'annee', 'mois'),
  gMonth: forme(`--${DEUX}`, 'mois'),
  gMonthDay: forme(`--${DEUX}-${DEUX}`, 'mois', 'jour'),
  gDay: forme(`---${DEUX}`, 'jour'),
};

const JOURS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const bissextile = (annee: number): boolean => annee % 4 === 0 && (annee % 100 !== 0 || annee % 400 === 0);

/** 2000 stands for « any year »: it has a 29 February. */
const ANNEE_LIBRE = 2000;
const MINUTES_FUSEAU_MAX = 14 * 60;

function fuseauDe(texte: string | undefined): number | null | undefined {
  if (texte === undefined) return null;
  if (texte === 'Z') return 0;
  const [heures, minutes] = [Number(texte.slice(1, 3)), Number(texte.slice(4, 6))];
  const total = heures * 60 + minutes;
  if (minutes > 59 || total > MINUTES_FUSEAU_MAX) return undefined;
  return texte.startsWith('-') ? -total : total;
}

/** Days since the eve of 0000-03-01 in the proleptic Gregorian calendar, exact for any year that a number holds. */
function joursDepuis(annee: number, mois: number, jour: number): number {
  const a = mois <= 2 ? annee - 1 : annee;
  const cycle = Math.floor(a / 400);
  const reste = a - cycle * 400;
  const rang = Math.floor((153 * ((mois + 9) % 12) + 2) / 5) + jour;
  return cycle * 146_097 + reste * 365 + Math.floor(reste / 4) - Math.floor(reste / 100) + rang;
}

/** @returns null when the text is not of this type. */
export function lireInstant(type: TypeDate, texte: string): Instant | null {
  const { motif, parties } = FORMES[type];
  const m = motif.exec(texte);
  if (m === null) return null;
  const lu = new Map(parties.map((nom, k) => [nom, m[k + 1]]));
  const nombre = (nom: Partie, defaut: number): number => Number(lu.get(nom) ?? defaut);
  const [annee, mois, jour] = [nombre('annee', ANNEE_LIBRE), nombre('mois', 1), nombre('jour', 1)];
  if (annee === 0 || jour < 1) return null;
  // no day at all in a month that does not exist
  if (jour > (mois === 2 && bissextile(annee) ? 29 : (JOURS[mois - 1] ?? 0))) return null;
  const [heure, minute, seconde] = [nombre('heure', 0), nombre('minute', 0), nombre('seconde', 0)];
  const fraction = nombre('fraction', 0);
  if (minute > 59 || seconde > 59 || heure > 24) return null;
  if (heure === 24 && minute + seconde + fraction > 0) return null;
  const fuseau = fuseauDe(lu.get('fuseau'));
  if (fuseau === undefined) return null;
  const secondes = (heure * 60 + minute) * 60 + seconde + fraction;
  return {
    ms: joursDepuis(annee, mois, jour) * 86_400_000 + secondes * 1000 - (fuseau ?? 0) * 60_000,
    fuseau,
  };
}

/** Negative, 0 or positive; NaN when a zone is missing on one side only and could change the order (3.2.7.4). */
export function comparerInstants(a: Instant, b: Instant): number {
  const ecart = a.ms - b.ms;
  if ((a.fuseau === null) === (b.fuseau === null)) return ecart;
  return Math.abs(ecart) > MINUTES_FUSEAU_MAX * 60_000 ? ecart : Number.NaN;
}

const DUREE =
  /^-?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** @returns months and seconds in one text, equal for equal durations; null when this is no duration. */
export function lireDuree(texte: string): string | null {
  const m = DUREE.exec(texte);
  if (m === null) return null;
  const [annees, mois, jours, heures, minutes, secondes] = m.slice(1).map((x) => Number(x ?? 0));
  const s = (((jours ?? 0) * 24 + (heures ?? 0)) * 60 + (minutes ?? 0)) * 60 + (secondes ?? 0);
  const total = (annees ?? 0) * 12 + (mois ?? 0);
  const sens = texte.startsWith('-') ? -1 : 1;
  return `${sens * total}/${sens * s}`;
}
