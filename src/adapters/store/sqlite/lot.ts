import { type Base, estPanne, panneStockage } from './pilote.ts';

/** Beyond that many writes, the next transaction takes the rest: the event loop must breathe. */
const TAILLE_LOT = 1000;

/** Wait of a write under load, for others to share its fsync; milliseconds. */
const DELAI_GROUPE = 4;

interface Travail {
  /** Does the work; @returns what tells its author, to be called once durable. */
  readonly executer: () => () => void;
  readonly rejeter: (raison: unknown) => void;
}

/**
 * Group commit: the writes asked for during one turn of the event loop share one transaction and one fsync,
 * each in its own savepoint so that a refused one leaves its neighbours alone. Nobody is answered, success or
 * refusal, before the COMMIT: a refusal may rest on a neighbour's row that is not durable yet.
 */
export class FileEcriture {
  readonly #base: Base;
  #attente: Travail[] = [];
  #programme = false;
  #ferme = false;
  #lots = 0;
  #dernierLot = 0;

  constructor(base: Base) {
    this.#base = base;
  }

  /** Transactions run so far (tests and measures). */
  get lots(): number {
    return this.#lots;
  }

  /** `travail` is synchronous: it runs inside the shared transaction. Throws what it throws, or VGM-NOY-005. */
  soumettre<T>(travail: () => T): Promise<T> {
    if (this.#ferme) return Promise.reject(panneStockage('le stockage est fermé'));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const executer = () => {
      const resultat = travail();
      return () => resolve(resultat);
    };
    this.#attente.push({ executer, rejeter: reject });
    this.#programmer();
    return promise;
  }

  /** Runs what waits, then refuses everything. */
  fermer(): void {
    this.#ferme = true;
    while (this.#attente.length > 0) this.#vider();
  }

  #programmer(): void {
    if (this.#programme) return;
    this.#programme = true;
    const passer = () => {
      this.#programme = false;
      this.#vider();
      if (this.#attente.length > 0) this.#programmer();
    };
    // Under load a write waits an instant for neighbours; alone, it goes at once.
    if (this.#dernierLot > 1) setTimeout(passer, DELAI_GROUPE);
    else setImmediate(passer);
  }

  #vider(): void {
    const lot = this.#attente.splice(0, TAILLE_LOT);
    if (lot.length === 0) return;
    this.#lots += 1;
    this.#dernierLot = lot.length;
    let reponses: (() => void)[];
    try {
      reponses = this.#passer(lot);
    } catch (erreur) {
      const panne = estPanne(erreur) ? erreur : panneStockage('transaction refusée', erreur);
      reponses = lot.map((t) => () => t.rejeter(panne));
    }
    for (const repondre of reponses) repondre();
  }

  #passer(lot: readonly Travail[]): (() => void)[] {
    try {
      this.#base.ecrire('BEGIN IMMEDIATE');
      const reponses = lot.map((travail) => this.#essayer(travail));
      this.#base.ecrire('COMMIT');
      return reponses;
    } finally {
      this.#defaire();
    }
  }

  /** After a COMMIT there is nothing to undo; after any failure, nothing of the batch may remain. */
  #defaire(): void {
    if (!this.#base.enTransaction) return;
    try {
      this.#base.ecrire('ROLLBACK');
    } catch {
      // SQLite had already rolled back on its own (full disk, I/O error): the first error is the one to tell.
    }
  }

  #essayer(travail: Travail): () => void {
    this.#base.ecrire('SAVEPOINT travail');
    try {
      const repondre = travail.executer();
      this.#base.ecrire('RELEASE travail');
      return repondre;
    } catch (erreur) {
      // A fault of the storage is everyone's: SQLite may already have dropped the whole transaction.
      if (estPanne(erreur) || !this.#base.enTransaction) throw erreur;
      this.#base.ecrire('ROLLBACK TO travail');
      this.#base.ecrire('RELEASE travail');
      return () => travail.rejeter(erreur);
    }
  }
}
