import type { DemandeTravail, FileTravail, TableTravail } from '../../../ports/store.ts';
import { apres, entrelacer } from '../tour.ts';
import { nomsDesFiles } from './files.ts';
import type { Base } from './pilote.ts';

/**
 * Claiming: which rows to hand to a worker. A row is a job when `echeance` (due and lease, see schema.ts) is
 * past. Cost follows the number of rows taken and, under a backlog, the number of collectivités that wait for
 * something; never the number of finished flux nor the length of one depositor's queue.
 */

interface Candidat {
  readonly id: string;
  readonly collectivite: string;
  readonly echeance: number;
}

interface Borne {
  readonly files: readonly string[];
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

/** Loose index scan: one seek per collectivité that waits in a queue, then one to see whether something is due. */
const COLLECTIVITES_SERVIES = `
WITH RECURSIVE suite (c) AS (
  SELECT min(collectivite) FROM flux WHERE file = :file AND echeance IS NOT NULL
  UNION ALL
  SELECT (SELECT min(collectivite) FROM flux
      WHERE file = :file AND echeance IS NOT NULL AND collectivite > suite.c)
    FROM suite WHERE suite.c IS NOT NULL
)
SELECT c AS collectivite FROM suite
  WHERE c IS NOT NULL
  AND EXISTS (SELECT 1 FROM flux WHERE file = :file AND collectivite = suite.c AND echeance <= :quand)`;

const DUES = `SELECT id, collectivite, echeance FROM flux
  WHERE file = :file AND echeance <= :quand ORDER BY echeance, id LIMIT :limite`;

const DUES_DE = `SELECT id, collectivite, echeance FROM flux
  WHERE file = :file AND collectivite = :collectivite AND echeance <= :quand ORDER BY echeance, id LIMIT :limite`;

/** What several queues gave, each in its order, in one order. */
function fondre(listes: readonly Candidat[][]): Candidat[] {
  const [seule = [], ...autres] = listes;
  if (autres.length === 0) return seule;
  return listes.flat().toSorted((a, b) => a.echeance - b.echeance || (a.id < b.id ? -1 : 1));
}

/** Chooses the flux of one claim, fair between collectivités; remembers for each queue where the turn stopped. */
export class Tourniquet {
  readonly #base: Base;
  readonly #dernieres = new Map<string, string>();

  constructor(base: Base) {
    this.#base = base;
  }

  choisir(demande: DemandeTravail): string[] {
    const { file = '', quand, nombre, sauf = [] } = demande;
    const files = demande.file === undefined ? nomsDesFiles(this.#base) : [demande.file];
    const borne = { files, quand, nombre, part: nombre, sauf };
    const derniere = this.#dernieres.get(file) ?? '';
    const pris = this.#peu(borne, derniere) ?? this.#beaucoup(borne, derniere);
    this.#dernieres.set(file, pris.at(-1)?.collectivite ?? derniere);
    return pris.map((c) => c.id);
  }

  /** The usual case: everything due fits in one short read; undefined when there is more. */
  #peu({ files, quand, nombre, sauf }: Borne, derniere: string): Candidat[] | undefined {
    const limite = 4 * nombre + sauf.length;
    const listes = files.map((file) => this.#base.lignes<Candidat>(DUES, { file, quand, limite }));
    if (listes.some((dues) => dues.length === limite)) return undefined;
    const groupes = Map.groupBy(prenables(fondre(listes), sauf), (c) => c.collectivite);
    const ordre = apres([...groupes.keys()].toSorted(), derniere);
    return entrelacer(
      ordre.map((c) => groupes.get(c) ?? []),
      nombre,
    );
  }

  /** A backlog: a few rows of each collectivité, more of each only when these do not suffice. */
  #beaucoup(borne: Borne, derniere: string): Candidat[] {
    const { files, quand, nombre } = borne;
    const servies = files.flatMap((file) =>
      this.#base.lignes<{ collectivite: string }>(COLLECTIVITES_SERVIES, { file, quand }),
    );
    const noms = [...new Set(servies.map((l) => l.collectivite))].toSorted();
    const ordre = apres(noms, derniere).slice(0, nombre);
    const part = Math.ceil(nombre / Math.max(ordre.length, 1));
    const premiers = this.#prendre(ordre, { ...borne, part });
    return premiers.length === nombre ? premiers : this.#prendre(ordre, borne);
  }

  #prendre(ordre: readonly string[], { files, quand, nombre, part, sauf }: Borne): Candidat[] {
    const limite = part + sauf.length;
    const listes = ordre.map((collectivite) => {
      const lire = (file: string) =>
        this.#base.lignes<Candidat>(DUES_DE, { file, collectivite, quand, limite });
      return prenables(fondre(files.map(lire)), sauf);
    });
    return entrelacer(listes, nombre);
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
