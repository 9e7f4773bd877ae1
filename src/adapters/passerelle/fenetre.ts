import type { FautePair } from './fautes.ts';

/** Bytes sent and not yet acknowledged, kept under a bound; the first failure stops all. */
export class Fenetre {
  readonly #max: number;
  #enVol = 0;
  #acquittes = 0;
  #faute: FautePair | null = null;
  #reveil: () => void = () => undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get enVol(): number {
    return this.#enVol;
  }

  get acquittes(): number {
    return this.#acquittes;
  }

  /** Resolves when `octets` more may leave. Throws what the peer answered to an earlier write. */
  async place(octets: number): Promise<void> {
    await this.#attendre(() => this.#enVol === 0 || this.#enVol + octets <= this.#max);
  }

  /** @returns what to call with the answer of the peer: null = acknowledged. */
  partir(octets: number): (faute: FautePair | null) => void {
    this.#enVol += octets;
    return (faute) => {
      this.#enVol -= octets;
      if (faute === null) this.#acquittes += octets;
      else this.#faute ??= faute;
      this.#reveil();
    };
  }

  /** Resolves when all is acknowledged. */
  async vider(): Promise<void> {
    await this.#attendre(() => this.#enVol === 0);
  }

  async #attendre(pret: () => boolean): Promise<void> {
    while (this.#faute === null && !pret()) {
      await new Promise<void>((resolve) => {
        this.#reveil = resolve;
      });
    }
    if (this.#faute !== null) throw this.#faute;
  }
}
