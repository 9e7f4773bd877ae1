import { existsSync } from 'node:fs';
import type { Migration } from '../../adapters/store/marche.ts';
import { accesDe } from '../../adapters/store/postgres/acces.ts';
import { exigerSeul } from '../../adapters/store/postgres/demenagement.ts';
import * as postgres from '../../adapters/store/postgres/migrer.ts';
import { ouvrirArretee as ouvrirPostgres } from '../../adapters/store/postgres/ouverture.ts';
import { Requetes } from '../../adapters/store/postgres/requetes.ts';
import { MIGRATIONS as POSTGRES } from '../../adapters/store/postgres/schema.ts';
import type { Session } from '../../adapters/store/postgres/session.ts';
import * as sqlite from '../../adapters/store/sqlite/migrer.ts';
import { ouvrirArretee as ouvrirSqlite } from '../../adapters/store/sqlite/ouverture.ts';
import { Base } from '../../adapters/store/sqlite/pilote.ts';
import { MIGRATIONS as SQLITE } from '../../adapters/store/sqlite/schema.ts';
import { nommer } from '../../adapters/store/transfert/transferer.ts';
import { erreurStockage } from '../../metier/catalogue/stockage.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { type Lieux, PATIENCE } from './contexte.ts';

/** The schema of the base that serves, and its way up or down. */

export interface Marche {
  readonly numero: number;
  readonly apporte: string;
  /** What going down again takes away; null: there is no going down. */
  readonly perd: string | null;
  /** What forbids going down, as the base now is. */
  readonly retient: readonly string[];
}

export interface EtatSchema {
  readonly type: Lieux['config']['stockage']['type'];
  /** French: where the base is. */
  readonly base: string;
  readonly schema: number;
  /** Present one of this program. */
  readonly programme: number;
  readonly marches: readonly Marche[];
}

type Faits = readonly { readonly numero: number; readonly faits: readonly string[] }[];

function marchesDe(migrations: readonly Migration[], faits: Faits): readonly Marche[] {
  const retenus = new Map(faits.map((f) => [f.numero, f.faits]));
  return migrations.map(({ apporte, descend }, rang) => ({
    numero: rang + 1,
    apporte,
    perd: descend?.perd ?? null,
    retient: retenus.get(rang + 1) ?? [],
  }));
}

/** Reads, beside a daemon that runs or not. Throws VGM-STO-002 to -006, VGM-STO-013, VGM-NOY-005. */
export function lireSchema(lieux: Lieux): Promise<EtatSchema> {
  return lieux.config.stockage.type === 'sqlite' ? lireSqlite(lieux) : lirePostgres(lieux);
}

async function lireSqlite({ fichier }: Lieux): Promise<EtatSchema> {
  if (!existsSync(fichier)) throw erreurStockage('VGM-STO-013', { fichier });
  const base = new Base(fichier, PATIENCE, true);
  try {
    const schema = sqlite.versionDe(base);
    const connue = schema <= SQLITE.length;
    const marches = marchesDe(SQLITE, connue ? sqlite.faitsRetenus(base, schema, 0) : []);
    return { type: 'sqlite', base: fichier, schema, programme: SQLITE.length, marches };
  } finally {
    base.fermer();
  }
}

async function lirePostgres({ config }: Lieux): Promise<EtatSchema> {
  return enSession(config, async (session, base) => {
    const schema = await postgres.versionDe(session);
    const connue = schema <= POSTGRES.length;
    const marches = marchesDe(POSTGRES, connue ? await postgres.faitsRetenus(session, schema, 0) : []);
    return { type: 'postgres', base, schema, programme: POSTGRES.length, marches };
  });
}

async function enSession<T>(
  config: Lieux['config'],
  faire: (session: Session, nom: string) => Promise<T>,
): Promise<T> {
  const acces = await accesDe(config);
  const session = await ouvrirPostgres({ acces, requetes: new Requetes() });
  try {
    return await faire(session, nommer(acces));
  } finally {
    await session.fermer();
  }
}

/**
 * Brings the base, that no daemon holds, to a schema from 1 to that of the program. Throws VGM-NOY-007, VGM-STO-001, 012, 013 and
 * 019: nothing changed.
 */
export async function changerSchema(lieux: Lieux, vers: number, quand: Instant): Promise<void> {
  if (lieux.config.stockage.type === 'sqlite') {
    const { base, fermer } = ouvrirSqlite(lieux.fichier);
    try {
      sqlite.amener(base, lieux.fichier, vers);
    } finally {
      fermer();
    }
    return;
  }
  await enSession(lieux.config, (session, serveur) => {
    const avant = () => exigerSeul(session, { serveur, patience: PATIENCE });
    return postgres.amener(session, { serveur, quand, avant }, vers);
  });
}
