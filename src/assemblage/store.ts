import { join } from 'node:path';
import type { Config } from '../config/manifest.ts';
import { ecritureQuiAnnonce } from '../engine/annonces.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Repartition } from '../ports/repartition.ts';
import type { Store } from '../ports/store.ts';

export interface OutilsStore {
  readonly clock: Clock;
  readonly random: Random;
  readonly version: string;
  readonly repartition: Repartition;
}

/** Name of the base inside the data folder; its lock is that of the folder, whatever the store. */
const FICHIER = 'vaguemestre.sqlite';

/** The state and the journal, by the settings, whose writes tell what they made due. */
export async function ouvrirStore(config: Config, outils: OutilsStore): Promise<Store> {
  const { repartition } = outils;
  const brut =
    config.stockage.type === 'sqlite' ? await embarque(config, outils) : await partage(config, outils);
  return {
    ...brut,
    ecriture: ecritureQuiAnnonce(brut.ecriture, (annonces) => repartition.annoncer(annonces)),
    fermer: () => brut.fermer(),
  };
}

async function embarque({ donnees }: Config, outils: OutilsStore): Promise<Store> {
  const { ouvrirStoreSqlite } = await import('../adapters/store/sqlite/store.ts');
  return ouvrirStoreSqlite({ fichier: join(donnees, FICHIER), ...outils });
}

/** The folder still belongs to one daemon: its socket, its drafts, its trust store. */
async function partage(config: Config, outils: OutilsStore): Promise<Store> {
  const { verrouillerBase } = await import('../adapters/store/sqlite/ouverture.ts');
  const liberer = verrouillerBase(join(config.donnees, FICHIER));
  try {
    const store = await ouvrirPostgres(config, outils);
    const fermer = async (): Promise<void> => {
      await store.fermer();
      liberer();
    };
    return { ...store, fermer };
  } catch (cause) {
    liberer();
    throw cause;
  }
}

async function ouvrirPostgres(config: Config, outils: OutilsStore): Promise<Store> {
  const { clock, random, version, repartition } = outils;
  // An embedded daemon does not load the client of PostgreSQL.
  const [{ accesDe }, { ouvrirStorePostgres }] = await Promise.all([
    import('../adapters/store/postgres/acces.ts'),
    import('../adapters/store/postgres/store.ts'),
  ]);
  return ouvrirStorePostgres({
    acces: await accesDe(config),
    connexions: config.stockage.postgres.connexions,
    clock,
    random,
    version,
    // Redis, where there is one, tells the nodes by itself.
    ...(config.repartition.type === 'locale'
      ? { surAnnonce: (file) => repartition.annoncer([{ file, id: '', ver: 0, due: clock.now() }]) }
      : {}),
  });
}
