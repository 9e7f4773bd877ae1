import { setTimeout } from 'node:timers/promises';
import { ErreurVgm } from '../../../metier/erreurs.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import { estPanne, panneStockage } from '../panne.ts';
import { tenirTous } from './ensembles.ts';
import { estCoupure, panneServeur } from './erreurs.ts';
import type { Base } from './requetes.ts';
import { type OutilsSession, PERDUE, Session } from './session.ts';

/** What a batch leaves in its own transaction: found again, the COMMIT took place. */
const SIGNATURE = `INSERT INTO ecrivains (ecrivain, lot, quand) VALUES (:ecrivain, :lot, :quand)
  ON CONFLICT (ecrivain) DO UPDATE SET lot = excluded.lot, quand = excluded.quand`;
/** Stands before the first batch: a row that is being created could not be waited for. */
const INSCRIPTION = `INSERT INTO ecrivains (ecrivain, lot, quand) VALUES (:ecrivain, 0, :quand)
  ON CONFLICT (ecrivain) DO NOTHING`;
/** Waits for the end of the transaction that was cut, if the server is still at it. */
const DERNIER = 'SELECT lot FROM ecrivains WHERE ecrivain = :ecrivain FOR UPDATE';
/** Our own sessions that were cut and do not know it yet: what they hold would keep us waiting. */
const FANTOMES = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = :nom AND usename = current_user AND pid <> pg_backend_pid()`;

/** Sessions lost, in mid-transaction or before it, until a batch is given up. */
const ESSAIS_MAX = 3;
/** Between two looks at the fate of a COMMIT; milliseconds. */
const PAS_MS = 100;

/** How long a server may keep us waiting; milliseconds. */
export interface Patience {
  /** For an answer; the connection is then given up. */
  readonly reponse: number;
  /** For the fate of a COMMIT. */
  readonly sort: number;
}
export const PATIENCE: Patience = { reponse: 15_000, sort: 15_000 };

export interface OutilsEcrivain extends OutilsSession {
  /** Unique to this opening of the store. */
  readonly ecrivain: string;
  readonly quand: () => Instant;
  readonly patience: Patience;
}

/** The session that writes. One transaction at a time; a session that is lost is opened again by the next. */
export class Ecrivain {
  readonly #outils: OutilsEcrivain;
  readonly #nom: string;
  #session: Session | null = null;
  /** A session was lost since the last one was opened. */
  #coupee = false;
  #inscrit = false;
  #lot = 0;

  constructor(outils: OutilsEcrivain) {
    this.#outils = outils;
    this.#nom = `vaguemestre ${outils.ecrivain}`;
  }

  /** Process of the server that writes for us; 0 when there is none. Notifications bear it. */
  get pid(): number {
    return this.#session === null || this.#session.fin.aborted ? 0 : this.#session.faits.pid;
  }

  /**
   * Runs `faire` in a transaction, again from the start when the session is lost before COMMIT. A COMMIT whose answer is lost
   * is told by what is found in the base, once the server is back.
   * @param travail `avant` writes on its own, before the transaction; `faire` may send its statements without waiting, and
   *   ends the work but for COMMIT. Each is run anew at each try.
   * @returns what `faire` gave, durable. Throws what it throws, undone; VGM-NOY-005 when the server is out of reach, or when
   *   the fate of COMMIT stays unknown.
   */
  async transaction<T>(travail: {
    readonly avant: (base: Base) => Promise<void>;
    readonly faire: (base: Base) => Promise<T>;
  }): Promise<T> {
    for (let essai = 1; ; essai += 1) {
      let session: Session | null = null;
      let resultat: T;
      try {
        session = await this.#ouvrir();
        await travail.avant(session);
        resultat = await this.#jusquaCommit(session, travail.faire);
      } catch (cause) {
        const dite = session === null ? !estCoupure(cause) : await this.#defaire(session);
        if (dite) throw cause;
        if (essai < ESSAIS_MAX) continue;
        throw estPanne(cause) ? cause : panneStockage(PERDUE, cause);
      }
      if (await this.#commettre(session)) return resultat;
      if (essai >= ESSAIS_MAX) throw panneStockage(PERDUE);
    }
  }

  async #jusquaCommit<T>(session: Session, faire: (base: Base) => Promise<T>): Promise<T> {
    this.#lot += 1;
    const { ecrivain, quand } = this.#outils;
    const signature = { ecrivain, lot: this.#lot, quand: quand() };
    const debut = [session.executer('BEGIN'), session.ecrire(SIGNATURE, signature)] as const;
    const [, , resultat] = await tenirTous([...debut, faire(session)] as const);
    return resultat;
  }

  /** @returns false when it was undone with its session, and may run again. Throws when the server refuses it. */
  async #commettre(session: Session): Promise<boolean> {
    try {
      const dit = await session.executer('COMMIT');
      if (dit !== 'COMMIT') throw panneStockage('transaction annulée par PostgreSQL');
      return true;
    } catch (cause) {
      // A session that still answers has told the truth: nothing landed.
      if (await this.#defaire(session)) throw cause;
      return this.#sort(cause);
    }
  }

  /** @returns whether the session answers: then the transaction is undone, for certain. */
  async #defaire(session: Session): Promise<boolean> {
    try {
      await session.executer('ROLLBACK');
      return true;
    } catch {
      session.abandonner();
      this.#coupee = true;
      return false;
    }
  }

  async #sort(cause: unknown): Promise<boolean> {
    const lot = this.#lot;
    const limite = performance.now() + this.#outils.patience.sort;
    for (;;) {
      try {
        const session = await this.#ouvrir();
        const dernier = await session.ligne<{ lot: number }>(DERNIER, { ecrivain: this.#outils.ecrivain });
        if (dernier !== undefined) return dernier.lot === lot;
        throw panneStockage(PERDUE);
      } catch {
        if (performance.now() > limite)
          throw panneStockage('connexion perdue pendant l’enregistrement, dont le sort est inconnu', cause);
        await setTimeout(PAS_MS);
      }
    }
  }

  async #ouvrir(): Promise<Session> {
    if (this.#session !== null && !this.#session.fin.aborted) return this.#session;
    this.#coupee ||= this.#session !== null;
    const outils = { ...this.#outils, reponseMs: this.#outils.patience.reponse };
    const session = await Session.ouvrir(outils, this.#nom).catch((cause: unknown) => {
      throw cause instanceof ErreurVgm && !estPanne(cause) ? panneServeur(cause) : cause;
    });
    this.#session = session;
    await this.#reprendre(session);
    return session;
  }

  /** What must stand, and what must be gone, before this session writes. */
  async #reprendre(session: Session): Promise<void> {
    const { ecrivain, quand } = this.#outils;
    try {
      if (!this.#inscrit) await session.ecrire(INSCRIPTION, { ecrivain, quand: quand() });
      this.#inscrit = true;
      // Where it is not allowed, the server cuts them by itself a little later.
      if (this.#coupee) await session.lignes(FANTOMES, { nom: this.#nom });
      this.#coupee = false;
    } catch (cause) {
      if (!this.#inscrit || estPanne(cause)) {
        session.abandonner();
        throw cause;
      }
      this.#coupee = false;
    }
  }

  async fermer(): Promise<void> {
    await this.#session?.fermer();
    this.#session = null;
  }
}
