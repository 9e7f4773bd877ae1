import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Session } from '../postgres/session.ts';
import type { Base } from '../sqlite/pilote.ts';

/** What is carried from SQLite to PostgreSQL: every table and every column that both schemas have, or nothing at all. */

interface Table {
  readonly nom: string;
  /** Primary or unique key, the same on both sides, by which rows are compared in order. */
  readonly cle: readonly string[];
  /** Order in which rows are read and copied, when it is not that of the key. */
  readonly curseur?: readonly string[];
  /** Column of SQLite that PostgreSQL has no use for. */
  readonly sans?: string;
}

/** Whoever is cited comes before whoever cites. A flux cites an older one: the order of their row numbers. */
const TABLES: readonly Table[] = [
  { nom: 'collectivites', cle: ['siren'] },
  { nom: 'points', cle: ['siren', 'id'] },
  { nom: 'jetons', cle: ['nom'] },
  { nom: 'suspensions', cle: ['destination'] },
  { nom: 'tours', cle: ['nom'] },
  { nom: 'noeuds', cle: ['nom'] },
  { nom: 'series', cle: ['serie'] },
  { nom: 'debits_heures', cle: ['destination', 'heure'] },
  { nom: 'debits', cle: ['destination', 'heure', 'flux'] },
  { nom: 'numeros_rendus', cle: ['serie', 'numero'] },
  { nom: 'flux', cle: ['id'], curseur: ['seq'], sans: 'seq' },
  { nom: 'pieces', cle: ['flux', 'rang'] },
  { nom: 'numeros', cle: ['flux'] },
  { nom: 'retours', cle: ['id'], curseur: ['seq'], sans: 'seq' },
  { nom: 'retours_flux', cle: ['retour', 'rang'] },
  { nom: 'livraisons', cle: ['id'], curseur: ['seq'], sans: 'seq' },
  { nom: 'essais', cle: ['livraison', 'rang'] },
  { nom: 'restaurations', cle: ['id'], curseur: ['seq'] },
  { nom: 'sources_lues', cle: ['restauration', 'source'] },
  { nom: 'orphelins', cle: ['sha256'] },
  { nom: 'identites_perdues', cle: ['protocole', 'identite'] },
  { nom: 'lots', cle: ['id'], curseur: ['seq'], sans: 'seq' },
  { nom: 'lots_lignes', cle: ['lot', 'ligne'] },
  { nom: 'journal', cle: ['seq'] },
];

/** Counted anew by the triggers of PostgreSQL as the flux come; compared all the same. */
const DECOMPTE: Table = { nom: 'decompte', cle: ['collectivite', 'etat'] };
/** Speaks of the file that it is in. */
const PROPRES: readonly string[] = ['demenagement'];
/** Left by a daemon that was once started there, without a deposit: rows of daemons that are stopped. */
export const ANODINES: readonly string[] = ['tours', 'noeuds'];
/** Tables of PostgreSQL alone that a copy fills or empties. */
export const ANNEXES: readonly string[] = ['decompte', 'chaines', 'ecrivains'];

export type TypeColonne = 'text' | 'bigint' | 'integer' | 'double precision';

export interface Colonne {
  readonly nom: string;
  readonly type: TypeColonne;
}

export interface TablePlan {
  readonly nom: string;
  readonly cle: readonly Colonne[];
  readonly curseur: readonly string[];
  readonly colonnes: readonly Colonne[];
  /** PostgreSQL numbers its rows by itself, unless it is told. */
  readonly numerotee: boolean;
  /** Rows that count. */
  readonly ou: string;
}

export interface Plan {
  readonly copiees: readonly TablePlan[];
  readonly comparees: readonly TablePlan[];
}

interface ColonnePg extends Colonne {
  readonly produite: boolean;
  readonly numerotee: boolean;
}

const COLONNES_PG = `SELECT c.relname AS table, a.attname AS nom, format_type(a.atttypid, NULL) AS type,
    a.attgenerated <> '' AS produite, a.attidentity <> '' AS numerotee
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY c.relname, a.attnum`;

const manque = (quoi: string) => erreurStockage('VGM-STO-014', { quoi });

function tablesSqlite(base: Base): readonly string[] {
  return base
    .lignes<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .map((t) => t.name);
}

/** Columns that hold something of their own. */
function colonnesSqlite(base: Base, table: string): readonly string[] {
  return base
    .lignes<{ name: string; hidden: number }>(`PRAGMA table_xinfo(${table})`)
    .filter((c) => c.hidden === 0)
    .map((c) => c.name);
}

function planTable(table: Table, sqlite: readonly string[], pg: readonly ColonnePg[]): TablePlan {
  const { nom, cle, sans } = table;
  const portees = sqlite.filter((c) => c !== sans);
  const attendues = new Map(pg.filter((c) => !c.produite).map((c) => [c.nom, c]));
  const ecart = new Set(portees).symmetricDifference(new Set(attendues.keys()));
  for (const colonne of ecart) throw manque(`la colonne ${nom}.${colonne}`);
  const colonnes = portees.flatMap((c) => attendues.get(c) ?? []);
  return {
    nom,
    cle: cle.flatMap((c) => attendues.get(c) ?? []),
    curseur: table.curseur ?? cle,
    colonnes: colonnes.map(({ nom: n, type }) => ({ nom: n, type })),
    numerotee: colonnes.some((c) => c.numerotee),
    ou: table === DECOMPTE ? 'nombre <> 0' : 'true',
  };
}

/**
 * Reads both schemas, brought to the present one, and holds them against each other.
 * Throws VGM-STO-014 naming the first table or column that would stay behind.
 */
export async function planifier(base: Base, session: Session): Promise<Plan> {
  const connues = [...TABLES, DECOMPTE];
  const noms = new Set([...connues.map((t) => t.nom), ...PROPRES]);
  for (const table of noms.symmetricDifference(new Set(tablesSqlite(base))))
    throw manque(`la table ${table}`);
  const colonnes = Map.groupBy(
    await session.lignes<ColonnePg & { table: string }>(COLONNES_PG),
    (c) => c.table,
  );
  const plans = connues.map((t) => planTable(t, colonnesSqlite(base, t.nom), colonnes.get(t.nom) ?? []));
  return { copiees: plans.slice(0, TABLES.length), comparees: plans };
}
