import { Pool } from 'pg';
import { ErreurVgm } from '../../../metier/erreurs.ts';
import { estPanne, FERMEE, panneStockage } from '../panne.ts';
import { estCoupure, panneServeur, traduire } from './erreurs.ts';
import { type Base, type Parametres, valeursDe } from './requetes.ts';
import { exigerSurete, type FaitsServeur, PREPARATION } from './serveur.ts';
import { nomServeur, type OutilsSession, reglagesClient } from './session.ts';

/** An idle connection is kept so long; milliseconds. */
const REPOS_MS = 60_000;
/** For a connection, new or given back by another read; milliseconds. */
const ATTENTE_MS = 10_000;
/** Connections found dead by the same read before it gives up: each of those kept may have died with the server. */
const MORTES_MAX = 2;

export interface OutilsReserve extends OutilsSession {
  readonly connexions: number;
}

/**
 * Connections for reads and for statements that stand alone. A dead one is replaced; a read that it interrupts is run again, a
 * write is not: its fate is unknown.
 */
export class Reserve implements Base {
  readonly #pool: Pool;
  readonly #outils: OutilsReserve;
  #fermee = false;

  constructor(outils: OutilsReserve) {
    this.#outils = outils;
    this.#pool = new Pool({
      ...reglagesClient(outils.acces, 'vaguemestre'),
      max: outils.connexions,
      idleTimeoutMillis: REPOS_MS,
      connectionTimeoutMillis: ATTENTE_MS,
      onConnect: async (client) => {
        const { rows } = await client.query<FaitsServeur>(PREPARATION);
        for (const faits of rows) exigerSurete(nomServeur(outils.acces), faits);
      },
    });
    // An idle connection that dies is already out of the pool.
    this.#pool.on('error', () => undefined);
  }

  async lignes<L>(sql: string, valeurs: Parametres = {}): Promise<L[]> {
    for (let mortes = 0; ; mortes += 1) {
      try {
        return (await this.#demander(sql, valeurs)).rows as L[];
      } catch (origine) {
        if (mortes === MORTES_MAX || !estCoupure(origine)) throw this.#panne(origine);
      }
    }
  }

  async ligne<L>(sql: string, valeurs: Parametres = {}): Promise<L | undefined> {
    return (await this.lignes<L>(sql, valeurs))[0];
  }

  async ecrire(sql: string, valeurs: Parametres = {}): Promise<number> {
    return (await this.#ecrire(sql, valeurs)).rowCount ?? 0;
  }

  /** A write that gives rows back: never run again by itself. */
  async changer<L>(sql: string, valeurs: Parametres): Promise<L[]> {
    return (await this.#ecrire(sql, valeurs)).rows as L[];
  }

  async #ecrire(sql: string, valeurs: Parametres) {
    try {
      return await this.#demander(sql, valeurs);
    } catch (origine) {
      throw this.#panne(origine);
    }
  }

  #demander(sql: string, valeurs: Parametres) {
    if (this.#fermee) throw panneStockage(FERMEE);
    const { name, text, noms } = this.#outils.requetes.lire(sql);
    return this.#pool.query({ name, text, values: valeursDe(noms, valeurs) });
  }

  /** What the server has become since the store was opened is never the fault of who asks. */
  #panne(origine: unknown): ErreurVgm {
    return origine instanceof ErreurVgm && !estPanne(origine) ? panneServeur(origine) : traduire(origine);
  }

  async fermer(): Promise<void> {
    if (this.#fermee) return;
    this.#fermee = true;
    await this.#pool.end();
  }
}
