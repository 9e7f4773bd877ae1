import type { DemandeTravail, FileTravail, TableTravail } from '../../../ports/store.ts';
import { estPanne } from '../panne.ts';
import type { Reserve } from './reserve.ts';

/** Leases: each row to one worker, whatever the number of nodes. */

/** One statement, one transaction: a row that another transaction holds is left to it, one taken meanwhile is no longer due. */
const louer = (table: TableTravail, colonnes: string, enFile: boolean): string => `
WITH prises AS MATERIALIZED (
  SELECT t.id, c.rang FROM unnest(:ids::text[]) WITH ORDINALITY AS c (id, rang) JOIN ${table} t ON t.id = c.id
  WHERE t.echeance <= :quand ${enFile ? 'AND t.file = :file' : ''}
  ORDER BY c.rang LIMIT :nombre FOR NO KEY UPDATE OF t SKIP LOCKED)
UPDATE ${table} AS t SET bail = :bail, bail_par = :proprietaire FROM prises p WHERE t.id = p.id
RETURNING ${colonnes.replaceAll(/\w+/g, (colonne) => `t.${colonne}`)}`;

/** Rows held in the order in which batches hold them. */
const parOrdre = (table: TableTravail, condition: string): string =>
  `id = ANY(ARRAY(SELECT id FROM ${table} WHERE ${condition} ORDER BY id FOR NO KEY UPDATE))`;

const prolonger = (table: TableTravail): string => `UPDATE ${table} SET bail = :bail
  WHERE ${parOrdre(table, 'id = ANY(:ids) AND bail_par = :proprietaire')} RETURNING id`;

const liberer = (table: TableTravail, condition: string): string =>
  `UPDATE ${table} SET bail = NULL, bail_par = NULL WHERE ${parOrdre(table, condition)}`;

const TABLES: readonly TableTravail[] = ['flux', 'retours', 'livraisons'];

interface Douteux {
  readonly ids: readonly string[];
  readonly proprietaire: string;
  readonly bail: number;
}

/** Rows chosen that went to other nodes: a claim chooses again so many times. */
const CHOIX_MAX = 3;

interface Source {
  readonly table: TableTravail;
  readonly colonnes: string;
  readonly choisir: (demande: DemandeTravail) => Promise<readonly string[]>;
}

export class Baux {
  readonly #base: Reserve;
  /** One claim at a time in each table: those of one daemon would choose the same rows. */
  readonly #tours = new Map<TableTravail, Promise<unknown>>();
  /** Leases whose answer was lost: nobody works on them, and they might have been written. */
  readonly #douteux = new Map<TableTravail, Douteux[]>();

  constructor(base: Reserve) {
    this.#base = base;
  }

  /** @returns the rows leased, in the order chosen. */
  reclamer<L extends { readonly id: string }>(demande: DemandeTravail, source: Source): Promise<L[]> {
    if (demande.nombre < 1) return Promise.resolve([]);
    const avant = this.#tours.get(source.table) ?? Promise.resolve();
    const tour = avant.catch(() => undefined).then(() => this.#reclamer<L>(demande, source));
    this.#tours.set(source.table, tour);
    return tour;
  }

  async #reclamer<L extends { readonly id: string }>(demande: DemandeTravail, source: Source): Promise<L[]> {
    await this.#leverDoutes(source.table);
    const louees: L[] = [];
    for (let choix = 1; choix <= CHOIX_MAX; choix += 1) {
      const nombre = demande.nombre - louees.length;
      const sauf = [...(demande.sauf ?? []), ...louees.map((l) => l.id)];
      const ids = await source.choisir({ ...demande, nombre, sauf });
      const prises = ids.length === 0 ? [] : await this.#louer<L>({ ...demande, nombre }, source, ids);
      louees.push(...prises);
      // A row announced that is not due is no row that went to another.
      if (prises.length === ids.length || louees.length === demande.nombre || demande.seuls !== undefined)
        break;
    }
    return louees;
  }

  async #louer<L extends { readonly id: string }>(
    demande: DemandeTravail,
    source: Source,
    ids: readonly string[],
  ): Promise<L[]> {
    const { table, colonnes } = source;
    const { quand, nombre, proprietaire, bail, file } = demande;
    const enFile = table === 'flux' && file !== undefined;
    const valeurs = { ids, quand, nombre, proprietaire, bail, file: file ?? null };
    try {
      const louees = await this.#base.changer<L>(louer(table, colonnes, enFile), valeurs);
      return louees.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    } catch (cause) {
      if (estPanne(cause))
        this.#douteux.set(table, [...(this.#douteux.get(table) ?? []), { ids, proprietaire, bail }]);
      throw cause;
    }
  }

  async #leverDoutes(table: TableTravail): Promise<void> {
    for (const doute of this.#douteux.get(table) ?? []) {
      const condition = 'id = ANY(:ids) AND bail_par = :proprietaire AND bail = :bail';
      await this.#base.ecrire(liberer(table, condition), { ...doute });
    }
    this.#douteux.delete(table);
  }

  async renouveler(demande: Parameters<FileTravail['renouveler']>[0]): Promise<string[]> {
    const { table, ids, proprietaire, bail } = demande;
    const tenues = await this.#base.changer<{ id: string }>(prolonger(table), { ids, proprietaire, bail });
    return tenues.map((l) => l.id);
  }

  async liberer(proprietaire: string): Promise<void> {
    for (const table of TABLES) {
      await this.#base.ecrire(liberer(table, 'bail_par = :proprietaire'), { proprietaire });
    }
  }
}
