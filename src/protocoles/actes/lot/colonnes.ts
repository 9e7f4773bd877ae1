import { citer } from '../regles/regle.ts';
import type { Faute } from './fautes.ts';

/** Columns of a manifest, in any order; those marked must be there, and filled on each line. */
const COLONNES = {
  numero: true,
  date: true,
  objet: true,
  nature: true,
  matiere: true,
  document: true,
  typologie: true,
  annexes: false,
  typologies_annexes: false,
  papier: false,
  precedent: false,
} as const;

export type Colonne = keyof typeof COLONNES;

const NOMS = Object.keys(COLONNES) as readonly Colonne[];
export const OBLIGATOIRES: readonly Colonne[] = NOMS.filter((nom) => COLONNES[nom]);

/** `Typologies annexes` is typologies_annexes, `Numéro` is numero: accents, case and spaces do not count. */
function reconnaitre(titre: string): Colonne | undefined {
  const nom = titre
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return NOMS.find((connu) => connu === nom);
}

/** How many of these titles are known: the separator that makes the most of them is the one of the file. */
export function compterConnues(titres: readonly string[]): number {
  return new Set(titres.map(reconnaitre).filter((nom) => nom !== undefined)).size;
}

export interface Entetes {
  /** Rank of each column that is there. */
  readonly rangs: ReadonlyMap<Colonne, number>;
  /** Cells of a full line. */
  readonly largeur: number;
  readonly fautes: readonly Faute[];
}

/** @param ligne row of the headers. Columns without title at the end of the line are those of a spreadsheet, and do not count. */
export function lireEntetes(titres: readonly string[], ligne: number): Entetes {
  const largeur = titres.findLastIndex((t) => t.trim() !== '') + 1;
  const rangs = new Map<Colonne, number>();
  const fautes: Faute[] = [];
  const fautive = (message: string, remede: string): void => {
    fautes.push({ question: 'colonnes', ligne, message, remede });
  };
  titres.slice(0, largeur).forEach((titre, rang) => {
    const nom = reconnaitre(titre);
    if (nom === undefined) {
      const quoi =
        titre.trim() === ''
          ? `La colonne ${rang + 1} n’a pas de titre`
          : `La colonne ${citer(titre)} est inconnue`;
      fautive(`${quoi}.`, `La retirer ou corriger son titre ; colonnes admises : ${NOMS.join(', ')}.`);
    } else if (rangs.has(nom)) fautive(`La colonne ${nom} est donnée deux fois.`, 'N’en garder qu’une.');
    else rangs.set(nom, rang);
  });
  const absentes = OBLIGATOIRES.filter((nom) => !rangs.has(nom));
  if (absentes.length > 0)
    fautive(
      `Il manque : ${absentes.join(', ')}.`,
      `Écrire sur la première ligne les titres des colonnes : ${OBLIGATOIRES.join(';')}.`,
    );
  return { rangs, largeur, fautes };
}
