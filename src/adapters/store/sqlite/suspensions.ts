import type { Instant } from '../../../metier/identifiants.ts';
import type { Ecriture, Suspension, Suspensions } from '../../../ports/store.ts';
import type { Base } from './pilote.ts';

/** Holds back or lets go inside the caller's transaction; an order given twice keeps the first instant. */
export function basculerSuspension(
  base: Base,
  { destination, motif, acteur }: NonNullable<Ecriture['suspensions']>[number],
  quand: Instant,
): void {
  if (motif === null) {
    base.ecrire('DELETE FROM suspensions WHERE destination = :destination', { destination });
    return;
  }
  base.ecrire(
    `INSERT INTO suspensions (destination, motif, acteur, depuis) VALUES (:destination, :motif, :acteur, :quand)
      ON CONFLICT (destination) DO UPDATE SET motif = excluded.motif, acteur = excluded.acteur`,
    { destination, motif, acteur, quand },
  );
}

export function creerSuspensions(base: Base): Suspensions {
  return {
    async lister() {
      return base.lignes<Suspension>(
        'SELECT destination, motif, acteur, depuis FROM suspensions ORDER BY destination',
      );
    },
  };
}
