import { Redis, type RedisOptions } from 'ioredis';
import type { Config } from '../../config/manifest.ts';
import { erreurNoeud } from '../../metier/catalogue/noeud.ts';
import type { ErreurVgm, FicheErreur } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { ecrireSigne, refusDAcces, refusDEcrire, verifierRedis } from './reglage-redis.ts';

/** Settings, with what their files hold. */
export type ReglageRedis = Config['repartition']['redis'] & {
  /** Password; empty = none. */
  readonly secret: string;
  /** PEM; empty = those of the system. */
  readonly autorites: string;
};

/** Left to one command of ours; a server that keeps silent for longer is down. Milliseconds. */
const SILENCE = 3_000;
/** Left to the first answer when the daemon starts. Milliseconds. */
const PREMIER = 3_000;
const PULSATION = 1_000;
/** Longest wait between two tries to connect. Milliseconds. */
const ESSAI_MAX = 2_000;
/** A line on which nothing comes back for so long is half open. Milliseconds. */
const MUTISME = 15_000;

/** `replyMapping` keeps the default of the client. */
type OptionsLigne = Omit<RedisOptions, 'replyMapping'>;

function lieu(adresse: string): OptionsLigne {
  if (adresse.startsWith('/')) return { path: adresse };
  const deux = adresse.lastIndexOf(':');
  return { host: adresse.slice(0, deux).replace(/^\[|\]$/g, ''), port: Number(adresse.slice(deux + 1)) };
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connexion refusée',
  ENOENT: 'socket absent',
  EACCES: 'droits insuffisants sur le socket',
  ENOTFOUND: 'nom d’hôte inconnu',
  EHOSTUNREACH: 'hôte inaccessible',
  ETIMEDOUT: 'délai de connexion dépassé',
  ECONNRESET: 'connexion coupée',
};

function detailDe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'connexion coupée';
  const code = 'code' in cause ? String(cause.code) : '';
  return CAUSES[code] ?? (code === '' ? 'pas de réponse' : code);
}

/**
 * The line to Redis that announcements leave by, and what is known of the server: it answers and is fit, or why not. It never
 * holds anything up: what is asked while it is down fails at once.
 */
export class Liaison {
  readonly redis: Redis;
  readonly #reglage: ReglageRedis;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #fin = new AbortController();
  readonly #ecoutes = new Set<() => void>();
  #erreur: ErreurVgm | null;
  #verdict = Promise.withResolvers<void>();
  #detail: unknown;
  #pouls: Promise<void>;

  constructor(reglage: ReglageRedis, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#reglage = reglage;
    this.#clock = clock;
    this.#log = log;
    this.#erreur = this.#injoignable('pas encore de réponse');
    this.redis = new Redis({ ...this.options(), enableOfflineQueue: false, commandTimeout: SILENCE });
    this.redis.on('error', (cause: unknown) => {
      this.#detail = cause;
    });
    this.redis.on('ready', () => void this.#verifier());
    this.redis.on('close', () => this.#perdre(this.#detail));
    this.#pouls = this.#battre();
  }

  /** For connections made by others: once we stop, none of them tries again. */
  options(): OptionsLigne {
    const { adresse, base, utilisateur, secret, tls, autorites } = this.#reglage;
    return {
      ...lieu(adresse),
      db: base,
      ...(utilisateur === '' ? {} : { username: utilisateur }),
      ...(secret === '' ? {} : { password: secret }),
      ...(tls ? { tls: { minVersion: 'TLSv1.2', ...(autorites === '' ? {} : { ca: autorites }) } } : {}),
      connectTimeout: SILENCE,
      socketTimeout: MUTISME,
      maxRetriesPerRequest: null,
      retryStrategy: (essais) =>
        this.#fin.signal.aborted ? null : Math.min(ESSAI_MAX, 50 * 2 ** Math.min(essais, 10)),
    };
  }

  get prete(): boolean {
    return this.#erreur === null;
  }

  get erreur(): FicheErreur | null {
    return this.#erreur?.fiche ?? null;
  }

  /** Told each time the line becomes ready, or is no longer. */
  ecouter(suivre: () => void): () => void {
    this.#ecoutes.add(suivre);
    return () => this.#ecoutes.delete(suivre);
  }

  /** Resolves when the server is known to be fit, or out of reach. Throws VGM-REP-001 or -003 when it cannot serve. */
  async connaitre(): Promise<void> {
    const assez = new AbortController();
    await Promise.race([this.#verdict.promise, this.#clock.sleep(PREMIER, assez.signal)]);
    assez.abort();
    if (this.#erreur?.fiche.nature === 'definitive') throw this.#erreur;
  }

  async fermer(): Promise<void> {
    this.#fin.abort();
    this.#ecoutes.clear();
    this.redis.disconnect();
    await this.#pouls;
  }

  #injoignable(detail: string, cause?: unknown): ErreurVgm {
    return erreurNoeud('VGM-REP-002', { adresse: this.#reglage.adresse, detail }, cause);
  }

  #noter(erreur: ErreurVgm | null): void {
    if (this.#fin.signal.aborted) return;
    const avant = this.#erreur;
    this.#erreur = erreur;
    this.#verdict.resolve();
    if (avant?.fiche.message === erreur?.fiche.message) return;
    if (erreur === null) this.#log.info('Redis répond : le travail est réparti');
    else
      this.#log.error('Redis ne sert plus : chaque nœud cherche lui-même le travail', {
        code: erreur.fiche.code,
        detail: erreur.fiche.message,
      });
    for (const suivre of this.#ecoutes) suivre();
  }

  #perdre(cause: unknown): void {
    const refus = refusDAcces(this.#reglage.adresse, cause);
    // What makes it unfit stays true until it is looked at again.
    if (refus === null && this.#erreur?.fiche.code === 'VGM-REP-001') return;
    const { adresse } = this.#reglage;
    this.#noter(refus ?? refusDEcrire(adresse, cause) ?? this.#injoignable(detailDe(cause), cause));
  }

  async #verifier(): Promise<void> {
    const { adresse, prefixe } = this.#reglage;
    try {
      const defaut = await verifierRedis(this.redis, adresse);
      if (defaut === null) await ecrireSigne(this.redis, prefixe);
      this.#noter(defaut);
    } catch (cause) {
      this.#perdre(cause);
    }
  }

  /** A server that stands still keeps its connections open: only a write that is answered proves that it serves. */
  async #battre(): Promise<void> {
    const { signal } = this.#fin;
    while (!signal.aborted) {
      await this.#clock.sleep(PULSATION, signal);
      if (signal.aborted || this.redis.status !== 'ready') continue;
      try {
        await ecrireSigne(this.redis, this.#reglage.prefixe);
        if (!this.prete) await this.#verifier();
      } catch (cause) {
        this.#perdre(cause);
      }
    }
  }
}
