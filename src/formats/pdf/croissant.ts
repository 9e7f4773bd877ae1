/** Bytes whose number is not known beforehand, up to a limit. */
export class Croissant {
  readonly #limite: number;
  #octets = Buffer.alloc(4096);
  longueur = 0;

  constructor(limite: number) {
    this.#limite = limite;
  }

  /** More was asked for than the limit. */
  get deborde(): boolean {
    return this.longueur > this.#limite;
  }

  /** Makes room for `n` bytes more, whose place is returned. */
  reserver(n: number): number {
    const debut = this.longueur;
    this.longueur += n;
    if (this.longueur > this.#octets.length) {
      const plus = Buffer.alloc(Math.max(this.longueur, this.#octets.length * 2));
      this.#octets.copy(plus);
      this.#octets = plus;
    }
    return debut;
  }

  poser(place: number, octet: number): void {
    this.#octets[place] = octet;
  }

  lire(place: number): number {
    return this.#octets[place] ?? 0;
  }

  octets(): Uint8Array {
    return this.#octets.subarray(0, this.longueur);
  }
}
