import type { DemandeTravail, FileTravail, TableTravail } from '../../../ports/store.ts';
import type { Base } from './pilote.ts';

/**
 * Claiming: which rows to hand to a worker. A row is a job when `echeance` (due and lease, see schema.ts) is
 * past. Cost follows the number of rows taken and, under a backlog, the number of collectivités that wait for
 * something; never the number of finished flux nor the length of one depositor's queue.
 */

export type TableServie = 'flux' | 'livraisons';

interface Candidat {
  readonly id: string;
  readonly collectivite: string;
}

interface Borne {
  readonly quand: number;
  readonly nombre: number;
  /** Rows of each collectivité. */
  readonly part: number;
  readonly sauf: readonly string[];
}

/** Rows in hand are few and nearly always leased: left out here, the statement stays a plain index seek. */
export function prenables<C extends { readonly id: string }>(candidats: C[], sauf: readonly string[]): C[] {
  return sauf.length === 0 ? candidats : candidats.filter((c) => !sauf.includes(c.id));
}

/** Loose index scan: one seek per collectivité that waits, then one to see whether something is due. */
const collectivitesServies = (table: TableServie) => `
WITH RECURSIVE suite (c) AS (
  SELECT min(collectivite) FROM ${table} WHERE echeance IS NOT NULL
  UNION ALL
  SELECT (SELECT min(collectivite) FROM ${table} WHERE echeance IS NOT NULL AND collectivite > suite.c)
    FROM suite WHERE suite.c IS NOT NULL
)
SELECT c AS collectivite FROM suite
  WHERE c IS NOT NULL
  AND EXISTS (SELECT 1 FROM ${table} WHERE collectivite = suite.c AND echeance <= :quand)`;

/** Rotates so that the turn starts just after the collectivité served last. */
export function apres(collectivites: readonly string[], derniere: string): string[] {
  const rang = collectivites.findIndex((c) => c > derniere);
  return rang <= 0 ? [...collectivites] : [...collectivites.slice(rang), ...collectivites.slice(0, rang)];
}

/** One of each in turn, until `nombre`. */
function entrelacer(files: readonly (readonly Candidat[])[], nombre: number): Candidat[] {
  const pris: Candidat[] = [];
  for (let rang = 0; pris.length < nombre; rang += 1) {
    const tour = files.flatMap((f) => f[rang] ?? []);
    if (tour.length === 0) break;
    pris.push(...tour);
  }
  return pris.slice(0, nombre);
}

/** Chooses the rows of one claim, fair between collectivités; `derniere` remembers where the turn stopped. */
export class Tourniquet {
  readonly #base: Base;
  readonly #table: TableServie;
  #derniere = '';

  constructor(base: Base, table: TableServie) {
    this.#base = base;
    this.#table = table;
  }

  choisir(demande: DemandeTravail): string[] {
    const pris = this.#peu(demande) ?? this.#beaucoup(demande);
    this.#derniere = pris.at(-1)?.collectivite ?? this.#derniere;
    return pris.map((c) => c.id);
  }

  /** The usual case: everything due fits in one short read; undefined when there is more. */
  #peu({ quand, nombre, sauf = [] }: DemandeTravail): Candidat[] | undefined {
    const limite = 4 * nombre + sauf.length;
    const dues = this.#base.lignes<Candidat>(
      `SELECT id, collectivite FROM ${this.#table} WHERE echeance <= :quand ORDER BY echeance, id LIMIT :limite`,
      { quand, limite },
    );
    if (dues.length === limite) return undefined;
    const files = Map.groupBy(prenables(dues, sauf), (c) => c.collectivite);
    const ordre = apres([...files.keys()].toSorted(), this.#derniere);
    return entrelacer(
      ordre.map((c) => files.get(c) ?? []),
      nombre,
    );
  }

  /** A backlog: a few rows of each collectivité, more of each only when these do not suffice. */
  #beaucoup({ quand, nombre, sauf = [] }: DemandeTravail): Candidat[] {
    const servies = this.#base
      .lignes<{ collectivite: string }>(collectivitesServies(this.#table), { quand })
      .map((l) => l.collectivite);
    const ordre = apres(servies, this.#derniere).slice(0, nombre);
    const part = Math.ceil(nombre / Math.max(ordre.length, 1));
    const premiers = this.#prendre(ordre, { quand, nombre, part, sauf });
    return premiers.length === nombre
      ? premiers
      : this.#prendre(ordre, { quand, nombre, part: nombre, sauf });
  }

  #prendre(ordre: readonly string[], borne: Borne): Candidat[] {
    const { quand, nombre, sauf } = borne;
    const part = borne.part + sauf.length;
    const sql = `SELECT id, collectivite FROM ${this.#table}
      WHERE collectivite = :collectivite AND echeance <= :quand ORDER BY echeance, id LIMIT :part`;
    const files = ordre.map((collectivite) =>
      prenables(this.#base.lignes<Candidat>(sql, { collectivite, quand, part }), sauf),
    );
    return entrelacer(files, nombre);
  }
}

/** Returns belong to nobody yet: plain order of what is due. */
export function choisirRetours(base: Base, { quand, nombre, sauf = [] }: DemandeTravail): string[] {
  const dus = base.lignes<{ id: string }>(
    'SELECT id FROM retours WHERE echeance <= :quand ORDER BY echeance, id LIMIT :limite',
    { quand, limite: nombre + sauf.length },
  );
  return prenables(dus, sauf)
    .slice(0, nombre)
    .map((l) => l.id);
}

/** Of the rows announced, those that are due and free: one seek each. */
export function annoncees<C extends { readonly id: string }>(
  base: Base,
  source: { readonly table: TableTravail; readonly colonnes: string },
  { quand, seuls = [], sauf = [] }: Pick<DemandeTravail, 'quand' | 'seuls' | 'sauf'>,
): C[] {
  const sql = `SELECT ${source.colonnes} FROM ${source.table} WHERE id = :id AND echeance <= :quand`;
  const voulues = [...new Set(seuls)].filter((id) => !sauf.includes(id));
  return voulues.flatMap((id) => base.lignes<C>(sql, { id, quand }));
}

/** Leases the rows chosen; the version does not move: a lease is not a change of the flux. */
export function louer(
  base: Base,
  table: TableTravail,
  bail: { ids: readonly string[]; pour: DemandeTravail },
): void {
  for (const id of bail.ids) {
    base.ecrire(`UPDATE ${table} SET bail = :bail, bail_par = :proprietaire WHERE id = :id`, {
      id,
      bail: bail.pour.bail,
      proprietaire: bail.pour.proprietaire,
    });
  }
}

/** A row that somebody else took, or that changed meanwhile, is no longer ours. */
export function prolonger(base: Base, demande: Parameters<FileTravail['renouveler']>[0]): string[] {
  const { table, ids, proprietaire, bail } = demande;
  const sql = `UPDATE ${table} SET bail = :bail WHERE id = :id AND bail_par = :proprietaire RETURNING id`;
  return ids.flatMap((id) => base.lignes<{ id: string }>(sql, { id, proprietaire, bail })).map((l) => l.id);
}
