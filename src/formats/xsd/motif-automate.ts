import type { Positions } from './glushkov.ts';

/** Beyond this many states, those that were made are forgotten: a pattern can have as many as there are sets of positions. */
const ETATS_MAX = 256;
/** Characters whose next state is remembered: those of ISO-8859-1. */
const MEMOIRE = 256;

/** The positions that may take the next character. */
interface Etat {
  readonly positions: readonly number[];
  /** The value may end here. */
  readonly accepte: boolean;
  /** By character; null: no way goes on. */
  readonly suites: (Etat | null | undefined)[];
}

/**
 * Walks all ways through a pattern at once. A set of positions is one state, made when a value first leads to it, so that
 * what looks like values already seen costs one look-up per character.
 */
export class AutomateMotif {
  readonly #p: Positions<string>;
  readonly #classes = new Map<string, RegExp>();
  readonly #etats = new Map<string, Etat>();
  #depart: Etat;

  /** @param p whose leaves are classes of characters, in the language of RegExp. */
  constructor(p: Positions<string>) {
    this.#p = p;
    for (const c of p.feuilles) if (!this.#classes.has(c)) this.#classes.set(c, new RegExp(`^${c}$`, 'v'));
    this.#depart = this.#etat(new Set(p.premiers), p.vide);
  }

  /** Whether the pattern matches the whole of a value. */
  admet(valeur: string): boolean {
    let etat = this.#depart;
    for (let i = 0; i < valeur.length; i += 1) {
      const code = valeur.codePointAt(i) as number;
      if (code > 0xffff) i += 1;
      const connu = etat.suites[code];
      const suite = connu === undefined ? this.#suivre(etat, code) : connu;
      if (suite === null) return false;
      etat = suite;
    }
    return etat.accepte;
  }

  #suivre(etat: Etat, code: number): Etat | null {
    const c = String.fromCodePoint(code);
    const prises = new Map<string, boolean>();
    const vers = new Set<number>();
    let accepte = false;
    for (const i of etat.positions) {
      const classe = this.#p.feuilles[i] as string;
      let prise = prises.get(classe);
      if (prise === undefined) prises.set(classe, (prise = this.#classes.get(classe)?.test(c) === true));
      if (!prise) continue;
      accepte ||= this.#p.derniers.has(i);
      for (const s of this.#p.suivants[i] ?? []) vers.add(s);
    }
    const suite = vers.size > 0 || accepte ? this.#etat(vers, accepte) : null;
    if (code < MEMOIRE) etat.suites[code] = suite;
    return suite;
  }

  #etat(vers: ReadonlySet<number>, accepte: boolean): Etat {
    const positions = [...vers].toSorted((a, b) => a - b);
    const cle = `${accepte} ${positions.join(' ')}`;
    const connu = this.#etats.get(cle);
    if (connu !== undefined) return connu;
    if (this.#etats.size >= ETATS_MAX) this.#oublier();
    const etat: Etat = { positions, accepte, suites: Array.from<undefined>({ length: MEMOIRE }) };
    this.#etats.set(cle, etat);
    return etat;
  }

  #oublier(): void {
    this.#etats.clear();
    this.#depart = this.#etat(new Set(this.#p.premiers), this.#p.vide);
  }
}
