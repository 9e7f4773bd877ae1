import type { Domaine, Liste, PieceJointe, ReferencePJ, SignatureVue } from './faits.ts';

/** Most that is kept of each; no honest file of 150 MB comes near. */
export const MAXIMA: Readonly<Record<Liste, number>> = {
  bordereaux: 20_000,
  references: 100_000,
  pieces: 20_000,
  signatures: 10_000,
};

/** What grows with the file, and stops growing. */
export class Listes {
  readonly domaines: Domaine[] = [];
  readonly references: ReferencePJ[] = [];
  readonly pieces: PieceJointe[] = [];
  readonly signatures: SignatureVue[] = [];
  readonly tronquees = new Set<Liste>();
  readonly #maxima: Readonly<Record<Liste, number>>;
  readonly #comptes: Record<Liste, number> = { bordereaux: 0, references: 0, pieces: 0, signatures: 0 };

  constructor(maxima: Partial<Record<Liste, number>> = {}) {
    this.#maxima = { ...MAXIMA, ...maxima };
  }

  /** @returns whether one more may be kept. */
  place(liste: Liste): boolean {
    this.#comptes[liste] += 1;
    if (this.#comptes[liste] <= this.#maxima[liste]) return true;
    this.tronquees.add(liste);
    return false;
  }
}
