/** The engine of one node on PostgreSQL and BullMQ, both servers on the same cores. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { ouvrirRepartitionBullmq } from '../../src/adapters/repartition/bullmq.ts';
import type { ReglageRedis } from '../../src/adapters/repartition/liaison.ts';
import { ouvrirStorePostgres } from '../../src/adapters/store/postgres/store.ts';
import { type BaseVide, demarrerPostgres } from '../serveurs/postgres.ts';
import { demarrerRedis } from '../serveurs/redis.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { etalonFsync } from './monde.ts';
import { type Noyau, ouvrirNoyau } from './noyau-monde.ts';

const FLUX = 1000;
const TOURS = 7;
const CONNEXIONS = 4;

interface Serveurs {
  readonly base: BaseVide;
  readonly redis: string;
}

async function partage(dossier: string, { base, redis }: Serveurs): Promise<Noyau> {
  const clock = creerClockSysteme();
  const random = creerRandomSysteme(clock);
  const { motDePasse, secretFichier: _, ...lieu } = base;
  const store = await ouvrirStorePostgres({
    clock,
    random,
    acces: { ...lieu, motDePasse: async () => motDePasse, tls: null },
    connexions: CONNEXIONS,
    version: 'banc',
    ecartHorloge: 60_000,
  });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const repartition = await ouvrirRepartitionBullmq(reglageRedis(redis), { clock, log });
  return ouvrirNoyau({ dossier, clock, random, store, repartition });
}

const reglageRedis = (adresse: string): ReglageRedis => ({
  adresse,
  base: 0,
  utilisateur: '',
  secret_fichier: '',
  secret: '',
  tls: false,
  autorites: '',
  prefixe: 'banc',
});

export async function mesurerNoyauPartage(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-partage-'));
  const [postgres, redis] = [await demarrerPostgres(), await demarrerRedis()];
  try {
    const fsync = etalonFsync(dossier, 500);
    const noyau = await partage(dossier, { base: await postgres.creerBase(), redis: redis.adresse });
    await noyau.tour(FLUX);
    const tours: number[] = [];
    for (let n = 1; n <= TOURS; n += 1) {
      tours.push(await noyau.tour(FLUX));
      dire(`  tour ${n} : ${Math.round(tours.at(-1) ?? 0)} flux/s sur PostgreSQL et BullMQ`);
    }
    await noyau.fermer();
    const flux = mediane(tours);
    dire(
      `Moteur d’un nœud sur PostgreSQL et BullMQ : ${Math.round(flux)} flux entiers par seconde, deux pièces de 20 ko chacun ` +
        `(${arrondi(flux / fsync)} de l’étalon d’écriture), les deux serveurs sur les mêmes cœurs.`,
    );
    return { flux_par_s_pg_bullmq: arrondi(flux, 1), flux_pg_sur_fsync: arrondi(flux / fsync, 3) };
  } finally {
    await redis.fermer();
    await postgres.fermer();
    await rm(dossier, { recursive: true, force: true });
  }
}
