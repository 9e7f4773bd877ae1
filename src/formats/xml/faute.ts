import type { RefusXml } from './evenements.ts';

/**
 * What is wrong in a document, whoever found it: the tokeniser (`XML-…`, one at most, nothing is read after it), our
 * validation (`XSD-001` …) or libxml2 (`XSD-900`), which knows neither column nor byte.
 */
export interface FauteXml {
  readonly code: string;
  /** A whole sentence, in French. */
  readonly message: string;
  /** From 1; 0 when unknown. */
  readonly ligne: number;
  /** In characters, from 1; 0 when unknown. */
  readonly colonne: number;
  /** Bytes from the start of the file; -1 when unknown. */
  readonly octet: number;
  /** `/Acte/Annexes/Annexe[2]/@Nombre`; empty when unknown. */
  readonly chemin: string;
  /** Value seen, cut; null when none is at stake. */
  readonly valeur: string | null;
  /** What was expected, in French; empty when nothing was. */
  readonly attendu: string;
}

/** The file cannot be read to its end. */
export function fauteDeLecture({ code, message, position }: RefusXml): FauteXml {
  return { code, message, ...position, chemin: '', valeur: null, attendu: '' };
}

/** « ligne 3, colonne 12 », as far as it is known; empty when it is not. */
export function lieuDe({ ligne, colonne }: Pick<FauteXml, 'ligne' | 'colonne'>): string {
  if (ligne === 0) return '';
  return colonne === 0 ? `ligne ${ligne}` : `ligne ${ligne}, colonne ${colonne}`;
}

/** A sentence to be set after a colon: without its capital and its full stop. */
export function enIncise(phrase: string): string {
  return phrase.charAt(0).toLowerCase() + phrase.slice(1).replace(/\.$/, '');
}
