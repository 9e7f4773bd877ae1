import type { Appel } from '../../parcours/appels.ts';
import { souffler } from '../../parcours/sol.ts';
import { EFFETS } from '../monde.ts';

/** Calls of which the answer too is held: what a peer has done and what we have heard of it are two things. */
const PAIRS: ReadonlySet<string> = new Set(['transport.remettre', 'passerelle.deposer', 'webhook.livrer']);

/** What waits for something else to be let through: not work under way. */
const ATTENTES = /^(?:transport|passerelle|session)\./;

/** Turns of the event loop without any call after which the engines are said to be still. */
const TOURS_CALMES = 60;
/** Calls after which they are said to run in circles. */
const APPELS_MAX = 4_000;
/** Longer than any work of a thread, were the machine loaded. Milliseconds. */
const PATIENCE = 60_000;
/** Calls remembered, for whoever asks what goes round in circles. */
const DERNIERS = 40;

/** One process, as the turnstile sees it. */
export interface Passant {
  readonly nom: string;
  /** Nothing of it goes on, reads included. */
  readonly arrete: boolean;
  /** What it asked never answers any more. */
  readonly mort: boolean;
  mourir(): void;
}

/** A call that stands before the turnstile. */
export interface Retenu {
  readonly passant: Passant;
  readonly nom: string;
  /** @param apres `mourir`: what was asked is done, and its author dies before it hears of it. */
  passer(apres?: 'mourir'): void;
}

/** The engines go on and on, though no time passes. */
export class SansRepos extends TypeError {
  constructor(noms: readonly string[]) {
    super(`never at rest: ${[...new Set(noms)].toSorted().join(', ')}`);
  }
}

export function jamais(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Holds every durable effect of several processes, and every answer of a peer, until the story lets it through: between two
 * of them anything may happen. Reads pass.
 */
export class Tourniquet {
  #retenus: Retenu[] = [];
  /** Names of the calls under way. */
  readonly #enCours: string[] = [];
  #appels = 0;
  /** Names of the last calls. */
  readonly #derniers: string[] = [];
  /** Effects let through. */
  passes = 0;

  /** In order of arrival; those of a process that stands still are left out. */
  get retenus(): readonly Retenu[] {
    return this.#retenus.filter((r) => !r.passant.arrete);
  }

  /** Does anything wait at all, were it of a process that stands still? */
  get vide(): boolean {
    return this.#retenus.length === 0;
  }

  /** What a process puts between its engine and the world. */
  appelDe(passant: Passant): Appel {
    return async (nom, faire) => {
      if (passant.mort) return jamais();
      this.#noter(nom);
      const sort = EFFETS.has(nom) || passant.arrete ? await this.#attendre(passant, nom) : 'vivre';
      const [issue] = await Promise.allSettled([this.compter(nom, faire)]);
      if (sort === 'mourir') passant.mourir();
      if (passant.mort) return jamais();
      if (PAIRS.has(nom) && (await this.#attendre(passant, `${nom}, its answer`)) === 'mourir') {
        passant.mourir();
        return jamais();
      }
      if (issue.status === 'rejected') throw issue.reason;
      return issue.value;
    };
  }

  /** Work that the engines are not at rest before it ends. */
  async compter<T>(nom: string, faire: () => Promise<T>): Promise<T> {
    if (!ATTENTES.test(nom)) this.#enCours.push(nom);
    try {
      return await faire();
    } finally {
      const rang = this.#enCours.indexOf(nom);
      if (rang >= 0) this.#enCours.splice(rang, 1);
      this.#appels += 1;
    }
  }

  /** Reads of a process that goes on again: only its effects are held. */
  reprendre(passant: Passant): void {
    for (const retenu of this.#retenus.filter((r) => r.passant === passant && !EFFETS.has(r.nom)))
      if (!retenu.nom.endsWith('its answer')) retenu.passer();
  }

  oublier(passant: Passant): void {
    this.#retenus = this.#retenus.filter((r) => r.passant !== passant);
  }

  /** Until nothing moves: all that is left waits at the turnstile, or for the hour. */
  async repos(): Promise<void> {
    const debut = { appels: this.#appels, quand: performance.now() };
    let vus = -1;
    for (let repos = 0; repos < TOURS_CALMES; repos += 1) {
      if (this.#enCours.length > 0 || this.#appels !== vus) repos = 0;
      vus = this.#appels;
      if (vus - debut.appels > APPELS_MAX) throw new SansRepos(this.#derniers);
      if (performance.now() - debut.quand > PATIENCE) throw new SansRepos(this.#enCours);
      await souffler();
    }
  }

  #noter(nom: string): void {
    this.#appels += 1;
    this.#derniers.push(nom);
    if (this.#derniers.length > DERNIERS) this.#derniers.shift();
  }

  #attendre(passant: Passant, nom: string): Promise<'vivre' | 'mourir'> {
    return new Promise((resolve) => {
      const retenu: Retenu = {
        passant,
        nom,
        passer: (apres) => {
          this.#retenus = this.#retenus.filter((r) => r !== retenu);
          this.passes += 1;
          resolve(apres ?? 'vivre');
        },
      };
      this.#retenus.push(retenu);
    });
  }
}
