/**
 * Places of the debts to the collectivités. A receiver that hangs holds its place for the whole delay of an exchange, so
 * places are counted per point of notification and not only handed out in turn:
 * - a point holds at most a quarter of the places, and a single one once a debt of it has failed;
 * - the points in that case hold half of the places together;
 * - the last quarter of the places goes only to points that hold none.
 * What is held is read from the leases of the worker that asks: nothing is remembered that a restart could falsify.
 */

export interface Point {
  readonly collectivite: string;
  readonly point: string;
}

function cleDe({ collectivite, point }: Point): string {
  return `${collectivite} ${point}`;
}

/** Places held and to be held, of one claim. */
export class Places {
  readonly #total: number;
  readonly #douteux: (point: Point) => boolean;
  readonly #connus = new Map<string, boolean>();
  readonly #tenues = new Map<string, number>();
  #prises = 0;
  #prisesDouteuses = 0;

  /**
   * @param demande places asked for, and the point of each one that the worker holds already.
   * @param douteux has a debt of this point failed, and does it still wait? Asked once per point.
   */
  constructor(
    demande: { readonly nombre: number; readonly tenues: readonly Point[] },
    douteux: (point: Point) => boolean,
  ) {
    this.#douteux = douteux;
    this.#total = demande.nombre + demande.tenues.length;
    for (const point of demande.tenues) this.#compter(point);
  }

  /** Rows of a point that may still be taken; 0 when it must wait. */
  reste(point: Point): number {
    const tenues = this.#tenues.get(cleDe(point)) ?? 0;
    if (this.#estDouteux(point)) {
      const ensemble = Math.max(1, Math.floor(this.#total / 2));
      return tenues === 0 && this.#prisesDouteuses < ensemble ? 1 : 0;
    }
    return Math.max(0, Math.ceil(this.#total / 4) - tenues);
  }

  /** @returns whether the place was given. */
  prendre(point: Point): boolean {
    if (this.reste(point) === 0 || this.#prises >= this.#total) return false;
    const reserve = Math.floor(this.#total / 4);
    const premiere = !this.#tenues.has(cleDe(point));
    if (!premiere && this.#prises >= this.#total - reserve) return false;
    this.#compter(point);
    return true;
  }

  #compter(point: Point): void {
    const cle = cleDe(point);
    this.#tenues.set(cle, (this.#tenues.get(cle) ?? 0) + 1);
    this.#prises += 1;
    if (this.#estDouteux(point)) this.#prisesDouteuses += 1;
  }

  #estDouteux(point: Point): boolean {
    const cle = cleDe(point);
    const connu = this.#connus.get(cle) ?? this.#douteux(point);
    this.#connus.set(cle, connu);
    return connu;
  }
}
