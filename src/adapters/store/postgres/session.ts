import { setTimeout } from 'node:timers/promises';
import { Client, type ClientConfig, types } from 'pg';
import { panneStockage } from '../panne.ts';
import { traduire } from './erreurs.ts';
import { type Base, type Parametres, type Requetes, valeursDe } from './requetes.ts';
import { exigerSurete, type FaitsServeur, PREPARATION } from './serveur.ts';

/** Where the base is, and who we are there. */
export interface AccesPostgres {
  /** Name, address, or folder of the server's socket. */
  readonly hote: string;
  readonly port: number;
  readonly base: string;
  readonly utilisateur: string;
  /** Asked at each connection: changed, it needs no restart. */
  readonly motDePasse: () => Promise<string>;
  /** PEM authorities of the server's certificate, empty: those of the system; null: no TLS. */
  readonly tls: { readonly autorites: string } | null;
}

/** As people name it. */
export function nomServeur({ hote, port }: AccesPostgres): string {
  return hote.startsWith('/') ? `${hote} (port ${port})` : `${hote}:${port}`;
}

const INT8 = 20;
const CONNEXION_MS = 5_000;
/** A server that says nothing for so long is given up, and the connection with it. */
const REPONSE_MS = 30_000;
const KEEPALIVE_MS = 10_000;
const ADIEU_MS = 1_000;

/** Settings of a client of ours; none is left to the environment (PGHOST, PGPASSWORD…). */
export function reglagesClient(acces: AccesPostgres, nom: string, reponseMs = REPONSE_MS): ClientConfig {
  return {
    host: acces.hote,
    port: acces.port,
    database: acces.base,
    user: acces.utilisateur,
    password: acces.motDePasse,
    ssl: acces.tls === null ? false : acces.tls.autorites === '' ? {} : { ca: acces.tls.autorites },
    application_name: nom,
    client_encoding: 'UTF8',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    connectionTimeoutMillis: CONNEXION_MS,
    query_timeout: reponseMs,
    // Instants and counts stay far below 2^53.
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  };
}

export const PERDUE = 'connexion à PostgreSQL perdue';

export interface OutilsSession {
  readonly acces: AccesPostgres;
  readonly requetes: Requetes;
  /** Milliseconds that an answer may take; 0: no limit. */
  readonly reponseMs?: number;
}

/** One connection, whose statements are sent as they come, without waiting for the answers of those before. */
export class Session implements Base {
  readonly #client: Client;
  readonly #requetes: Requetes;
  readonly #fin = new AbortController();
  #faits: FaitsServeur | undefined;

  private constructor(client: Client, requetes: Requetes) {
    this.#client = client;
    this.#requetes = requetes;
    client.on('error', () => this.#fin.abort());
    client.on('end', () => this.#fin.abort());
  }

  /** Throws VGM-NOY-005 with the error of the driver as its cause, or what `exigerSurete` throws. */
  static async ouvrir({ acces, requetes, reponseMs }: OutilsSession, nom: string): Promise<Session> {
    const client = new Client({ ...reglagesClient(acces, nom, reponseMs), pipeline: true });
    const session = new Session(client, requetes);
    try {
      await client.connect();
      session.#faits = (await client.query<FaitsServeur>(PREPARATION)).rows[0];
      exigerSurete(nomServeur(acces), session.faits);
      return session;
    } catch (origine) {
      session.abandonner();
      throw traduire(origine);
    }
  }

  /** Aborted once the connection is gone; one that was cut may not know it yet. */
  get fin(): AbortSignal {
    return this.#fin.signal;
  }

  /** What the server said of itself when it was opened. */
  get faits(): FaitsServeur {
    if (this.#faits === undefined) throw panneStockage(PERDUE);
    return this.#faits;
  }

  async lignes<L>(sql: string, valeurs: Parametres = {}): Promise<L[]> {
    return (await this.#demander(sql, valeurs)).rows as L[];
  }

  async ligne<L>(sql: string, valeurs: Parametres = {}): Promise<L | undefined> {
    return (await this.lignes<L>(sql, valeurs))[0];
  }

  async ecrire(sql: string, valeurs: Parametres = {}): Promise<number> {
    return (await this.#demander(sql, valeurs)).rowCount ?? 0;
  }

  /** Runs statements that take no value (transaction, schema). @returns the last word of the server: `COMMIT`, `ROLLBACK`… */
  async executer(sql: string): Promise<string> {
    if (this.fin.aborted) throw panneStockage(PERDUE);
    try {
      const resultats = [await this.#client.query(sql)].flat();
      return resultats.at(-1)?.command ?? '';
    } catch (origine) {
      throw traduire(origine);
    }
  }

  surAnnonce(entendre: (annonce: { readonly pid: number; readonly texte: string }) => void): void {
    this.#client.on('notification', ({ processId, payload }) => {
      entendre({ pid: processId, texte: payload ?? '' });
    });
  }

  /** Leaves at once, without a word: what the server still does for it is undone there. */
  abandonner(): void {
    this.#fin.abort();
    this.#client.connection.stream.destroy();
  }

  /** Takes leave, of a server that answers. */
  async fermer(): Promise<void> {
    if (this.fin.aborted) return;
    this.#fin.abort();
    await Promise.race([this.#client.end(), setTimeout(ADIEU_MS, undefined, { ref: false })]);
    this.abandonner();
  }

  async #demander(sql: string, valeurs: Parametres) {
    if (this.fin.aborted) throw panneStockage(PERDUE);
    const { name, text, noms } = this.#requetes.lire(sql);
    try {
      return await this.#client.query({ name, text, values: valeursDe(noms, valeurs) });
    } catch (origine) {
      throw traduire(origine);
    }
  }
}
