import type { Clock } from '../ports/clock.ts';
import type { Limites } from '../ports/repartition.ts';
import type { TourDuNoeud } from './tour.ts';

/** What a node may begin by itself of a queue with limits, when nobody counts for all the nodes. */
export interface Cadence {
  /** Rows that may be begun now, of `places` left while `enMain` are worked on. */
  permettre(places: number, enMain: number): Promise<number>;
  noter(commencees: number): void;
  /** Milliseconds until more may be begun; 0 when the pace allows it now. */
  attente(): number;
}

/**
 * Limits are those of all nodes together: without anybody to count for all of them, one node at a time serves the queue, and
 * counts for itself. Two that believe that it is their turn exceed the limits for a while, and do no other harm.
 */
export function creerCadence(
  limites: Limites,
  { clock, tour }: { readonly clock: Clock; readonly tour: TourDuNoeud },
): Cadence {
  const { ensemble, nombre, periode } = limites;
  let debuts: number[] = [];

  const restants = (): number => {
    if (nombre === 0) return Infinity;
    const depuis = clock.now() - periode;
    debuts = debuts.filter((debut) => debut > depuis);
    return nombre - debuts.length;
  };

  return {
    permettre: async (places, enMain) => {
      const permis = Math.min(places, restants(), ensemble === 0 ? Infinity : ensemble - enMain);
      return permis > 0 && (await tour.tenir()) ? permis : 0;
    },
    noter: (commencees) => {
      if (nombre > 0) debuts.push(...Array<number>(commencees).fill(clock.now()));
    },
    attente: () => {
      const premier = debuts[0];
      return restants() > 0 || premier === undefined ? 0 : Math.max(0, premier + periode - clock.now());
    },
  };
}
