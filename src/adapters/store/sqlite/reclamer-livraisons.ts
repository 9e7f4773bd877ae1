import type { DemandeTravail } from '../../../ports/store.ts';
import { Places, type Point } from '../places.ts';
import { apres, entrelacer } from '../tour.ts';
import type { Base } from './pilote.ts';
import { annoncees, prenables } from './reclamer.ts';

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

/** Chooses the debts of one claim, fair between collectivités; remembers where the turn stopped. */
export class TourLivraisons {
  readonly #base: Base;
  #derniere = '';

  constructor(base: Base) {
    this.#base = base;
  }

  choisir(demande: DemandeTravail): string[] {
    const { nombre, proprietaire } = demande;
    const tenues = this.#base.lignes<Point>(TENUES, { proprietaire });
    const places = new Places({ nombre, tenues }, ({ collectivite, point }) => {
      return this.#base.ligne(DOUTEUX, { collectivite, point }) !== undefined;
    });
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
      entrelacer(
        (parCollectivite.get(collectivite) ?? []).map(({ point }) => {
          const reste = places.reste({ collectivite, point });
          if (reste === 0) return [];
          const limite = reste + sauf.length;
          return prenables(this.#base.lignes<Due>(DUES, { collectivite, point, quand, limite }), sauf);
        }),
      ),
    );
    return entrelacer(files);
  }
}
