import { setImmediate } from 'node:timers/promises';
import { estPanne, FERMEE, panneStockage } from '../panne.ts';
import type { OutilsChaines } from './chaines.ts';
import type { Ecrivain } from './ecrivain.ts';
import { tenirTous } from './ensembles.ts';
import { Course, traduire } from './erreurs.ts';
import { Lot } from './lot.ts';
import type { Base } from './requetes.ts';

/** Beyond that many writes, the next transaction takes the rest. */
const TAILLE_LOT = 1000;
/** Times that a batch is run again because another node's came across. */
const COURSES_MAX = 8;

export interface Travail<T> {
  /** Says what rows it will read or change. */
  readonly prevoir: (lot: Lot) => void;
  /** Decides, in memory. Throws to refuse: then nothing of it is written. */
  readonly faire: (lot: Lot) => T;
  /** What it writes by statements of its own, inside the transaction; such a write shares it with no other. */
  readonly enPropre?: (base: Base) => Promise<void>;
}

interface EnAttente {
  readonly travail: Travail<unknown>;
  readonly accepter: (resultat: unknown) => void;
  readonly rejeter: (raison: unknown) => void;
}

/** What is to be told to the author of a write, once it is durable. */
type Reponse = () => void;

export interface OutilsFile extends OutilsChaines {
  /** Tells the other nodes, from inside the transaction, in which queues something is due. */
  readonly annoncer: (base: Base, files: readonly string[]) => Promise<unknown>;
}

/**
 * Group commit: the writes asked for while a transaction runs share the next one, in their order. A refused one leaves its
 * neighbours alone; one that PostgreSQL itself refuses undoes them all, and they are run again by halves until it is alone.
 * Nobody is answered, success or refusal, before COMMIT: a refusal may rest on a neighbour's row.
 */
export class FileEcriture {
  readonly #ecrivain: Ecrivain;
  readonly #outils: OutilsFile;
  #attente: EnAttente[] = [];
  #tour: Promise<void> | null = null;
  #ferme = false;

  constructor(ecrivain: Ecrivain, outils: OutilsFile) {
    this.#ecrivain = ecrivain;
    this.#outils = outils;
  }

  /** Throws what `travail` throws, or VGM-NOY-005. */
  soumettre<T>(travail: Travail<T>): Promise<T> {
    if (this.#ferme) return Promise.reject(panneStockage(FERMEE));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#attente.push({ travail, accepter: (resultat) => resolve(resultat as T), rejeter: reject });
    this.#tour ??= this.#tourner();
    return promise;
  }

  /** Runs what waits, then refuses everything. */
  async fermer(): Promise<void> {
    this.#ferme = true;
    await this.#tour;
  }

  async #tourner(): Promise<void> {
    while (this.#attente.length > 0) {
      // Those that the last COMMIT has just answered have the time to ask for what follows.
      await setImmediate();
      await this.#passer(this.#prendre());
    }
    this.#tour = null;
  }

  /** From the first that waits to the first that wants a transaction of its own. */
  #prendre(): EnAttente[] {
    const seul = this.#attente.findIndex((e) => e.travail.enPropre !== undefined);
    const nombre = seul === -1 ? TAILLE_LOT : Math.min(TAILLE_LOT, Math.max(seul, 1));
    return this.#attente.splice(0, nombre);
  }

  async #passer(lot: readonly EnAttente[]): Promise<void> {
    let reponses: readonly Reponse[];
    try {
      reponses = await this.#essayer(lot);
    } catch (erreur) {
      const raison = traduire(erreur);
      if (estPanne(raison) || lot.length === 1) {
        for (const { rejeter } of lot) rejeter(raison);
        return;
      }
      const moitie = Math.ceil(lot.length / 2);
      await this.#passer(lot.slice(0, moitie));
      await this.#passer(lot.slice(moitie));
      return;
    }
    for (const repondre of reponses) repondre();
  }

  async #essayer(lot: readonly EnAttente[]): Promise<readonly Reponse[]> {
    for (let course = 1; ; course += 1) {
      try {
        return await this.#transaction(lot);
      } catch (erreur) {
        if (!(erreur instanceof Course) || course === COURSES_MAX) throw erreur;
      }
    }
  }

  #transaction(attente: readonly EnAttente[]): Promise<readonly Reponse[]> {
    const outils = this.#outils;
    let lot = new Lot(outils);
    return this.#ecrivain.transaction({
      // Anew at each try: what was read before a session was lost is worth nothing.
      avant: async (base) => {
        lot = new Lot(outils);
        for (const { travail } of attente) travail.prevoir(lot);
        await lot.ouvrir(base);
      },
      faire: async (base) => {
        await lot.charger(base);
        const reponses: Reponse[] = [];
        for (const ecriture of attente) reponses.push(await decider(lot, ecriture, base));
        await tenirTous([lot.ecrire(base), outils.annoncer(base, lot.files)]);
        return reponses;
      },
    });
  }
}

async function decider(lot: Lot, { travail, accepter, rejeter }: EnAttente, base: Base): Promise<Reponse> {
  let resultat: unknown;
  try {
    resultat = travail.faire(lot);
  } catch (raison) {
    lot.oublier();
    return () => rejeter(raison);
  }
  lot.garder();
  await travail.enPropre?.(base);
  return () => accepter(resultat);
}
