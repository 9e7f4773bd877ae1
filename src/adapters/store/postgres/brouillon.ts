/**
 * What a batch knows of the base and makes of it, in memory. What the write under way does is kept apart until it is whole:
 * a refused one leaves nothing behind, and its neighbours see what those before them did.
 */
export interface Partie {
  /** The write under way is accepted. */
  garder(): void;
  /** It is refused. */
  oublier(): void;
}

/** Rows by key. */
export class Brouillon<L> implements Partie {
  readonly #lignes = new Map<string, L>();
  readonly #changees = new Set<string>();
  readonly #essai = new Map<string, L>();

  /** A row as the base has it. */
  charger(cle: string, ligne: L): void {
    this.#lignes.set(cle, ligne);
  }

  lire(cle: string): L | undefined {
    return this.#essai.get(cle) ?? this.#lignes.get(cle);
  }

  /** Every row, as it now is. */
  toutes(): L[] {
    return [...new Map([...this.#lignes, ...this.#essai]).values()];
  }

  poser(cle: string, ligne: L): void {
    this.#essai.set(cle, ligne);
  }

  garder(): void {
    for (const [cle, ligne] of this.#essai) {
      this.#lignes.set(cle, ligne);
      this.#changees.add(cle);
    }
    this.#essai.clear();
  }

  oublier(): void {
    this.#essai.clear();
  }

  /** Rows that accepted writes changed, as they now are, ordered by key: the order in which every node locks them. */
  changees(): L[] {
    return [...this.#changees].toSorted().flatMap((cle) => this.#lignes.get(cle) ?? []);
  }
}

/** Things added, in order. */
export class Ajouts<A> implements Partie {
  readonly #faits: A[] = [];
  #essai: A[] = [];

  ajouter(...ajouts: readonly A[]): void {
    this.#essai.push(...ajouts);
  }

  garder(): void {
    this.#faits.push(...this.#essai);
    this.#essai = [];
  }

  oublier(): void {
    this.#essai = [];
  }

  get faits(): readonly A[] {
    return this.#faits;
  }
}
