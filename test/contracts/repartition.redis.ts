import { creerFakeLog } from '../../src/adapters/log/fake.ts';
import { ouvrirRepartitionBullmq } from '../../src/adapters/repartition/bullmq.ts';
import type { ReglageRedis } from '../../src/adapters/repartition/liaison.ts';
import type { Annonce, Repartition } from '../../src/ports/repartition.ts';
import { demarrerRedis, type OptionsRedis, type ServeurRedis } from '../serveurs/redis.ts';
import { annonce, clock } from './repartition.contract.ts';

/** A redis-server for a whole file, and nodes for each test. */
export class AtelierRedis {
  readonly redis: ServeurRedis;
  #ouverts: { fermer(): Promise<unknown> }[] = [];

  private constructor(redis: ServeurRedis) {
    this.redis = redis;
  }

  static async ouvrir(): Promise<AtelierRedis> {
    return new AtelierRedis(await demarrerRedis());
  }

  /** Keys of its own. */
  reglage(partie: Partial<ReglageRedis> = {}): ReglageRedis {
    return {
      adresse: this.redis.adresse,
      base: 0,
      utilisateur: '',
      secret_fichier: '',
      secret: '',
      tls: false,
      autorites: '',
      prefixe: `essai-${crypto.randomUUID()}`,
      ...partie,
    };
  }

  async noeud(reglage: ReglageRedis): Promise<Repartition> {
    const repartition = await ouvrirRepartitionBullmq(reglage, { clock, log: creerFakeLog() });
    this.#ouverts.unshift(repartition);
    return repartition;
  }

  /** Another server, for what would spoil the first one; it outlives the nodes that talk to it. */
  async serveur(options: OptionsRedis = {}): Promise<ServeurRedis> {
    const autre = await demarrerRedis(options);
    this.#ouverts.push(autre);
    return autre;
  }

  /** After each test. */
  async ranger(): Promise<void> {
    for (const ouvert of this.#ouverts.splice(0)) await ouvert.fermer();
  }

  async fermer(): Promise<void> {
    await this.redis.fermer();
  }
}

export function plusieurs(file: string, nombre: number): Annonce[] {
  return Array.from({ length: nombre }, (_, n) => annonce(file, n));
}
