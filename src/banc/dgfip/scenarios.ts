import type { Element, Faute } from './acquit.ts';
import { toutAccepter } from './acquit.ts';
import type { BordereauLu, PesLu } from './pes.ts';

/**
 * What the simulated DGFiP may be asked to do, chosen by the end of the NomFic of a PES, its extension left aside.
 * SCENARIOS.md shows the same table; a test holds them equal.
 */

const LIGNES = [
  ['KO', 'Le flux entier est refusé (domaine 0, ERREUR_CODE_COLLECTIVITE_BUDGET).'],
  ['KOBORD', 'Le premier bordereau est refusé en doublon, le reste est accepté.'],
  ['KOPIECE', 'Le premier bordereau est refusé pour sa première pièce (2559).'],
  ['KOLIGNE', 'Le premier bordereau est refusé pour chaque ligne de sa première pièce (1971).'],
  ['KOPJ', 'La première pièce jointe est refusée (1984), les bordereaux sont acceptés.'],
  ['KOSIG', 'Le premier bordereau est refusé pour sa signature (domaine 3).'],
  ['KOTEMPS', 'Le flux est refusé pour une panne passagère d’Hélios (ERREUR_TIMEOUT).'],
  ['NACK', 'La réponse est un PES_NonAcquit, forme ancienne.'],
  ['V1', 'L’acquittement positif a la forme plate de la version 1.'],
  ['TARD', 'L’acquittement positif arrive longtemps après les autres.'],
  ['DOUBLE', 'L’acquittement positif est publié deux fois, sous deux noms.'],
  ['ORPHELIN', 'L’acquittement cite un NomFic que personne n’a envoyé.'],
  ['UTF8', 'L’acquittement est en UTF-8 sous un prologue qui annonce ISO-8859-1.'],
  ['MUET', 'Le fichier est pris et aucune réponse ne vient jamais.'],
  ['RETOUR', 'L’acquittement positif est suivi d’un PES Retour (rejets) sur ses pièces.'],
  ['PLEIN', 'Disque plein au premier dépôt, rien n’est pris ; le suivant est pris.'],
  ['SANSNOM', 'Le nom définitif est refusé au premier dépôt ; le suivant est pris.'],
  ['COUPE', 'Ligne coupée au milieu du premier dépôt, rien n’est pris ; le suivant est pris.'],
  ['COUPEA', 'Fichier pris et acquitté, mais ligne coupée avant la réponse au premier dépôt.'],
] as const satisfies readonly (readonly [string, string])[];

export type NomScenario = 'NORMAL' | (typeof LIGNES)[number][0];

export interface Scenario {
  readonly nom: NomScenario;
  /** End of the NomFic; empty for the normal course. */
  readonly suffixe: string;
  /** French, for people. */
  readonly description: string;
}

export const SCENARIOS: readonly Scenario[] = [
  { nom: 'NORMAL', suffixe: '', description: 'Tout est accepté et acquitté (version 2).' },
  ...LIGNES.map(([nom, description]): Scenario => ({ nom, suffixe: `_${nom}`, description })),
];

/** @returns the scenario asked by a NomFic. */
export function scenarioDe(nomFic: string): NomScenario {
  const nu = nomFic.replace(/\.[A-Za-z0-9]{1,4}$/, '');
  return SCENARIOS.find((s) => s.suffixe !== '' && nu.endsWith(s.suffixe))?.nom ?? 'NORMAL';
}

/** Scenarios played while the file arrives, at the first try of a name. */
export type Accroc = 'plein' | 'sans_nom' | 'coupe_avant' | 'coupe_apres';

export const ACCROCS: Readonly<Partial<Record<NomScenario, Accroc>>> = {
  PLEIN: 'plein',
  SANSNOM: 'sans_nom',
  COUPE: 'coupe_avant',
  COUPEA: 'coupe_apres',
};

const BUDGET: Faute = {
  code: 'ERREUR_CODE_COLLECTIVITE_BUDGET',
  libelle: 'Collectivité ou budget inconnus du poste',
};
const TEMPS: Faute = { code: 'ERREUR_TIMEOUT', libelle: 'Délai de traitement dépassé' };
const BORDEREAU: Faute = { code: 'ERREUR_DOUBLON_BORDEREAU', libelle: 'Bordereau déjà reçu' };
const DOUBLON_PJ: Faute = { code: 'ERREUR_DOUBLON_PJ', libelle: '1984 - Identifiant de pièce déjà intégré' };
const SIGNATURE: Faute = {
  code: 'ERREUR_SIGNATURE_BORDEREAU_INVALIDE',
  libelle: 'Signature du bordereau invalide',
};
const PIECE: Faute = {
  code: 'ERREUR_AUTRE',
  libelle: '2559 - Code service destinataire inconnu ou inactif',
};
const LIGNE: Faute = { code: 'ERREUR_AUTRE', libelle: '1971 - Compte fonction présent à tort' };

/** What the guichet XML says of a PES under a scenario. */
export function jugerPes(pes: PesLu, scenario: NomScenario): Element[] {
  switch (scenario) {
    case 'KO':
    case 'NACK':
      return [{ domaine: '0', accepte: false, fautes: [BUDGET] }];
    case 'KOTEMPS':
      return [{ domaine: '0', accepte: false, fautes: [TEMPS] }];
    case 'KOBORD':
      return surLePremier(pes, (b) => ({ ...refus(b), fautes: [BORDEREAU] }));
    case 'KOSIG':
      return surLePremier(pes, (b) => ({ ...refus(b), domaine: '3', fautes: [SIGNATURE] }));
    case 'KOPIECE':
      return surLePremier(pes, (b) => ({
        ...refus(b),
        pieces: b.pieces.slice(0, 1).map((p) => ({ numero: p.numero, fautes: [PIECE], lignes: [] })),
      }));
    case 'KOLIGNE':
      return surLePremier(pes, (b) => ({
        ...refus(b),
        pieces: b.pieces.slice(0, 1).map((p) => ({
          numero: p.numero,
          fautes: [],
          lignes: p.lignes.map((numero) => ({ numero, fautes: [LIGNE] })),
        })),
      }));
    case 'KOPJ':
      return toutAccepter(pes).map((e) =>
        e.idUnique === undefined || e.idUnique !== pes.piecesJointes[0]
          ? e
          : { ...e, accepte: false, fautes: [DOUBLON_PJ] },
      );
    default:
      return toutAccepter(pes);
  }
}

/** What Hélios says of bordereaux and pieces that it already holds (d.5). */
export function jugerDouble(pes: PesLu): Element[] {
  return toutAccepter(pes).map((e) => ({
    ...e,
    accepte: false,
    fautes: [e.idUnique === undefined ? BORDEREAU : DOUBLON_PJ],
  }));
}

function refus(bordereau: BordereauLu): Element {
  return { domaine: bordereau.domaine, accepte: false, bordereau };
}

function surLePremier(pes: PesLu, refuser: (b: BordereauLu) => Element): Element[] {
  const [premier] = pes.bordereaux;
  return toutAccepter(pes).map((e) =>
    premier !== undefined && e.bordereau === premier ? refuser(premier) : e,
  );
}
