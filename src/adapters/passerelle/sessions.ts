import type { Clock } from '../../ports/clock.ts';
import { FautePair } from './fautes.ts';
import type { Session } from './session.ts';

/** A reason of our own: the default one would build an exception at each loan. */
const REVEIL = 'reveil';

/** Opens connections and keeps the idle ones for a while: a deposit costs a few round trips instead of a handshake. */
export class Sessions {
  readonly #ouvrir: () => Promise<Session>;
  readonly #clock: Clock;
  readonly #reposMs: number;
  /** Idle ones, with what cancels their bedtime. */
  readonly #oisives = new Map<Session, AbortController>();
  #fermee = false;

  constructor(ouvrir: () => Promise<Session>, clock: Clock, reposMs: number) {
    this.#ouvrir = ouvrir;
    this.#clock = clock;
    this.#reposMs = reposMs;
  }

  /**
   * Lends a connection for one piece of work. One that failed on the line, or for an unknown reason, is hung up.
   * @param rejouable true while nothing was asked that may not be asked twice: an idle connection that turns out to be
   *   dead is then replaced, once.
   */
  async avec<T>(
    travail: (session: Session) => Promise<T>,
    rejouable: () => boolean = () => false,
  ): Promise<T> {
    const reprise = this.#reprendre();
    if (reprise === undefined) return this.#preter(await this.#ouvrir(), travail);
    try {
      return await this.#preter(reprise, travail);
    } catch (erreur) {
      if (!perdue(erreur) || !rejouable()) throw erreur;
      return this.#preter(await this.#ouvrir(), travail);
    }
  }

  /** A connection of its own, login included, hung up at the end. */
  async neuve<T>(travail: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#ouvrir();
    try {
      return await travail(session);
    } finally {
      session.fermer(session.vive);
    }
  }

  fermer(): void {
    this.#fermee = true;
    for (const [session, coucher] of this.#oisives) {
      coucher.abort(REVEIL);
      session.fermer(true);
    }
    this.#oisives.clear();
  }

  async #preter<T>(session: Session, travail: (session: Session) => Promise<T>): Promise<T> {
    try {
      const fait = await travail(session);
      this.#ranger(session);
      return fait;
    } catch (erreur) {
      if (erreur instanceof FautePair && !perdue(erreur)) this.#ranger(session);
      else session.fermer(false);
      throw erreur;
    }
  }

  #reprendre(): Session | undefined {
    for (const [session, coucher] of this.#oisives) {
      this.#oisives.delete(session);
      coucher.abort(REVEIL);
      if (session.vive) return session;
      session.fermer(false);
    }
    return undefined;
  }

  #ranger(session: Session): void {
    if (!session.vive || this.#fermee || this.#reposMs === 0) {
      session.fermer(session.vive);
      return;
    }
    const coucher = new AbortController();
    this.#oisives.set(session, coucher);
    void this.#clock.sleep(this.#reposMs, coucher.signal).then(() => {
      if (!coucher.signal.aborted && this.#oisives.delete(session)) session.fermer(true);
    });
  }
}

function perdue(erreur: unknown): boolean {
  return erreur instanceof FautePair && erreur.genre === 'ligne';
}
