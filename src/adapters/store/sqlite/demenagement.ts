import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Base } from './pilote.ts';

/** What a base says of its moving to PostgreSQL: docs/decisions/0019-changer-de-magasin.md. */

export interface Depart {
  /** Unique to one copy of this base, from its first row to its last. */
  readonly essai: string;
  /** `en_cours`: this base is still the one that serves. `parti`: it is not any more. */
  readonly etat: 'en_cours' | 'parti';
  /** French: server and base. */
  readonly vers: string;
  readonly quand: Instant;
}

/** @returns null for a base that stays; one of an older schema has never gone anywhere. */
export function lireDepart(base: Base): Depart | null {
  const table = base.ligne("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'demenagement'");
  if (table === undefined) return null;
  return base.ligne<Depart>('SELECT essai, etat, vers, quand FROM demenagement') ?? null;
}

export function ecrireDepart(base: Base, { essai, etat, vers, quand }: Depart): void {
  base.ecrire(
    `INSERT INTO demenagement (seul, essai, etat, vers, quand) VALUES (1, :essai, :etat, :vers, :quand)
      ON CONFLICT (seul) DO UPDATE SET essai = excluded.essai, etat = excluded.etat, vers = excluded.vers,
        quand = excluded.quand`,
    { essai, etat, vers, quand },
  );
}

export function oublierDepart(base: Base): void {
  base.ecrire('DELETE FROM demenagement');
}

/**
 * For whoever will write in it. A copy under way ends there: what it has of this base is about to be wrong, and it will begin again.
 * Throws VGM-STO-008 when this base is not the one that serves.
 */
export function exigerEnService(base: Base, fichier: string): void {
  const depart = lireDepart(base);
  if (depart === null) return;
  if (depart.etat === 'parti') throw partie('VGM-STO-008', fichier, depart);
  oublierDepart(base);
}

export function partie(code: 'VGM-STO-008' | 'VGM-STO-016', fichier: string, { vers, quand }: Depart) {
  return erreurStockage(code, { fichier, vers, quand: new Date(quand).toISOString() });
}
