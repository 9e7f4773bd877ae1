import type { Bilan } from './verdict.ts';

/** What a fault campaign is, and under which conditions it is run. */

export type NomMagasin = 'sqlite' | 'postgres';

/** How long: a number of faults (tests), or as many as fit before an instant of `performance.now()` (launcher). */
export type Mesure = { readonly coups: number } | { readonly jusqua: number };

export interface Conditions {
  /** Folder of this run, made by the caller. */
  readonly dossier: string;
  /** Same seed, same draws; not the same instants: the machine decides of these. */
  readonly graine: number;
  readonly mesure: Mesure;
  readonly magasin: NomMagasin;
  readonly noeuds: number;
  /** Deposits to make at least. */
  readonly depots: { readonly actes: number; readonly pes: number };
}

export interface Campagne {
  readonly nom: string;
  /** What is inflicted, and the exact state expected afterwards; French, shown by the launcher. */
  readonly panne: string;
  readonly attendu: string;
  /** Under so many minutes it is left out, unless named. */
  readonly minutes?: number;
  /** What it needs, whatever is asked for. */
  readonly exige?: Partial<Pick<Conditions, 'magasin' | 'noeuds'>>;
  mener(conditions: Conditions): Promise<Bilan>;
}

/** One at least, however long the world took to open. @param fait faults inflicted so far. */
export function encore(mesure: Mesure, fait: number): boolean {
  return 'coups' in mesure ? fait < mesure.coups : fait === 0 || performance.now() < mesure.jusqua;
}
