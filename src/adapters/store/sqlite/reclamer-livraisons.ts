import type { DemandeTravail } from '../../../ports/store.ts';
import type { Base } from './pilote.ts';
import { annoncees, apres, prenables } from './reclamer.ts';

/**
 * Claiming debts to the collectivités. A receiver that hangs holds its place for the whole delay of an exchange, so
 * places are counted per point of notification and not only handed out in turn:
 * - a point holds at most a quarter of the places, and a single one once a debt of it has failed;
 * - the points in that case hold half of the places together;
 * - the last quarter of the places goes only to points that hold none.
 * What is held is read from the leases of the worker that asks: nothing is remembered that a restart could falsify.
 */

interface Point {
  readonly collectivite: string;
  readonly point: string;
}

interface Due extends Point {
  readonly id: string;
}

/** Loose index scan: one seek per point that waits, then one to see whether something is due. */
const POINTS_SERVIS = `
WITH RECURSIVE suite (seq) AS (
  SELECT (SELECT seq FROM livraisons
      WHERE echeance IS NOT NULL AND collectivite >= '' ORDER BY collectivite, point LIMIT 1)
  UNION ALL
  SELECT (SELECT l.seq FROM livraisons l
      WHERE l.echeance IS NOT NULL AND (l.collectivite, l.point) > (d.collectivite, d.point)
      ORDER BY l.collectivite, l.point LIMIT 1)
    FROM suite JOIN livraisons d ON d.seq = suite.seq
)
SELECT d.collectivite, d.point FROM suite JOIN livraisons d ON d.seq = suite.seq
  WHERE EXISTS (SELECT 1 FROM livraisons l
    WHERE l.collectivite = d.collectivite AND l.point = d.point AND l.echeance <= :quand)`;

const DUES = `SELECT id, collectivite, point FROM livraisons
  WHERE collectivite = :collectivite AND point = :point AND echeance <= :quand ORDER BY echeance, id LIMIT :limite`;

const TENUES = 'SELECT collectivite, point FROM livraisons WHERE bail_par = :proprietaire';

const DOUTEUX = `SELECT 1 AS un FROM livraisons
  WHERE collectivite = :collectivite AND point = :point AND tentatives > 0 AND echeance IS NOT NULL LIMIT 1`;

function cleDe({ collectivite, point }: Point): string {
  return `${collectivite} ${point}`;
}

/** Places held and to be held, of one claim. */
class Places {
  readonly #base: Base;
  readonly #total: number;
  readonly #tenues = new Map<string, number>();
  readonly #douteux = new Map<string, boolean>();
  #prises = 0;
  #prisesDouteuses = 0;

  constructor(base: Base, demande: DemandeTravail) {
    this.#base = base;
    const tenues = base.lignes<Point>(TENUES, { proprietaire: demande.proprietaire });
    this.#total = demande.nombre + tenues.length;
    for (const point of tenues) this.#compter(point);
  }

  /** Rows of a point that may still be taken; 0 when it must wait. */
  reste(point: Point): number {
    const tenues = this.#tenues.get(cleDe(point)) ?? 0;
    if (this.#estDouteux(point)) {
      const ensemble = Math.max(1, Math.floor(this.#total / 2));
      return tenues === 0 && this.#prisesDouteuses < ensemble ? 1 : 0;
    }
    return Math.max(0, Math.ceil(this.#total / 4) - tenues);
  }

  /** @returns whether the place was given. */
  prendre(point: Point): boolean {
    if (this.reste(point) === 0 || this.#prises >= this.#total) return false;
    const reserve = Math.floor(this.#total / 4);
    const premiere = !this.#tenues.has(cleDe(point));
    if (!premiere && this.#prises >= this.#total - reserve) return false;
    this.#compter(point);
    return true;
  }

  #compter(point: Point): void {
    const cle = cleDe(point);
    this.#tenues.set(cle, (this.#tenues.get(cle) ?? 0) + 1);
    this.#prises += 1;
    if (this.#estDouteux(point)) this.#prisesDouteuses += 1;
  }

  #estDouteux({ collectivite, point }: Point): boolean {
    const cle = cleDe({ collectivite, point });
    const connu = this.#douteux.get(cle);
    if (connu !== undefined) return connu;
    const trouve = this.#base.ligne(DOUTEUX, { collectivite, point }) !== undefined;
    this.#douteux.set(cle, trouve);
    return trouve;
  }
}

/** One of each in turn: of each collectivité, then of each of its points. */
function aTour(files: readonly (readonly Due[])[]): Due[] {
  const rangs = Math.max(0, ...files.map((f) => f.length));
  return Array.from({ length: rangs }, (_, rang) => files.flatMap((f) => f[rang] ?? [])).flat();
}

/** Chooses the debts of one claim, fair between collectivités; remembers where the turn stopped. */
export class TourLivraisons {
  readonly #base: Base;
  #derniere = '';

  constructor(base: Base) {
    this.#base = base;
  }

  choisir(demande: DemandeTravail): string[] {
    const places = new Places(this.#base, demande);
    const pris: Due[] = [];
    const candidates =
      demande.seuls === undefined
        ? this.#candidates(demande, places)
        : annoncees<Due>(this.#base, { table: 'livraisons', colonnes: 'id, collectivite, point' }, demande);
    for (const due of candidates) {
      if (pris.length === demande.nombre) break;
      if (places.prendre(due)) pris.push(due);
    }
    this.#derniere = pris.at(-1)?.collectivite ?? this.#derniere;
    return pris.map((d) => d.id);
  }

  /** What each point may still be given, in the order of the turn. */
  #candidates({ quand, sauf = [] }: DemandeTravail, places: Places): Due[] {
    const points = this.#base.lignes<Point>(POINTS_SERVIS, { quand });
    const parCollectivite = Map.groupBy(points, (p) => p.collectivite);
    const ordre = apres([...parCollectivite.keys()], this.#derniere);
    const files = ordre.map((collectivite) =>
      aTour(
        (parCollectivite.get(collectivite) ?? []).map(({ point }) => {
          const reste = places.reste({ collectivite, point });
          if (reste === 0) return [];
          const limite = reste + sauf.length;
          return prenables(this.#base.lignes<Due>(DUES, { collectivite, point, quand, limite }), sauf);
        }),
      ),
    );
    return aTour(files);
  }
}
