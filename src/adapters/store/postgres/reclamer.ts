import type { DemandeTravail } from '../../../ports/store.ts';
import { apres, entrelacer } from '../tour.ts';
import { nomsDesFiles } from './files.ts';
import type { Base } from './requetes.ts';

/**
 * Claiming: which rows to hand to a worker. A row is a job when `echeance` (due and lease, see schema.ts) is past. Cost
 * follows the number of rows taken and, under a backlog, the number of collectivités that wait for something; never the number
 * of finished flux nor the length of one depositor's queue. Choosing holds nothing: two nodes may choose the same rows, and the
 * lease (baux.ts) gives each to one.
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
  readonly sauf: readonly string[];
}

const DUES = `SELECT d.id, d.collectivite, d.echeance
  FROM unnest(:files::text[]) AS n (f) CROSS JOIN LATERAL (
    SELECT id, collectivite, echeance FROM flux
    WHERE file = n.f AND echeance <= :quand AND id <> ALL(:sauf) ORDER BY echeance, id LIMIT :limite) AS d
  ORDER BY d.echeance, d.id`;

/** Loose index scan: one seek per collectivité that waits in a queue, then one to see whether something is due. */
const COLLECTIVITES_SERVIES = `
WITH RECURSIVE suite (f, c) AS (
  SELECT n.f, (SELECT min(collectivite) FROM flux WHERE file = n.f AND echeance IS NOT NULL)
    FROM unnest(:files::text[]) AS n (f)
  UNION ALL
  SELECT s.f, (SELECT min(collectivite) FROM flux
      WHERE file = s.f AND echeance IS NOT NULL AND collectivite > s.c)
    FROM suite s WHERE s.c IS NOT NULL
)
SELECT DISTINCT s.c AS collectivite FROM suite s
  WHERE s.c IS NOT NULL
  AND EXISTS (SELECT 1 FROM flux WHERE file = s.f AND collectivite = s.c AND echeance <= :quand)`;

const DUES_DE = `SELECT d.id, d.collectivite, d.echeance
  FROM unnest(:files::text[]) AS n (f) CROSS JOIN unnest(:ordre::text[]) AS o (c) CROSS JOIN LATERAL (
    SELECT id, collectivite, echeance FROM flux
    WHERE file = n.f AND collectivite = o.c AND echeance <= :quand AND id <> ALL(:sauf)
    ORDER BY echeance, id LIMIT :part) AS d
  ORDER BY d.echeance, d.id`;

const RETOURS_DUS = `SELECT id FROM retours WHERE echeance <= :quand AND id <> ALL(:sauf)
  ORDER BY echeance, id LIMIT :nombre`;

/** Chooses the flux of one claim, fair between collectivités; remembers for each queue where the turn stopped. */
export class Tourniquet {
  readonly #base: Base;
  readonly #dernieres = new Map<string, string>();

  constructor(base: Base) {
    this.#base = base;
  }

  async choisir(demande: DemandeTravail): Promise<string[]> {
    const { file = '', quand, nombre, sauf = [] } = demande;
    const files = demande.file === undefined ? await nomsDesFiles(this.#base) : [demande.file];
    const borne = { files, quand, nombre, sauf };
    const derniere = this.#dernieres.get(file) ?? '';
    const pris = (await this.#peu(borne, derniere)) ?? (await this.#beaucoup(borne, derniere));
    this.#dernieres.set(file, pris.at(-1)?.collectivite ?? derniere);
    return pris.map((c) => c.id);
  }

  /** The usual case: everything due fits in one short read; undefined when there is more. */
  async #peu(borne: Borne, derniere: string): Promise<Candidat[] | undefined> {
    const { files, quand, nombre, sauf } = borne;
    const limite = 4 * nombre;
    const dues = await this.#base.lignes<Candidat>(DUES, { files, quand, sauf, limite });
    if (dues.length >= limite) return undefined;
    const groupes = Map.groupBy(dues, (c) => c.collectivite);
    const ordre = apres([...groupes.keys()].toSorted(), derniere);
    return entrelacer(
      ordre.map((c) => groupes.get(c) ?? []),
      nombre,
    );
  }

  /** A backlog: a few rows of each collectivité, more of each only when these do not suffice. */
  async #beaucoup(borne: Borne, derniere: string): Promise<Candidat[]> {
    const { files, quand, nombre } = borne;
    const servies = await this.#base.lignes<{ collectivite: string }>(COLLECTIVITES_SERVIES, {
      files,
      quand,
    });
    const noms = servies.map((l) => l.collectivite).toSorted();
    const ordre = apres(noms, derniere).slice(0, nombre);
    const part = Math.ceil(nombre / Math.max(ordre.length, 1));
    const premiers = await this.#prendre(ordre, borne, part);
    return premiers.length === nombre ? premiers : this.#prendre(ordre, borne, nombre);
  }

  async #prendre(ordre: readonly string[], borne: Borne, part: number): Promise<Candidat[]> {
    const { files, quand, nombre, sauf } = borne;
    const dues = await this.#base.lignes<Candidat>(DUES_DE, { files, ordre, quand, sauf, part });
    const groupes = Map.groupBy(dues, (c) => c.collectivite);
    return entrelacer(
      ordre.map((c) => groupes.get(c) ?? []),
      nombre,
    );
  }
}

/** Returns belong to nobody yet: plain order of what is due. */
export async function choisirRetours(base: Base, demande: DemandeTravail): Promise<string[]> {
  const { quand, nombre, sauf = [] } = demande;
  const dus = await base.lignes<{ id: string }>(RETOURS_DUS, { quand, nombre, sauf });
  return dus.map((l) => l.id);
}

/** Of the rows announced, those not in hand; the lease looks at the rest. */
export function annoncees({ seuls = [], sauf = [] }: Pick<DemandeTravail, 'seuls' | 'sauf'>): string[] {
  return [...new Set(seuls)].filter((id) => !sauf.includes(id));
}
