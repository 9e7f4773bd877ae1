import { erreurBanc } from '../metier/catalogue/banc.ts';
import type { CodeCourrier } from './echanges/codes.ts';

/**
 * What the simulated ministry may be asked to do, chosen by the end of the NumeroInterne of an acte.
 * SCENARIOS.md shows the same table; a test holds them equal.
 */

export type NomScenario =
  | 'NORMAL'
  | 'ANO13'
  | 'NOMVIDE'
  | 'ANOENV'
  | 'N999'
  | 'TARD'
  | 'DOUBLE'
  | 'DESORDRE'
  | 'UTF8'
  | 'MUET'
  | 'H500'
  | 'H500P'
  | 'H503'
  | 'COUPE'
  | 'COUPEA'
  | 'C21'
  | 'C31'
  | 'C41'
  | 'C51'
  | 'C31X2'
  | 'C31BIS'
  | 'C31TOT'
  | 'CROISE'
  | 'CLASSIF';

export interface Scenario {
  readonly nom: NomScenario;
  /** End of the NumeroInterne (15 characters at most, `[A-Z0-9_]`); empty for the normal course. */
  readonly suffixe: string;
  /** French, for people. */
  readonly description: string;
}

const LIGNES: readonly (readonly [NomScenario, string])[] = [
  ['ANO13', 'L’acte est refusé par un message 1-3 (nature 001).'],
  [
    'NOMVIDE',
    'L’acte est refusé par un 1-3 dont le nom de fichier a les champs date, numéro et nature vides.',
  ],
  ['ANOENV', 'L’enveloppe entière est refusée par un AnomalieEnveloppe (fichier ANO_, nature 100).'],
  ['N999', 'L’enveloppe est refusée avec la nature 999, que le schéma de la norme ne prévoit pas.'],
  ['TARD', 'L’accusé de réception (1-2) arrive longtemps après les autres.'],
  ['DOUBLE', 'L’accusé de réception (1-2) est envoyé deux fois, dans deux courriels.'],
  ['DESORDRE', 'Dans le courriel, le message précède son enveloppe ; la réponse vient après les suivantes.'],
  ['UTF8', 'Les fichiers de réponse sont en UTF-8 sous un prologue qui annonce ISO-8859-1.'],
  ['MUET', 'L’archive est acceptée et aucune réponse ne vient jamais.'],
  ['H500', 'HTTP 500 à la première remise, rien n’est enregistré ; la suivante est acceptée.'],
  ['H500P', 'HTTP 500 à la première remise alors que l’archive est enregistrée et sera acquittée.'],
  ['H503', 'HTTP 503 aux deux premières remises, rien n’est enregistré ; la troisième est acceptée.'],
  ['COUPE', 'Connexion coupée pendant la première remise, rien n’est enregistré ; la suivante est acceptée.'],
  [
    'COUPEA',
    'Archive entière enregistrée et acquittée, mais connexion coupée avant la première réponse HTTP.',
  ],
  ['C21', 'Le 1-2 est suivi d’un courrier simple (2-1).'],
  ['C31', 'Le 1-2 est suivi d’une demande de pièces complémentaires (3-1).'],
  ['C41', 'Le 1-2 est suivi d’une lettre d’observations (4-1).'],
  ['C51', 'Le 1-2 est suivi d’un déféré au tribunal administratif (5-1).'],
  ['C31X2', 'Le 1-2 est suivi de deux demandes de pièces (3-1) différentes, du même jour.'],
  ['C31BIS', 'Le 1-2 est suivi d’une demande de pièces (3-1) envoyée deux fois, dans deux courriels.'],
  ['C31TOT', 'Le 1-2 est suivi d’un accusé 3-5, puis de la demande de pièces (3-1) dont il parle.'],
  ['CROISE', 'Une annulation (6-1) croise une demande de pièces (3-1), qui arrive après le 6-2.'],
  ['CLASSIF', 'Le 1-2 annonce une classification entrée en vigueur le jour même.'],
];

export const SCENARIOS: readonly Scenario[] = [
  { nom: 'NORMAL', suffixe: '', description: 'L’acte est accepté et acquitté par un message 1-2.' },
  ...LIGNES.map(([nom, description]) => ({ nom, suffixe: `_${nom}`, description })),
];

/** Which scenario is played for which acte. */
export interface Choix {
  de(numero: string): NomScenario;
  /** Whatever its end; null = back to the rule. Throws VGM-BAN-002. */
  forcer(numero: string, scenario: NomScenario | null): void;
}

/** @param actif false: the ends of NumeroInterne mean nothing. */
export function creerChoix(actif: boolean): Choix {
  const forces = new Map<string, NomScenario>();
  return {
    de: (numero) => forces.get(numero) ?? (actif ? scenarioDe(numero) : 'NORMAL'),
    forcer(numero, scenario) {
      if (scenario === null) forces.delete(numero);
      else if (SCENARIOS.some((s) => s.nom === scenario)) forces.set(numero, scenario);
      else throw erreurBanc('VGM-BAN-002', { scenario });
    },
  };
}

/** @returns the scenario asked by a NumeroInterne. */
export function scenarioDe(numero: string): NomScenario {
  return SCENARIOS.find((s) => s.suffixe !== '' && numero.endsWith(s.suffixe))?.nom ?? 'NORMAL';
}

/** Scenarios played at the door, and for how many tries of the same archive name. */
export const A_LA_PORTE: Readonly<
  Partial<Record<NomScenario, { fois: number; enregistre: boolean; statut: number | null }>>
> = {
  H500: { fois: 1, enregistre: false, statut: 500 },
  H500P: { fois: 1, enregistre: true, statut: 500 },
  H503: { fois: 2, enregistre: false, statut: 503 },
  // null: the connection is cut
  COUPE: { fois: 1, enregistre: false, statut: null },
  COUPEA: { fois: 1, enregistre: true, statut: null },
};

/** Letters that follow the receipt of an acte. */
export const SUITES: Readonly<
  Partial<
    Record<
      NomScenario,
      readonly { readonly code: CodeCourrier; readonly copies?: number; readonly devance?: boolean }[]
    >
  >
> = {
  C21: [{ code: '2-1' }],
  C31: [{ code: '3-1' }],
  C41: [{ code: '4-1' }],
  C51: [{ code: '5-1' }],
  C31X2: [{ code: '3-1' }, { code: '3-1' }],
  C31BIS: [{ code: '3-1', copies: 2 }],
  C31TOT: [{ code: '3-1', devance: true }],
};

/** Uniform in [0, 1), from a seed and a name only: the same run gives the same delays, whatever the order of arrival. */
export function tirage(graine: number, nom: string): number {
  let etat = (graine ^ 0x9e3779b9) >>> 0;
  for (let i = 0; i < nom.length; i += 1) etat = Math.imul(etat ^ nom.charCodeAt(i), 0x01000193) >>> 0;
  etat = Math.imul(etat ^ (etat >>> 16), 0x85ebca6b) >>> 0;
  etat = Math.imul(etat ^ (etat >>> 13), 0xc2b2ae35) >>> 0;
  return ((etat ^ (etat >>> 16)) >>> 0) / 2 ** 32;
}
