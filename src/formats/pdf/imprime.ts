import type { Instant } from '../../metier/identifiants.ts';
import { Feuilles } from './imprime-feuilles.ts';
import { ecrireTableau } from './imprime-tableau.ts';

/** A printed form: a title, then sections, on A4, tagged for those who listen to it (ISO 32000-1, 14.8). */
export interface Imprime {
  /** Also the title of the document. */
  readonly titre: string;
  /** In whose name: above the title. */
  readonly entete: string;
  readonly sections: readonly SectionImprimee[];
  /** At the foot of each page, before its number. */
  readonly pied: string;
  /** Date of creation: nothing else in the bytes depends on the day. */
  readonly date: Instant;
}

export type SectionImprimee =
  | { readonly type: 'texte'; readonly titre: string; readonly paragraphes: readonly string[] }
  /** A word, and what it is. */
  | {
      readonly type: 'fiche';
      readonly titre: string;
      readonly lignes: readonly (readonly [string, string])[];
    }
  | TableauImprime;

export interface TableauImprime {
  readonly type: 'tableau';
  readonly titre: string;
  readonly colonnes: readonly ColonneImprimee[];
  /** As many cells as columns; none: « Néant ». */
  readonly lignes: readonly (readonly string[])[];
}

export interface ColonneImprimee {
  readonly titre: string;
  /** Share of the width, next to the others. */
  readonly part: number;
}

function ecrireSection(feuilles: Feuilles, section: SectionImprimee): void {
  feuilles.titrer(section.titre, 'H2');
  switch (section.type) {
    case 'texte':
      for (const paragraphe of section.paragraphes) feuilles.paragraphe(paragraphe);
      break;
    case 'fiche':
      ecrireTableau(feuilles, {
        colonnes: [
          { titre: null, part: 2 },
          { titre: null, part: 5 },
        ],
        lignes: section.lignes,
      });
      break;
    case 'tableau':
      if (section.lignes.length === 0) feuilles.paragraphe('Néant.');
      else ecrireTableau(feuilles, section);
      break;
    default:
      section satisfies never;
  }
}

/**
 * Lays a printed form out. Characters that the font has not are replaced by a sign that is seen. The same description
 * makes the same bytes.
 */
export async function imprimer(imprime: Imprime): Promise<Buffer> {
  const feuilles = await Feuilles.ouvrir(imprime);
  feuilles.paragraphe(imprime.entete);
  feuilles.titrer(imprime.titre, 'H1');
  for (const section of imprime.sections) ecrireSection(feuilles, section);
  return feuilles.terminer(imprime.pied);
}
