import { type Carnet, SUJETS } from './carnet.ts';
import type { NomNoeud } from './flotte.ts';
import type { Scene } from './scene.ts';

/** A gesture is its name and small numbers: a story is a table that can be pasted. */

export type Args = readonly number[];

export interface Sorte {
  /** Each argument runs from 0 to its bound, excluded. */
  readonly bornes: readonly number[];
  /** How often it is drawn. */
  readonly poids: number;
  readonly dire: (args: Args) => string;
  /** Does the moment allow it? By what the world knows. */
  readonly possible?: (c: Carnet, args: Args) => boolean;
  readonly faire: (s: Scene, args: Args) => Promise<unknown>;
}

export const noeud = (n: number): NomNoeud => (n === 1 ? 1 : 0);

export function nomDe(n: number): string {
  const { nom, protocole } = SUJETS[n] ?? { nom: '?', protocole: 'ACTES' };
  return `${protocole === 'ACTES' ? 'the acte' : 'the PES'} ${nom}`;
}

export function choisi<T>(liste: readonly T[], n: number): T {
  const valeur = liste[n % liste.length];
  if (valeur === undefined) throw new TypeError('an empty list');
  return valeur;
}

/** Somebody is there to ask. */
export const servi = (c: Carnet): boolean => c.servi;

/** And the subject was deposited. */
export const depose = (c: Carnet, [n = 0]: Args): boolean => c.servi && c.depose(n);
