import type { Carnet } from './carnet.ts';
import { MACHINES } from './gestes-machines.ts';
import { GESTES_DU_MONDE } from './gestes-monde.ts';
import { ORDRES } from './gestes-personnes.ts';
import type { Scene } from './scene.ts';
import type { Args, Sorte } from './sorte.ts';

/** All that may happen around the engines. */

const SORTES = { ...GESTES_DU_MONDE, ...ORDRES, ...MACHINES };
export type NomGeste = keyof typeof SORTES;
export type Geste = readonly [NomGeste, ...Args];

export const NOMS = Object.keys(SORTES) as NomGeste[];
const sorteDe = (nom: NomGeste): Sorte => SORTES[nom];
export const bornesDe = (nom: NomGeste): readonly number[] => sorteDe(nom).bornes;
export const poidsDe = (nom: NomGeste): number => sorteDe(nom).poids;
export const dire = ([nom, ...args]: Geste): string => sorteDe(nom).dire(args);
export const possible = (c: Carnet, [nom, ...args]: Geste): boolean =>
  sorteDe(nom).possible?.(c, args) ?? true;
export const faire = (s: Scene, [nom, ...args]: Geste): Promise<unknown> => sorteDe(nom).faire(s, args);
