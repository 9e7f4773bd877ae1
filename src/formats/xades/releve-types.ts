import type { PositionXml } from '../xml/evenements.ts';
import type { Noeud } from './arbre.ts';

/** What one pass over a file brings back. */

export type Place = 'racine' | 'unite' | 'piece' | 'ailleurs';

/** An element that matters: it may be signed, it should be, or it holds a signature. */
export interface ElementSuivi {
  readonly place: Place;
  /** As written, prefix included. */
  readonly nom: string;
  readonly id: string | null;
  readonly position: PositionXml;
  /** The business name (number of the bordereau), empty when none was met. */
  etiquette: string;
  /**
   * By the name that node:crypto has for the digest: exclusive canonicalisation, the element's own signature left out.
   * Comments never count, for a reference within the document drops them first (XML-Signature § 4.4.3.3).
   */
  readonly empreintes: Map<string, Uint8Array>;
  signatures: number;
  instructions: number;
  commentaires: number;
}

/** Canonical bytes of a small element, and where it stands. */
export interface Forme {
  readonly debut: number;
  readonly blocs: Uint8Array[];
}

export interface SignatureRelevee {
  /** From 1, in the order of the file. */
  readonly rang: number;
  readonly position: PositionXml;
  readonly parent: ElementSuivi | null;
  readonly racine: Noeud;
  /** Canonical forms of the SignedInfo children and of every SignedProperties inside. */
  readonly formes: readonly Forme[];
  readonly commentaires: number;
  readonly instructions: number;
  readonly suivie: boolean;
  readonly imbriquee: boolean;
  readonly tropGrosse: boolean;
}

/** Which digests to make of an element as it opens, by name. Asked for the root and for the units only. */
export type PlanReleve = (element: ElementSuivi) => readonly string[];
