import type { DemandeTravail } from '../../../ports/store.ts';
import { Places, type Point } from '../places.ts';
import { apres, entrelacer } from '../tour.ts';
import { annoncees } from './reclamer.ts';
import type { Base } from './requetes.ts';

/** A point, and whether a debt of it has failed and still waits. */
interface PointJuge extends Point {
  readonly douteux: boolean;
}

interface Due extends PointJuge {
  readonly id: string;
}

const DOUTEUX = (point: string): string => `EXISTS (SELECT 1 FROM livraisons e
  WHERE e.collectivite = ${point}.collectivite AND e.point = ${point}.point AND e.tentatives > 0
    AND e.echeance IS NOT NULL) AS douteux`;

const TENUES = `SELECT l.collectivite, l.point, ${DOUTEUX('l')} FROM livraisons l WHERE l.bail_par = :proprietaire`;

const ANNONCEES = `SELECT l.id, l.collectivite, l.point, ${DOUTEUX('l')} FROM livraisons l
  WHERE l.id = ANY(:ids) AND l.echeance <= :quand ORDER BY array_position(:ids::text[], l.id)`;

/** Loose index scan: one seek per point that waits; then the first debts due of each. */
const CANDIDATES = `
WITH RECURSIVE suite (collectivite, point) AS (
  (SELECT collectivite, point FROM livraisons WHERE echeance IS NOT NULL ORDER BY collectivite, point LIMIT 1)
  UNION ALL
  SELECT l.collectivite, l.point FROM suite s CROSS JOIN LATERAL (
    SELECT collectivite, point FROM livraisons
    WHERE echeance IS NOT NULL AND (collectivite, point) > (s.collectivite, s.point)
    ORDER BY collectivite, point LIMIT 1) AS l
)
SELECT d.id, s.collectivite, s.point, ${DOUTEUX('s')} FROM suite s CROSS JOIN LATERAL (
    SELECT id, echeance FROM livraisons
    WHERE collectivite = s.collectivite AND point = s.point AND echeance <= :quand AND id <> ALL(:sauf)
    ORDER BY echeance, id LIMIT :part) AS d
  ORDER BY s.collectivite, s.point, d.echeance, d.id`;

const cleDe = ({ collectivite, point }: Point): string => `${collectivite} ${point}`;

/** Chooses the debts of one claim, fair between collectivités; remembers where the turn stopped. */
export class TourLivraisons {
  readonly #base: Base;
  #derniere = '';

  constructor(base: Base) {
    this.#base = base;
  }

  async choisir(demande: DemandeTravail): Promise<string[]> {
    const { nombre, proprietaire } = demande;
    const tenues = await this.#base.lignes<PointJuge>(TENUES, { proprietaire });
    const candidates = await this.#candidates(demande, Math.ceil((nombre + tenues.length) / 4));
    const juges = new Map([...tenues, ...candidates].map((p) => [cleDe(p), p.douteux]));
    const places = new Places({ nombre, tenues }, (point) => juges.get(cleDe(point)) ?? false);
    const pris: Due[] = [];
    for (const due of demande.seuls === undefined ? this.#enTour(candidates, places) : candidates) {
      if (pris.length === nombre) break;
      if (places.prendre(due)) pris.push(due);
    }
    this.#derniere = pris.at(-1)?.collectivite ?? this.#derniere;
    return pris.map((d) => d.id);
  }

  /** @param part most that one point may be given. */
  #candidates({ quand, seuls, sauf = [] }: DemandeTravail, part: number): Promise<Due[]> {
    return seuls === undefined
      ? this.#base.lignes<Due>(CANDIDATES, { quand, sauf, part })
      : this.#base.lignes<Due>(ANNONCEES, { quand, ids: annoncees({ seuls, sauf }) });
  }

  /** What each point may still be given: one of each collectivité in turn, then of each of its points. */
  #enTour(candidates: readonly Due[], places: Places): Due[] {
    const parCollectivite = Map.groupBy(candidates, (d) => d.collectivite);
    const ordre = apres([...parCollectivite.keys()], this.#derniere);
    const files = ordre.map((collectivite) => {
      const parPoint = Map.groupBy(parCollectivite.get(collectivite) ?? [], (d) => d.point);
      return entrelacer(
        [...parPoint.values()].map((dues) => dues.slice(0, dues[0] && places.reste(dues[0]))),
      );
    });
    return entrelacer(files);
  }
}
