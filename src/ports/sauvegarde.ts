import type { Etat } from '../metier/etats.ts';
import type { Sha256 } from '../metier/identifiants.ts';

/** What a backup reads of a base, whatever the engine that keeps it. */

/** A piece that a base cites. */
export interface PieceCitee {
  readonly sha256: Sha256;
  /** Bytes. */
  readonly taille: number;
}

/** Last line of a chain of the journal. */
export interface TeteChaine {
  /** SIREN, or `operateur`. */
  readonly org: string;
  readonly n: number;
  readonly sha256: string;
}

/** A base that is only read. */
export interface BaseLue {
  /** Number of its schema. */
  readonly schema: number;
  /** Each once, by digest; whatever their number, memory stays bounded. */
  pieces(): Generator<PieceCitee>;
  chaines(): readonly TeteChaine[];
  /** Raw lines of one chain, in order. */
  lignes(org: string): Generator<string>;
  compter(): Readonly<Partial<Record<Etat, number>>>;
  /** What the engine finds wrong with its file, in its own words; empty: nothing. */
  controler(): readonly string[];
  fermer(): void;
}
