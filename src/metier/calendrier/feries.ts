import type { Jour } from '../identifiants.ts';
import { trierParJour } from './jours.ts';

/** Where the law of public holidays differs. */
export const TERRITOIRES = [
  'metropole',
  'alsace_moselle',
  'guadeloupe',
  'martinique',
  'guyane',
  'reunion',
  'saint_pierre_et_miquelon',
  'mayotte',
  'saint_barthelemy',
  'saint_martin',
  'polynesie',
  'nouvelle_caledonie',
] as const;
export type Territoire = (typeof TERRITOIRES)[number];

export const TERRITOIRE_EN_MOTS: Readonly<Record<Territoire, string>> = {
  metropole: 'métropole',
  alsace_moselle: 'Alsace-Moselle',
  guadeloupe: 'Guadeloupe',
  martinique: 'Martinique',
  guyane: 'Guyane',
  reunion: 'La Réunion',
  saint_pierre_et_miquelon: 'Saint-Pierre-et-Miquelon',
  mayotte: 'Mayotte',
  saint_barthelemy: 'Saint-Barthélemy',
  saint_martin: 'Saint-Martin',
  polynesie: 'Polynésie française',
  nouvelle_caledonie: 'Nouvelle-Calédonie',
};

const PAR_DEPARTEMENT: ReadonlyMap<string, Territoire> = new Map([
  ['057', 'alsace_moselle'],
  ['067', 'alsace_moselle'],
  ['068', 'alsace_moselle'],
  ['971', 'guadeloupe'],
  ['972', 'martinique'],
  ['973', 'guyane'],
  ['974', 'reunion'],
  ['975', 'saint_pierre_et_miquelon'],
  ['976', 'mayotte'],
  ['977', 'saint_barthelemy'],
  ['978', 'saint_martin'],
  ['987', 'polynesie'],
  ['988', 'nouvelle_caledonie'],
]);

/**
 * Territory of a département, three characters as the norm ACTES writes it (`034`, `02A`, `974`).
 * @returns undefined for a code that is none, or whose holidays are not known here.
 */
export function territoireDe(departement: string): Territoire | undefined {
  const propre = PAR_DEPARTEMENT.get(departement);
  if (propre !== undefined) return propre;
  return /^0(?:0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])$/.test(departement) ? 'metropole' : undefined;
}

/** Easter Sunday of a year, Gregorian calendar, 1583 to 4099 (Meeus/Jones/Butcher computation). */
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

interface Fete {
  readonly nom: string;
  /** `MM-DD`, or days after Easter Sunday. */
  readonly le: string | number;
  /** First and last years, when it was not always there. */
  readonly depuis?: number;
  readonly jusque?: number;
}

/** Code du travail, L. 3133-1; 8 May since the law of 2 October 1981. */
const NATIONALES: readonly Fete[] = [
  { nom: 'jour de l’An', le: '01-01' },
  { nom: 'lundi de Pâques', le: 1 },
  { nom: 'fête du Travail', le: '05-01' },
  { nom: 'victoire de 1945', le: '05-08', depuis: 1982 },
  { nom: 'Ascension', le: 39 },
  { nom: 'lundi de Pentecôte', le: 50 },
  { nom: 'fête nationale', le: '07-14' },
  { nom: 'Assomption', le: '08-15' },
  { nom: 'Toussaint', le: '11-01' },
  { nom: 'armistice de 1918', le: '11-11' },
  { nom: 'Noël', le: '12-25' },
];

const VENDREDI_SAINT: Fete = { nom: 'Vendredi saint', le: -2 };
const ABOLITION = 'abolition de l’esclavage';

/**
 * What a territory adds.
 * - Alsace-Moselle: code du travail, L. 3134-13. Good Friday is a holiday only in the communes that have a Protestant
 *   church or a shared one; it is counted everywhere, since the préfectures and the tribunal of Strasbourg sit in such.
 * - Overseas: code du travail, L. 3422-2, and before it the decree 83-1003 of 23 November 1983. At Saint-Martin the
 *   code prints « 28 mars » by mistake; the préfecture holds 28 May since 2018. Saint-Barthélemy: since the decree
 *   2012-553. What custom alone keeps (Schœlcher's day, Carnival, the Muslim feasts of Mayotte) is not counted.
 * - Polynésie: its code du travail, 20 November in the place of 29 June since 2026. Nouvelle-Calédonie: the same, of its own.
 */
const LOCALES: Readonly<Partial<Record<Territoire, readonly Fete[]>>> = {
  alsace_moselle: [VENDREDI_SAINT, { nom: 'Saint-Étienne', le: '12-26' }],
  guadeloupe: [{ nom: ABOLITION, le: '05-27', depuis: 1984 }],
  martinique: [{ nom: ABOLITION, le: '05-22', depuis: 1984 }],
  guyane: [{ nom: ABOLITION, le: '06-10', depuis: 1984 }],
  reunion: [{ nom: ABOLITION, le: '12-20', depuis: 1983 }],
  mayotte: [{ nom: ABOLITION, le: '04-27', depuis: 1984 }],
  saint_barthelemy: [
    { nom: ABOLITION, le: '05-27', depuis: 1984, jusque: 2011 },
    { nom: ABOLITION, le: '10-09', depuis: 2012 },
  ],
  saint_martin: [
    { nom: ABOLITION, le: '05-27', depuis: 1984, jusque: 2017 },
    { nom: ABOLITION, le: '05-28', depuis: 2018 },
  ],
  polynesie: [
    { nom: 'arrivée de l’Évangile', le: '03-05' },
    VENDREDI_SAINT,
    { nom: 'fête de l’autonomie', le: '06-29', depuis: 1985, jusque: 2025 },
    { nom: 'Matari’i', le: '11-20', depuis: 2026 },
  ],
  nouvelle_caledonie: [{ nom: 'fête de la citoyenneté', le: '09-24' }],
};

export interface Ferie {
  readonly jour: Jour;
  readonly nom: string;
}

/** Public holidays of a year, in order of date; two may fall on the same day (Ascension on 1 May 2008). */
export function joursFeries(annee: number, territoire: Territoire): readonly Ferie[] {
  const dimanche = paques(annee);
  const quatreChiffres = String(annee).padStart(4, '0');
  const fetes = [...NATIONALES, ...(LOCALES[territoire] ?? [])]
    .filter(({ depuis, jusque }) => annee >= (depuis ?? annee) && annee <= (jusque ?? annee))
    .map(({ nom, le }) => {
      const jour = typeof le === 'number' ? dimanche.add({ days: le }).toString() : `${quatreChiffres}-${le}`;
      return { jour: jour as Jour, nom };
    });
  return trierParJour(fetes, ({ jour }) => jour);
}

export function estFerie(jour: Jour, territoire: Territoire): boolean {
  return joursFeries(Temporal.PlainDate.from(jour).year, territoire).some((f) => f.jour === jour);
}
