import { FILE_LIVRAISONS, FILE_RETOURS } from '../../../metier/files.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { FileTravail } from '../../../ports/store.ts';
import type { EnMain, EtatTravail } from '../../../ports/travail.ts';
import type { Base } from './requetes.ts';

/** Queues: their names, and what waits in each. */

/** Loose index scan: one seek per queue. */
const NOMS = `
WITH RECURSIVE suite (f) AS (
  SELECT min(file) FROM flux WHERE echeance IS NOT NULL
  UNION ALL
  SELECT (SELECT min(file) FROM flux WHERE echeance IS NOT NULL AND file > s.f) FROM suite s WHERE s.f IS NOT NULL
), noms (f) AS (SELECT f FROM suite WHERE f IS NOT NULL)`;

export async function nomsDesFiles(base: Base): Promise<string[]> {
  return (await base.lignes<{ f: string }>(`${NOMS} SELECT f FROM noms ORDER BY f`)).map((l) => l.f);
}

const PREMIERE = `${NOMS} SELECT least(
  (SELECT min(p.t) FROM noms CROSS JOIN LATERAL
    (SELECT min(echeance) AS t FROM flux WHERE file = noms.f AND echeance IS NOT NULL) AS p),
  (SELECT min(echeance) FROM retours WHERE echeance IS NOT NULL),
  (SELECT min(echeance) FROM livraisons WHERE echeance IS NOT NULL)) AS t`;

export async function premiereEcheance(base: Base): Promise<Instant | null> {
  return (await base.ligne<{ t: Instant | null }>(PREMIERE))?.t ?? null;
}

export function duesDe(
  base: Base,
  { table, file, avant, limite }: Parameters<FileTravail['dues']>[0],
): Promise<{ id: string; ver: number }[]> {
  const lire = (condition: string) => `SELECT id, ver, echeance FROM ${table}
    WHERE ${condition} echeance <= :avant ORDER BY echeance, id LIMIT :limite`;
  const sql =
    table !== 'flux'
      ? lire('')
      : file !== undefined
        ? lire('file = :file AND')
        : `${NOMS} SELECT d.* FROM noms CROSS JOIN LATERAL (${lire('file = noms.f AND')}) AS d
            ORDER BY d.echeance, d.id LIMIT :limite`;
  return base.lignes(`SELECT id, ver FROM (${sql}) AS dues`, { file: file ?? null, avant, limite });
}

const compter = (table: string, condition: string): string => `SELECT
  (SELECT count(*) FROM ${table} WHERE ${condition} echeance IS NOT NULL) AS total,
  (SELECT count(*) FROM ${table} WHERE ${condition} echeance <= :quand) AS dues,
  (SELECT min(echeance) FROM ${table} WHERE ${condition} echeance <= :quand) AS depuis`;

const COMPTES = `${NOMS}
SELECT noms.f AS file, c.* FROM noms CROSS JOIN LATERAL (${compter('flux', 'file = noms.f AND')}) AS c
UNION ALL SELECT '${FILE_RETOURS}', c.* FROM (${compter('retours', '')}) AS c
UNION ALL SELECT '${FILE_LIVRAISONS}', c.* FROM (${compter('livraisons', '')}) AS c`;

const loues = (table: string, file: string): string =>
  `SELECT ${file} AS file, bail_par, bail FROM ${table} WHERE bail_par > '' AND bail >= :quand`;

const EN_MAIN = `SELECT file, bail_par AS proprietaire, count(*) AS nombre, min(bail) AS bail FROM (
    ${loues('flux', 'file')}
    UNION ALL ${loues('retours', `'${FILE_RETOURS}'`)}
    UNION ALL ${loues('livraisons', `'${FILE_LIVRAISONS}'`)}
  ) AS baux GROUP BY file, bail_par ORDER BY file COLLATE "C", bail_par`;

interface Compte {
  readonly file: string;
  readonly total: number;
  readonly dues: number;
  readonly depuis: Instant | null;
}

export async function etatDuTravail(base: Base, quand: Instant): Promise<EtatTravail> {
  const [comptes, enMain] = await Promise.all([
    base.lignes<Compte>(COMPTES, { quand }),
    base.lignes<EnMain>(EN_MAIN, { quand }),
  ]);
  const files = comptes.map(({ file, total, dues, depuis }) => {
    const sienne = enMain.filter((e) => e.file === file).reduce((somme, e) => somme + e.nombre, 0);
    return { file, dues, enMain: sienne, plusTard: Math.max(0, total - dues - sienne), depuis };
  });
  return {
    files: files
      .filter((f) => f.dues + f.enMain + f.plusTard > 0)
      .toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    enMain,
  };
}
