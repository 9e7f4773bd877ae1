/** One step of a schema, and the way back. */

/** Something that a descent would lose and that nothing could make again. */
export interface FaitRetenu {
  /** Gives one row, `nombre`; valid from this schema on. */
  readonly compte: string;
  /** French, plural, as in « … (3) ». */
  readonly fait: string;
}

export interface Descente {
  readonly sql: string;
  /** The previous program knows nothing of it: while one of these counts, the descent is refused. */
  readonly retient: readonly FaitRetenu[];
  /** French, for whoever decides; what goes, that the previous program does without. Empty: nothing. */
  readonly perd: string;
}

export interface Migration {
  /** French, for whoever decides. */
  readonly apporte: string;
  readonly monte: string;
  /** Null: the first schema, before which there is nothing. */
  readonly descend: Descente | null;
}

/** `flux d’HELIOS (3)`. */
export function direFait({ fait }: FaitRetenu, nombre: number): string {
  return `${fait} (${nombre})`;
}
