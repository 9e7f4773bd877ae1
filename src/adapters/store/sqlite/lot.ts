import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ErreurVgm } from '../../../metier/erreurs.ts';
import { estPanne, FERMEE, panneStockage } from '../panne.ts';
import type { Base } from './pilote.ts';

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
 * Group commit: the writes asked for during one turn of the event loop, or while the disk takes the ones before, share one
 * transaction and one fsync, each in its own savepoint so that a refused one leaves its neighbours alone. The fsync does not
 * hold the event loop. Nobody is answered, success or refusal, before it: a refusal may rest on a neighbour's row that is not
 * durable yet.
 */
export class FileEcriture {
  readonly #base: Base;
  readonly #durcir: () => Promise<void>;
  #attente: Travail[] = [];
  #tour: Promise<void> | null = null;
  /** What is committed and not yet durable. */
  #enCours: Promise<void> | null = null;
  #panne: ErreurVgm | null = null;
  #ferme = false;
  #lots = 0;
  #dernierLot = 0;

  /**
   * @param durcir resolves once all that was committed before the call would survive a power cut. Once it has failed nothing
   *   more is believed: a disk that lost some bytes calls the next ones kept.
   */
  constructor(base: Base, durcir: () => Promise<void> = () => Promise.resolve()) {
    this.#base = base;
    this.#durcir = durcir;
  }

  /** Transactions run so far (tests and measures). */
  get lots(): number {
    return this.#lots;
  }

  /** `travail` is synchronous: it runs inside the shared transaction. Throws what it throws, or VGM-NOY-005. */
  soumettre<T>(travail: () => T): Promise<T> {
    if (this.#panne !== null) return Promise.reject(this.#panne);
    if (this.#ferme) return Promise.reject(panneStockage(FERMEE));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const executer = () => {
      const resultat = travail();
      return () => resolve(resultat);
    };
    this.#attente.push({ executer, rejeter: reject });
    this.#tour ??= this.#tourner();
    return promise;
  }

  /** Resolves once all that can be read now is durable. Throws VGM-NOY-005 when the disk refuses. */
  async durable(): Promise<void> {
    if (this.#panne !== null) throw this.#panne;
    await this.#enCours;
  }

  /** Runs what waits, then refuses everything. */
  async fermer(): Promise<void> {
    this.#ferme = true;
    await this.#tour;
  }

  async #tourner(): Promise<void> {
    while (this.#attente.length > 0) {
      // Under load a write waits an instant for neighbours; alone, it goes at once.
      await (this.#dernierLot > 1 ? setTimeout(DELAI_GROUPE) : setImmediate());
      await this.#vider();
    }
    this.#tour = null;
  }

  async #vider(): Promise<void> {
    const lot = this.#attente.splice(0, TAILLE_LOT);
    this.#lots += 1;
    this.#dernierLot = lot.length;
    let reponses: (() => void)[];
    try {
      reponses = this.#passer(lot);
    } catch (erreur) {
      const panne = estPanne(erreur) ? erreur : panneStockage('transaction refusée', erreur);
      reponses = lot.map((t) => () => t.rejeter(panne));
    }
    this.#enCours = this.#confirmer();
    try {
      await this.#enCours;
    } catch (panne) {
      for (const travail of [...lot, ...this.#attente.splice(0)]) travail.rejeter(panne);
      return;
    }
    this.#enCours = null;
    for (const repondre of reponses) repondre();
  }

  async #confirmer(): Promise<void> {
    try {
      await this.#durcir();
    } catch (erreur) {
      this.#panne = panneStockage('le disque a perdu ce qui était écrit : redémarrer le démon', erreur);
      throw this.#panne;
    }
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
