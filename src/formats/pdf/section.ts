import type { Dictionnaire } from './objets.ts';

export type Entree =
  | { readonly type: 'libre' }
  /** Offset as written, from the origin of the file. */
  | { readonly type: 'place'; readonly position: number; readonly generation: number }
  /** Number of its object stream, rank in it. */
  | { readonly type: 'dans'; readonly flux: number; readonly rang: number };

/** One part of the cross-references of a file: what one of its revisions says. */
export interface Section {
  readonly trailer: Dictionnaire;
  /** A cross-reference stream, not a table. */
  readonly enFlux: boolean;
  /** First number after those it tells of. */
  readonly fin: number;
  /** Bytes that it keeps in memory. */
  readonly poids: number;
  /** null: it says nothing of this object. */
  chercher(numero: number): Entree | null;
}
