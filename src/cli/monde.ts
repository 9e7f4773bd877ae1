import type { Instant } from '../metier/identifiants.ts';
import type { Modules } from './modules.ts';

/** Where a verb writes. Injected, so that each verb is tried without a terminal. */
export interface Sorties {
  ecrire(ligne: string): void;
  erreur(ligne: string): void;
  /** May escape sequences be written? (terminal, and no NO_COLOR.) */
  readonly couleur: boolean;
  /** Rewrites one line under what is written, to say how far a long command is; empty, it goes. Absent where nobody looks. */
  readonly avancer?: (texte: string) => void;
}

/** What surrounds a command. */
export interface Monde {
  readonly sorties: Sorties;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly modules: Modules;
  /**
   * Aborts on Ctrl-C or SIGTERM; a second order, a second later or more, ends the process at once.
   * The default reaction of the process stays until a verb asks for it.
   */
  interruption(): AbortSignal;
  /** A string that nobody can guess: boundary of a form, which no file may then forge. */
  hasard(): Promise<string>;
  /** By the machine's clock. */
  maintenant(): Promise<Instant>;
}

export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One command, as typed. */
export interface Appel {
  readonly arguments: readonly string[];
  readonly options: Options;
  readonly monde: Monde;
  /** `retours lister`: for the remedy of a usage error. */
  readonly verbe: string;
}

/** Exit codes: 0 ok, 1 failure, 2 usage, 3 refused document. */
export type CodeSortie = 0 | 1 | 2 | 3;

export interface ModuleVerbe {
  executer(appel: Appel): Promise<number>;
}

export function texte(options: Options, nom: string): string | undefined {
  const valeur = options[nom];
  return typeof valeur === 'string' ? valeur : undefined;
}

export function liste(options: Options, nom: string): readonly string[] {
  const valeur = options[nom];
  return Array.isArray(valeur) ? (valeur as readonly string[]) : [];
}

export function drapeau(options: Options, nom: string): boolean {
  return options[nom] === true;
}

/** Drops what is undefined: the body of a request says only what was typed. */
export function sansVides<T extends object>(objet: T): { [C in keyof T]?: Exclude<T[C], undefined> } {
  return Object.fromEntries(Object.entries(objet).filter(([, v]) => v !== undefined)) as never;
}
