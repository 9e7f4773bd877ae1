import { FILE_LIVRAISONS, FILE_RETOURS } from '../../../metier/files.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { FileTravail, TableTravail } from '../../../ports/store.ts';
import type { EnMain, EtatFile, EtatTravail } from '../../../ports/travail.ts';
import type { Base, Parametres } from './pilote.ts';

/** Queues: their names, and what waits in each. */

/** Loose index scan: one seek per queue. */
const NOMS = `
WITH RECURSIVE suite (f) AS (
  SELECT min(file) FROM flux WHERE echeance IS NOT NULL
  UNION ALL
  SELECT (SELECT min(file) FROM flux WHERE echeance IS NOT NULL AND file > suite.f)
    FROM suite WHERE suite.f IS NOT NULL
)
SELECT f AS file FROM suite WHERE f IS NOT NULL`;

export function nomsDesFiles(base: Base): string[] {
  return base.lignes<{ file: string }>(NOMS).map((l) => l.file);
}

/** The rows of one queue: a condition put before the others. */
interface Source {
  readonly table: TableTravail;
  readonly file: string;
  readonly condition: string;
  readonly valeurs: Parametres;
}

const SEULES: readonly Source[] = [
  { table: 'retours', file: FILE_RETOURS, condition: '', valeurs: {} },
  { table: 'livraisons', file: FILE_LIVRAISONS, condition: '', valeurs: {} },
];

function duFlux(file: string): Source {
  return { table: 'flux', file, condition: 'file = :file AND', valeurs: { file } };
}

export function duesDe(
  base: Base,
  { table, file, avant, limite }: Parameters<FileTravail['dues']>[0],
): { id: string; ver: number }[] {
  const source =
    table === 'flux' && file !== undefined ? duFlux(file) : { table, condition: '', valeurs: {} };
  return base.lignes(
    `SELECT id, ver FROM ${source.table} WHERE ${source.condition} echeance <= :avant ORDER BY echeance, id LIMIT :limite`,
    { ...source.valeurs, avant, limite },
  );
}

interface Bail {
  readonly file: string;
  readonly proprietaire: string;
  readonly bail: Instant;
}

function baux(base: Base, quand: Instant): Bail[] {
  const lire = (table: TableTravail, file: string) =>
    base.lignes<Bail>(
      `SELECT ${file} AS file, bail_par AS proprietaire, bail FROM ${table} WHERE bail_par > '' AND bail >= :quand`,
      { quand },
    );
  const autres = SEULES.flatMap(({ table, file }) => lire(table, `'${file}'`));
  return [...lire('flux', 'file'), ...autres];
}

function compter(base: Base, source: Source, quand: Instant): Omit<EtatFile, 'enMain'> {
  const { table, file, condition, valeurs } = source;
  const total = base.ligne<{ n: number }>(
    `SELECT count(*) AS n FROM ${table} WHERE ${condition} echeance IS NOT NULL`,
    valeurs,
  );
  const due = base.ligne<{ n: number; depuis: Instant | null }>(
    `SELECT count(*) AS n, min(echeance) AS depuis FROM ${table} WHERE ${condition} echeance <= :quand`,
    { ...valeurs, quand },
  );
  const dues = due?.n ?? 0;
  return { file, dues, plusTard: (total?.n ?? 0) - dues, depuis: due?.depuis ?? null };
}

function parNom<T>(choses: readonly T[], nom: (chose: T) => string): T[] {
  return choses.toSorted((a, b) => (nom(a) < nom(b) ? -1 : 1));
}

function enMainDe(loues: readonly Bail[]): EnMain[] {
  const groupes = Map.groupBy(loues, (b) => `${b.file} ${b.proprietaire}`);
  const lots = [...groupes.values()].flatMap(([premier, ...reste]) => {
    if (premier === undefined) return [];
    const bail = reste.reduce((fin, b) => (b.bail < fin ? b.bail : fin), premier.bail);
    return [{ ...premier, nombre: 1 + reste.length, bail }];
  });
  return parNom(lots, (b) => `${b.file} ${b.proprietaire}`);
}

export function etatDuTravail(base: Base, quand: Instant): EtatTravail {
  const loues = baux(base, quand);
  const sources = [...nomsDesFiles(base).map(duFlux), ...SEULES];
  const files = sources
    .map((source) => {
      const { plusTard, ...compte } = compter(base, source, quand);
      const enMain = loues.filter((b) => b.file === source.file).length;
      return { ...compte, enMain, plusTard: plusTard - enMain };
    })
    .filter((f) => f.dues + f.enMain + f.plusTard > 0);
  return { files: parNom(files, (f) => f.file), enMain: enMainDe(loues) };
}
