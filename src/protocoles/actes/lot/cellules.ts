import { lireJour } from '../../../metier/identifiants.ts';
import { citer } from '../regles/regle.ts';
import type { Faute } from './fautes.ts';

/** What one cell says. The rules of the norm are the daemon's business: here is told what nobody could read. */

export type Lue<T> = { readonly valeur: T } | Pick<Faute, 'question' | 'message' | 'remede'>;

/** `2026-03-02`, or `02/03/2026` as spreadsheets set in French write it. */
export function lireDate(cellule: string): Lue<string> {
  const [, jour = '', mois = '', annee = ''] = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(cellule) ?? [];
  const iso = annee === '' ? cellule : `${annee}-${mois.padStart(2, '0')}-${jour.padStart(2, '0')}`;
  const lu = lireJour(iso);
  if (lu !== undefined) return { valeur: lu };
  return {
    question: 'date',
    message: `La date ${citer(cellule)} n’est pas une date du calendrier.`,
    remede: 'L’écrire AAAA-MM-JJ ou JJ/MM/AAAA.',
  };
}

/** A spreadsheet makes a number or a day of 7.10: what it made is not guessed back. */
export function lireMatiere(cellule: string): Lue<string> {
  if (/^\d{1,2}(\.\d{1,2}){0,4}$/.test(cellule)) return { valeur: cellule };
  return {
    question: 'matiere',
    message: `La matière ${citer(cellule)} n’est pas un code de la classification.`,
    remede:
      'L’écrire avec des points (7.1). Un tableur transforme ces codes en nombres ou en dates : mettre la colonne au format Texte avant de la remplir.',
  };
}

export function lireTypologie(cellule: string): Lue<string> {
  const typologie = cellule.toUpperCase();
  if (/^[0-9A-Z]{2}_[0-9A-Z]{2}$/.test(typologie)) return { valeur: typologie };
  return {
    question: 'typologie',
    message: `La typologie ${citer(cellule)} n’a pas la forme d’un type de pièce.`,
    remede: 'Écrire le code de la classification, deux caractères de part et d’autre d’un tiret bas (99_DE).',
  };
}

const OUI: readonly string[] = ['oui', 'o', '1', 'x', 'vrai', 'true'];
const NON: readonly string[] = ['', 'non', 'n', '0', 'faux', 'false'];

export function lirePapier(cellule: string): Lue<boolean> {
  const dit = cellule.toLowerCase();
  if (OUI.includes(dit)) return { valeur: true };
  if (NON.includes(dit)) return { valeur: false };
  return {
    question: 'papier',
    message: `La colonne papier contient ${citer(cellule)}.`,
    remede: 'Écrire « oui » si des documents papier suivent par ailleurs, « non » ou rien autrement.',
  };
}

/** `plan.pdf|rapport.pdf`; nothing between two bars is a name that is missing. */
export function lireListe(cellule: string): readonly string[] {
  return cellule === '' ? [] : cellule.split('|').map((nom) => nom.trim());
}
