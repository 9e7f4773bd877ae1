import { empreinteLigne, PREMIER_PREV, verifierChaine } from '../../../metier/journal.ts';
import type { TeteChaine } from '../../../ports/sauvegarde.ts';
import { ecrireTous, tenirTous } from '../postgres/ensembles.ts';
import type { Session } from '../postgres/session.ts';
import type { Base } from '../sqlite/pilote.ts';

/** The heads of the journals, and the journals followed again on the side where they arrived. */

const SUIVANTE = 'SELECT org, n, sha256 FROM journal WHERE org > :org ORDER BY org, n LIMIT 1';
const TETE = 'SELECT org, n, sha256 FROM journal WHERE org = :org ORDER BY n DESC LIMIT 1';

/** @returns the last line of each chain of the embedded base; one seek per chain. */
export function tetesDe(base: Base): readonly TeteChaine[] {
  const tetes: TeteChaine[] = [];
  for (let org = ''; ; ) {
    const suivante = base.ligne<TeteChaine>(SUIVANTE, { org });
    const tete = suivante && base.ligne<TeteChaine>(TETE, { org: suivante.org });
    if (tete === undefined) return tetes;
    tetes.push(tete);
    org = tete.org;
  }
}

const POSER = `INSERT INTO chaines (org, n, sha256)
  SELECT org, n, sha256 FROM json_to_recordset(:lignes) AS t (org text, n bigint, sha256 text)
  ON CONFLICT (org) DO UPDATE SET n = excluded.n, sha256 = excluded.sha256`;
const COMPTEUR = (table: string) =>
  `SELECT setval(pg_get_serial_sequence('${table}', 'seq'), coalesce(max(seq), 0) + 1, false) FROM ${table}`;

/** What PostgreSQL keeps beside the rows: the heads of the journals, and the next number of each numbered table. */
export async function poserTetes(session: Session, tetes: readonly TeteChaine[]): Promise<void> {
  await tenirTous([
    ...ecrireTous(session, POSER, tetes),
    session.ligne(COMPTEUR('journal')),
    session.ligne(COMPTEUR('restaurations')),
  ]);
}

export interface ChaineSuivie {
  readonly org: string;
  readonly lignes: number;
  /** Digest of the last line, as it was read. */
  readonly sha256: string;
  /** Lines that do not follow the one before; those that the base was left with are the same. */
  readonly ruptures: number;
  /** It ends where the embedded base says, and PostgreSQL knows it. */
  readonly entiere: boolean;
}

const PAGE = 1000;
const LIGNES = 'SELECT ligne FROM journal WHERE org = :org AND n >= :depuis ORDER BY n LIMIT :limite';
const CHAINE = 'SELECT org, n, sha256 FROM chaines WHERE org = :org';

/** Follows a chain on PostgreSQL, line by line, from its bytes. @param vues told of the lines of each page. */
async function suivre(
  session: Session,
  tete: TeteChaine,
  vues: (lignes: number) => void,
): Promise<ChaineSuivie> {
  const { org } = tete;
  let [lignes, ruptures, prev] = [0, 0, PREMIER_PREV];
  for (;;) {
    const lues = await session.lignes<{ ligne: string }>(LIGNES, { org, depuis: lignes + 1, limite: PAGE });
    const page = lues.map((l) => l.ligne);
    if (page.length === 0) break;
    ruptures += verifierChaine(page, { prev, premier: lignes + 1 }).length;
    lignes += page.length;
    prev = empreinteLigne(page.at(-1) ?? '');
    vues(page.length);
  }
  const connue = await session.ligne<TeteChaine>(CHAINE, { org });
  const entiere = connue?.n === tete.n && connue.sha256 === tete.sha256 && lignes === tete.n;
  if (prev !== tete.sha256) ruptures += 1;
  return { org, lignes, sha256: prev, ruptures, entiere };
}

export async function suivreChaines(
  session: Session,
  tetes: readonly TeteChaine[],
  vues: (lignes: number) => void,
): Promise<readonly ChaineSuivie[]> {
  const suivies: ChaineSuivie[] = [];
  for (const tete of tetes) suivies.push(await suivre(session, tete, vues));
  return suivies;
}
