import { setTimeout } from 'node:timers/promises';
import { ErreurVgm } from '../../../metier/erreurs.ts';
import { estPanne, FERMEE, panneStockage } from '../panne.ts';
import { panneServeur } from './erreurs.ts';
import { type OutilsSession, Session } from './session.ts';

/** One lock for each name in each schema: several stores may share a base. */
const CLE = `hashtextextended(current_schema() || '/' || :nom::text, 0)`;
const PRISE = `SELECT pg_try_advisory_lock(${CLE}) AS pris`;
/** Whoever has the name, or only if it is one of those; a key of 64 bits is shown by its halves. */
const COUPE = `SELECT pg_terminate_backend(l.pid) FROM pg_locks l, (SELECT ${CLE} AS cle) c
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = ((c.cle >> 32) & 4294967295)::oid AND l.objid = (c.cle & 4294967295)::oid
  AND l.pid <> pg_backend_pid() AND (:pids::int[] IS NULL OR l.pid = ANY(:pids))`;
const ABANDON = 'SELECT pg_advisory_unlock_all()';
const SIGNE = 'SELECT 1 AS un';
/** A machine that vanishes closes no line: the server looks for it itself, and gives its name back within half a minute. */
const ENTRETIEN = `SELECT set_config('tcp_keepalives_idle', '10', false),
  set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)`;

/** Left to the server to answer, and to end a session of ours that was cut. Milliseconds. */
const REPONSE_MS = 5_000;
const FANTOME_MS = 2_000;
const PAS_MS = 100;
/** Longest wait between two tries to take a lost name back. Milliseconds. */
const ESSAI_MAX_MS = 1_000;

/**
 * The name of this daemon, as a lock of a session that does nothing else and lives as long as the daemon: the system of a process
 * that was killed closes its line, and the server frees the name at once. Lost with its session (a server that restarts), it is
 * taken back as soon as the server answers.
 */
export class NomTenu {
  readonly #outils: OutilsSession;
  readonly #arret = new AbortController();
  #session: Session | null = null;
  /** The session that holds it. */
  #tenante: Session | null = null;
  /** What we hold, or want back. */
  #nom: string | null = null;
  /** Our sessions that were cut, and may not know it yet: processes of the server. */
  #fantomes: number[] = [];
  #tour: Promise<unknown> = Promise.resolve();
  #reprise: Promise<void> = Promise.resolve();

  constructor(outils: OutilsSession) {
    this.#outils = { ...outils, reponseMs: REPONSE_MS };
  }

  /** @returns false when another session has it. Throws VGM-NOY-005. */
  tenir(nom: string): Promise<boolean> {
    return this.#chacunSonTour((session) => this.#tenir(session, nom));
  }

  /** Cuts whoever else has it. Throws VGM-NOY-005, also where the role may not do it. */
  evincer(nom: string): Promise<void> {
    return this.#chacunSonTour(async (session) => {
      await session.lignes(COUPE, { nom, pids: null });
    });
  }

  /** Gives it back. */
  laisser(): Promise<void> {
    this.#nom = null;
    if (this.#session === null) return Promise.resolve();
    return this.#chacunSonTour(async (session) => {
      this.#tenante = null;
      await session.ligne(ABANDON);
    });
  }

  async fermer(): Promise<void> {
    this.#arret.abort();
    await this.#reprise;
    await this.#tour.catch(() => undefined);
    await this.#session?.fermer();
  }

  /** A session that fails us is given up: the server may hold it all the same, and the next one then cuts it. */
  #chacunSonTour<T>(faire: (session: Session) => Promise<T>): Promise<T> {
    const tour = this.#tour
      .catch(() => undefined)
      .then(async () => {
        const session = await this.#ouvrir();
        return faire(session).catch((cause: unknown) => {
          session.abandonner();
          throw cause;
        });
      });
    this.#tour = tour;
    return tour;
  }

  async #tenir(session: Session, nom: string): Promise<boolean> {
    if (this.#tenante === session && this.#nom === nom) {
      await session.ligne(SIGNE);
      return true;
    }
    const limite = performance.now() + FANTOME_MS;
    while ((await session.ligne<{ pris: boolean }>(PRISE, { nom }))?.pris !== true) {
      const coupees = await session.lignes(COUPE, { nom, pids: this.#fantomes });
      if (coupees.length === 0 || performance.now() > limite) return false;
      await setTimeout(PAS_MS);
    }
    this.#nom = nom;
    this.#tenante = session;
    this.#fantomes = [];
    session.fin.addEventListener('abort', () => {
      this.#reprise = this.#reprendre(nom);
    });
    return true;
  }

  async #ouvrir(): Promise<Session> {
    if (this.#arret.signal.aborted) throw panneStockage(FERMEE);
    if (this.#session?.fin.aborted === false) return this.#session;
    if (this.#session !== null) this.#fantomes.push(this.#session.faits.pid);
    this.#session = null;
    try {
      this.#session = await Session.ouvrir(this.#outils, 'vaguemestre nom');
      await this.#session.ligne(ENTRETIEN);
      return this.#session;
    } catch (cause) {
      throw cause instanceof ErreurVgm && !estPanne(cause) ? panneServeur(cause) : cause;
    }
  }

  async #reprendre(nom: string): Promise<void> {
    const { signal } = this.#arret;
    for (let attente = PAS_MS; ; attente = Math.min(ESSAI_MAX_MS, attente * 2)) {
      await setTimeout(attente, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.#nom !== nom) return;
      if (await this.tenir(nom).catch(() => false)) return;
    }
  }
}
