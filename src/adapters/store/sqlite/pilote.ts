import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../../metier/erreurs.ts';
import { FERMEE, panneStockage } from '../panne.ts';

/**
 * The only file that knows `node:sqlite` (its class is about to be renamed by Node). Synchronous; keeps its
 * prepared statements; every error that leaves it is one of ours.
 */

export type Valeur = string | number | null;
export type Parametres = Readonly<Record<string, Valeur>>;

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that mean « the storage is at fault ». */
const PANNES: Readonly<Record<number, string>> = {
  5: 'base occupée par un autre programme',
  6: 'base occupée par un autre programme',
  7: 'mémoire insuffisante',
  8: 'base en lecture seule',
  10: 'erreur d’entrée-sortie du disque',
  11: 'base endommagée',
  13: 'disque plein',
  14: 'fichier de la base inaccessible',
  26: 'le fichier n’est pas une base de données',
};

function codeSqlite(origine: unknown): number | undefined {
  if (!(origine instanceof Error) || !('errcode' in origine)) return undefined;
  return typeof origine.errcode === 'number' ? origine.errcode & 0xff : undefined;
}

/** @returns the SQLite error as a row of our catalogue; our own errors pass unchanged. */
export function traduire(origine: unknown): ErreurVgm {
  if (origine instanceof ErreurVgm) return origine;
  const panne = PANNES[codeSqlite(origine) ?? 0];
  if (panne !== undefined) return panneStockage(panne, origine);
  return erreurNoyau('VGM-NOY-004', { etape: 'stockage' }, origine);
}

/** True when the error is SQLite's « busy »: another connection holds the lock. */
export function estOccupee(erreur: unknown): boolean {
  return erreur instanceof ErreurVgm && codeSqlite(erreur.cause) === 5;
}

export class Base {
  readonly #db: DatabaseSync;
  readonly #preparees = new Map<string, StatementSync>();
  #ouverte = true;

  /** @param patience milliseconds granted to another connection before « busy ». */
  constructor(fichier: string, patience: number, lectureSeule = false) {
    this.#db = this.#garder(() => new DatabaseSync(fichier, { timeout: patience, readOnly: lectureSeule }));
  }

  /** Runs statements that return nothing and take no value (schema, transaction, pragma). */
  executer(sql: string): void {
    this.#garder(() => this.#db.exec(sql));
  }

  /** @returns the number of rows changed. */
  ecrire(sql: string, valeurs: Parametres = {}): number {
    return this.#garder(() => Number(this.#preparer(sql).run(valeurs).changes));
  }

  /** First row, typed by the caller, who wrote both the query and the schema. */
  ligne<T>(sql: string, valeurs: Parametres = {}): T | undefined {
    return this.#garder(() => this.#preparer(sql).get(valeurs) as T | undefined);
  }

  lignes<T>(sql: string, valeurs: Parametres = {}): T[] {
    return this.#garder(() => this.#preparer(sql).all(valeurs) as T[]);
  }

  /** Row by row: memory does not depend on their number. */
  *parcourir<T>(sql: string, valeurs: Parametres = {}): Generator<T> {
    const lignes = this.#garder(() => this.#db.prepare(sql).iterate(valeurs));
    for (;;) {
      const suivante = this.#garder(() => lignes.next());
      if (suivante.done === true) return;
      yield suivante.value as T;
    }
  }

  get enTransaction(): boolean {
    return this.#ouverte && this.#db.isTransaction;
  }

  /** Texts of the statements prepared so far: the tests explain each of them. */
  preparees(): readonly string[] {
    return [...this.#preparees.keys()];
  }

  fermer(): void {
    if (!this.#ouverte) return;
    this.#ouverte = false;
    this.#preparees.clear();
    this.#garderFermeture();
  }

  #garderFermeture(): void {
    try {
      this.#db.close();
    } catch (origine) {
      throw traduire(origine);
    }
  }

  #preparer(sql: string): StatementSync {
    const connue = this.#preparees.get(sql);
    if (connue !== undefined) return connue;
    const preparee = this.#db.prepare(sql);
    this.#preparees.set(sql, preparee);
    return preparee;
  }

  #garder<T>(geste: () => T): T {
    if (!this.#ouverte) throw panneStockage(FERMEE);
    try {
      return geste();
    } catch (origine) {
      throw traduire(origine);
    }
  }
}

/** All the pages in one step: of one instant, whatever is written meanwhile, and never begun again. */
const D_UN_TRAIT = 0x7fff_ffff;

/** Copies the pages of a base that others write into, from a thread. Throws VGM-NOY-005. */
export async function copierPages(fichier: string, vers: string, patience: number): Promise<void> {
  try {
    const source = new DatabaseSync(fichier, { readOnly: true, timeout: patience });
    try {
      await backup(source, vers, { rate: D_UN_TRAIT });
    } finally {
      source.close();
    }
  } catch (origine) {
    throw traduire(origine);
  }
}
