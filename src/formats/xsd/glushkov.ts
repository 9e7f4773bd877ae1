/**
 * From an expression to its positions (Glushkov): each leaf becomes one position or several, and an input is
 * accepted when it walks from a first position to a last one along `suivants`. Serves content models and patterns.
 */

export type Expression<T> =
  | { readonly genre: 'feuille'; readonly feuille: T }
  | { readonly genre: 'suite'; readonly termes: readonly Expression<T>[] }
  | { readonly genre: 'choix'; readonly termes: readonly Expression<T>[] }
  /** `max` may be Infinity. */
  | { readonly genre: 'fois'; readonly terme: Expression<T>; readonly min: number; readonly max: number };

export interface Positions<T> {
  readonly feuilles: readonly T[];
  readonly suivants: readonly ReadonlySet<number>[];
  readonly premiers: readonly number[];
  readonly derniers: ReadonlySet<number>;
  readonly vide: boolean;
}

interface Morceau {
  readonly vide: boolean;
  readonly premiers: readonly number[];
  readonly derniers: readonly number[];
}

const VIDE: Morceau = { vide: true, premiers: [], derniers: [] };
/** An empty choice: nothing is accepted, not even nothing (XSD Structures, 3.8.4). */
const IMPOSSIBLE: Morceau = { vide: false, premiers: [], derniers: [] };

/** What an expression may unroll to: an optional sequence has as many steps as the square of its length. */
interface LimitesPositions {
  readonly positions: number;
  /** Steps from one position to another. */
  readonly pas: number;
}

class Deroulement<T> {
  readonly feuilles: T[] = [];
  readonly suivants: Set<number>[] = [];
  readonly #max: LimitesPositions;
  #pas = 0;
  trop = false;

  constructor(max: LimitesPositions) {
    this.#max = max;
  }

  #relier(depuis: readonly number[], vers: readonly number[]): void {
    this.#pas += depuis.length * vers.length;
    this.trop ||= this.#pas > this.#max.pas;
    if (this.trop) return;
    for (const d of depuis) for (const v of vers) this.suivants[d]?.add(v);
  }

  #puis(a: Morceau, b: Morceau): Morceau {
    this.#relier(a.derniers, b.premiers);
    return {
      vide: a.vide && b.vide,
      premiers: a.vide ? [...a.premiers, ...b.premiers] : a.premiers,
      derniers: b.vide ? [...a.derniers, ...b.derniers] : b.derniers,
    };
  }

  derouler(e: Expression<T>): Morceau {
    if (this.trop) return VIDE;
    switch (e.genre) {
      case 'feuille':
        return this.#feuille(e.feuille);
      case 'suite':
        return e.termes.reduce((m, t) => this.#puis(m, this.derouler(t)), VIDE);
      case 'choix': {
        const branches = e.termes.map((t) => this.derouler(t));
        return branches.reduce(
          (m, b) => ({
            vide: m.vide || b.vide,
            premiers: [...m.premiers, ...b.premiers],
            derniers: [...m.derniers, ...b.derniers],
          }),
          IMPOSSIBLE,
        );
      }
      case 'fois':
        return this.#fois(e.terme, e.min, e.max);
      default:
        return e satisfies never;
    }
  }

  #feuille(feuille: T): Morceau {
    if (this.feuilles.length >= this.#max.positions) {
      this.trop = true;
      return VIDE;
    }
    const rang = this.feuilles.push(feuille) - 1;
    this.suivants.push(new Set());
    return { vide: false, premiers: [rang], derniers: [rang] };
  }

  /** m{2,4} becomes m m (m (m)?)?, and m{2,} becomes m m+: one copy follows from the one before it only. */
  #fois(terme: Expression<T>, min: number, max: number): Morceau {
    if (max === 0) return VIDE;
    const copies: Morceau[] = [];
    const nombre = max === Number.POSITIVE_INFINITY ? Math.max(min, 1) : max;
    for (let k = 0; k < nombre && !this.trop; k += 1) {
      const copie = this.derouler(terme);
      // nothing, a thousand million times, is nothing
      if (copie.premiers.length === 0) return min === 0 ? VIDE : copie;
      copies.push(copie);
    }
    const finale = copies.at(-1);
    if (finale !== undefined && max === Number.POSITIVE_INFINITY) {
      this.#relier(finale.derniers, finale.premiers);
    }
    let reste = VIDE;
    for (let k = copies.length - 1; k >= 0; k -= 1) {
      reste = this.#puis(copies[k] ?? VIDE, reste);
      if (k >= min) reste = { ...reste, vide: true };
    }
    return reste;
  }
}

/** @returns null when the expression unrolls to more than `max`. */
export function positionsDe<T>(expression: Expression<T>, max: LimitesPositions): Positions<T> | null {
  const d = new Deroulement<T>(max);
  const tout = d.derouler(expression);
  if (d.trop) return null;
  return {
    feuilles: d.feuilles,
    suivants: d.suivants,
    premiers: tout.premiers,
    derniers: new Set(tout.derniers),
    vide: tout.vide,
  };
}
