/** Articles that make the calendar of an acte, for one kind of collectivité. */
export interface Textes {
  readonly executoire: string;
  /** The list of what is transmitted; its II gives the fifteen days of individual decisions. */
  readonly transmission: string;
  readonly controle: string;
}

const COMMUNE: Textes = {
  executoire: 'CGCT, art. L. 2131-1',
  transmission: 'CGCT, art. L. 2131-2',
  controle: 'CGCT, art. L. 2131-6',
};
const DEPARTEMENT: Textes = {
  executoire: 'CGCT, art. L. 3131-1',
  transmission: 'CGCT, art. L. 3131-2',
  controle: 'CGCT, art. L. 3132-1',
};
const REGION: Textes = {
  executoire: 'CGCT, art. L. 4141-1',
  transmission: 'CGCT, art. L. 4141-2',
  controle: 'CGCT, art. L. 4142-1',
};
/** CGCT, L. 5211-3: the acts of the intercommunalité follow the law of the communes. */
const INTERCOMMUNALITE: Textes = {
  executoire: 'CGCT, art. L. 5211-3 et L. 2131-1',
  transmission: 'CGCT, art. L. 5211-3 et L. 2131-2',
  controle: 'CGCT, art. L. 5211-3 et L. 2131-6',
};

const PAR_NATURE: ReadonlyMap<string, Textes> = new Map([
  ['11', REGION],
  ['21', DEPARTEMENT],
  ['41', INTERCOMMUNALITE],
  ['43', INTERCOMMUNALITE],
  ['44', INTERCOMMUNALITE],
  ['45', INTERCOMMUNALITE],
  ['46', INTERCOMMUNALITE],
]);

/** @param nature `IDCL/@Nature`; the law of the communes stands for every other one, which mostly refers to it. */
export function textesDe(nature: string | null): Textes {
  return PAR_NATURE.get(nature ?? '') ?? COMMUNE;
}

/** Incomplete transmission: the délai runs from the complete file, or from the refusal to complete it. */
export const TEXTE_PIECES = 'CE, sect., 13 janvier 1988, n° 68166';
/** The préfet's letter that asks to withdraw or modify is a recours gracieux, which puts his délai off. */
export const TEXTE_OBSERVATIONS = 'CE, 18 avril 1986, n° 62470';
export const TEXTE_SILENCE = 'CJA, art. R. 421-2';
export const TEXTE_BUDGET = 'CGCT, art. L. 1612-5';
export const TEXTE_COMPTE = 'CGCT, art. L. 1612-14';
export const TEXTE_NORME = 'Norme d’échange ACTES';
export const TEXTE_USAGE = 'Usage des plateformes de télétransmission';
