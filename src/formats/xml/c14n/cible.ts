import type { Puits } from './sortie.ts';

/** What is asked of canonicalisation for one element. */
export interface Cible {
  /** Exclusive XML Canonicalization 1.0, or Canonical XML 1.0. */
  readonly mode: 'exclusive' | 'inclusive';
  /** `#WithComments`; without them by default. */
  readonly commentaires?: boolean;
  /** InclusiveNamespaces PrefixList of the exclusive mode; the default namespace is `#default`. */
  readonly prefixes?: readonly string[];
  /**
   * Leaves out every `ds:Signature` that is a child of the element (enveloped-signature transform of a signature placed
   * there). How many were is in the result: more than one is the caller's to refuse.
   */
  readonly sansSignature?: boolean;
  /** Where the bytes go: one hash, several. */
  readonly puits: readonly Puits[];
}

/** An element whose canonical form is complete. Offsets are in the file. */
export interface ElementCanonise<C extends Cible = Cible> {
  readonly cible: C;
  /** Its attribute `Id`, null when it has none. */
  readonly id: string | null;
  readonly nom: number;
  /** The `<` of its start tag. */
  readonly debut: number;
  /** After its name: where an attribute may be spliced in. */
  readonly finNom: number;
  /** The `<` of its end tag, the end of `<a/>`. */
  readonly fermante: number;
  /** After its last byte. */
  readonly fin: number;
  /** Canonical bytes. */
  readonly longueur: number;
  readonly signaturesOmises: number;
}
