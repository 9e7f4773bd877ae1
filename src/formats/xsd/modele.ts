import type { EtatArtefact, ModeleArtefact, SuiteArtefact } from './artefact.ts';
import type { Atelier } from './atelier.ts';
import { type Positions, positionsDe } from './glushkov.ts';
import { admet, seCroisent } from './jokers.ts';
import type { Noeud } from './noeuds.ts';
import type { Feuille, Particule } from './particules.ts';

/** Content models as deterministic automata, « Unique Particle Attribution » verified (XSD Structures, 3.8.6). */

/** 1 000 optional elements in a row make 500 000 steps. */
const LIMITES = { positions: 5000, pas: 600_000 };
const ETATS_MAX = 20_000;

class Determinisation {
  readonly etats: EtatArtefact[] = [];
  readonly rangs = new Map<number, number>();
  /** Two particles that could both take the same element. */
  ambigu: readonly [Feuille, Feuille] | null = null;
  readonly #atelier: Atelier;
  readonly #p: Positions<Feuille>;
  readonly #connus = new Map<string, number>();
  /** Where each position leads when it is alone, as nearly all are. */
  readonly #cibles: number[] = [];
  readonly #attente: { positions: readonly number[]; rang: number }[] = [];

  constructor(atelier: Atelier, positions: Positions<Feuille>) {
    this.#atelier = atelier;
    this.#p = positions;
  }

  construire(): void {
    this.#numeroter();
    this.#etat(this.#p.premiers, this.#p.vide);
    for (let a = this.#attente.pop(); a !== undefined; a = this.#attente.pop()) {
      const accepte = this.etats[a.rang]?.accepte ?? false;
      this.etats[a.rang] = { accepte, ...this.#sorties(a.positions) };
      if (this.ambigu !== null || this.trop) return;
    }
  }

  get trop(): boolean {
    return this.etats.length > ETATS_MAX || this.#atelier.restes.pas < 0;
  }

  /** One counter for each name that a parent may hold several of. */
  #numeroter(): void {
    const vus = new Map<number, Feuille>();
    for (const f of this.#p.feuilles) {
      if (f.genre !== 'element' || this.rangs.has(f.nom)) continue;
      const autre = vus.get(f.nom);
      if (f.repete || (autre !== undefined && autre !== f)) this.rangs.set(f.nom, this.rangs.size);
      vus.set(f.nom, f);
    }
  }

  #etat(positions: readonly number[], accepte: boolean): number {
    const triees = [...new Set(positions)].toSorted((a, b) => a - b);
    const cle = `${accepte ? '+' : '-'}${triees.join(',')}`;
    const connu = this.#connus.get(cle);
    if (connu !== undefined) return connu;
    const rang = this.etats.push({ accepte, suites: [], jokers: [] }) - 1;
    this.#connus.set(cle, rang);
    this.#attente.push({ positions: triees, rang });
    return rang;
  }

  #cible(positions: readonly number[]): number {
    const seule = positions.length === 1 ? (positions[0] as number) : -1;
    const connue = this.#cibles[seule];
    if (connue !== undefined) return connue;
    const cible = this.#calculer(positions);
    if (seule >= 0) this.#cibles[seule] = cible;
    return cible;
  }

  #calculer(positions: readonly number[]): number {
    const suivants = positions.flatMap((i) => [...(this.#p.suivants[i] ?? [])]);
    this.#atelier.restes.pas -= suivants.length;
    return this.#etat(
      suivants,
      positions.some((i) => this.#p.derniers.has(i)),
    );
  }

  #sorties(positions: readonly number[]): Pick<EtatArtefact, 'suites' | 'jokers'> {
    const parFeuille = new Map<Feuille, number[]>();
    for (const i of positions) {
      const f = this.#p.feuilles[i] as Feuille;
      const memes = parFeuille.get(f);
      if (memes === undefined) parFeuille.set(f, [i]);
      else memes.push(i);
    }
    this.#atelier.restes.pas -= positions.length;
    this.#verifier(parFeuille);
    const suites: SuiteArtefact[] = [];
    const jokers: { joker: number; cible: number }[] = [];
    for (const [f, rangs] of parFeuille) {
      const cible = this.#cible(rangs);
      if (f.genre === 'joker') jokers.push({ joker: f.joker, cible });
      else suites.push({ nom: f.nom, cible, element: f.element, rang: this.rangs.get(f.nom) ?? -1 });
    }
    return { suites, jokers };
  }

  /**
   * Whether all that may follow the wildcard may follow the element: to take the element, as XSD 1.1 says and
   * as libxml2 2.9 does, then shuts nothing out. The budget documents of the State have such a content.
   */
  #vautMieux(element: readonly number[], joker: readonly number[]): boolean {
    const { suivants, derniers } = this.#p;
    return joker.every(
      (j) =>
        (!derniers.has(j) || element.some((i) => derniers.has(i))) &&
        [...(suivants[j] ?? [])].every((s) => element.some((i) => suivants[i]?.has(s) === true)),
    );
  }

  #verifier(parFeuille: ReadonlyMap<Feuille, readonly number[]>): void {
    const parNom = new Map<number, Feuille>();
    const jokers = [...parFeuille.keys()].filter((f) => f.genre === 'joker');
    for (const [f, rangs] of parFeuille) {
      if (f.genre !== 'element') continue;
      const autre = parNom.get(f.nom);
      if (autre !== undefined) this.ambigu = [autre, f];
      parNom.set(f.nom, f);
      const uri = this.#atelier.noms[f.nom]?.[0] ?? '';
      const joker = jokers.find(
        (j) => admet(j.espaces, uri) && !this.#vautMieux(rangs, parFeuille.get(j) ?? []),
      );
      if (joker !== undefined) this.ambigu = [f, joker];
    }
    for (const [k, a] of jokers.entries()) {
      const b = jokers.slice(k + 1).find((j) => seCroisent(a.espaces, j.espaces));
      if (b !== undefined) this.ambigu = [a, b];
    }
  }
}

function nomDe(atelier: Atelier, f: Feuille): string {
  return f.genre === 'joker' ? 'n’importe quel élément' : `« ${atelier.noms[f.nom]?.[1] ?? ''} »`;
}

/** @returns the row of the model; refuses one that is ambiguous, or too big to unroll. */
export function construireModele(atelier: Atelier, particule: Particule, noeud: Noeud): number {
  const positions = positionsDe(particule, LIMITES);
  if (positions === null) {
    atelier.sources.nonHonore(
      noeud,
      'un contenu dont les répétitions, ou les éléments facultatifs, sont si nombreux',
    );
    return 0;
  }
  const d = new Determinisation(atelier, positions);
  d.construire();
  if (d.ambigu !== null) {
    const [a, b] = d.ambigu.map((f) => nomDe(atelier, f));
    // versions of libxml2 do not agree on what is ambiguous: let the one at hand judge
    atelier.sources.nonHonore(noeud, `un contenu ambigu (${a} et ${b} peuvent prendre la même place)`);
  } else if (d.trop) {
    atelier.sources.nonHonore(noeud, 'un contenu dont les suites possibles sont si nombreuses');
  }
  const modele: ModeleArtefact = { genre: 'automate', rangs: d.rangs.size, etats: d.etats };
  return atelier.modele(modele);
}
