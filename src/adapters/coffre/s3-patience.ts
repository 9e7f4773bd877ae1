import type { Clock } from '../../ports/clock.ts';

/** Bytes per second under which a line is as good as dead. */
const DEBIT_MIN = 1000;

/**
 * How long a line may keep us waiting. Waiting spends it, bytes earn it back at the rate below which a line is dead: neither
 * silence nor one byte a second holds a place for ever. The time that the reader takes for himself is not counted.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #delaiMs: number;
  readonly #coupure = new AbortController();
  #reste: number;
  /** Up to when waiting was counted; null when nobody waits. */
  #compte: number | null = null;

  /** @param delaiMs longest silence. */
  constructor(clock: Clock, delaiMs: number) {
    this.#clock = clock;
    this.#delaiMs = delaiMs;
    this.#reste = delaiMs;
  }

  /** Aborted when the line is given up, by us or by the time. */
  get signal(): AbortSignal {
    return this.#coupure.signal;
  }

  /** Was it the time? */
  get epuisee(): boolean {
    return this.#reste <= 0;
  }

  /** Bytes went through. */
  avancer(octets: number): void {
    this.#compter();
    this.#reste = Math.min(this.#delaiMs, this.#reste + (octets * 1000) / DEBIT_MIN);
  }

  couper(): void {
    this.#coupure.abort();
  }

  /** Waits for what the line must bring. One wait at a time. */
  async pendant<T>(attente: Promise<T>): Promise<T> {
    const fini = new AbortController();
    this.#compte = this.#clock.now();
    void this.#veiller(fini.signal);
    try {
      return await attente;
    } finally {
      this.#compter();
      this.#compte = null;
      fini.abort();
    }
  }

  #compter(): void {
    if (this.#compte === null) return;
    const maintenant = this.#clock.now();
    this.#reste -= maintenant - this.#compte;
    this.#compte = maintenant;
  }

  async #veiller(fini: AbortSignal): Promise<void> {
    while (!fini.aborted) {
      await this.#clock.sleep(Math.max(this.#reste, 1), fini);
      if (fini.aborted) return;
      this.#compter();
      if (!this.epuisee) continue;
      this.couper();
      return;
    }
  }
}
