import type { AgeMax } from '../../formats/certificats/revocation.ts';
import type { Revocation } from '../../ports/revocation.ts';
import { agesDe } from './ages.ts';
import { creerRevocationHttp, type DependancesRevocation } from './http.ts';
import type { ReglageRevocation } from './requete.ts';

export interface RevocationReglee {
  /** null: the settings say that no server is asked. */
  readonly revocation: (Revocation & { fermer(): Promise<void> }) | null;
  readonly ageMax: AgeMax;
}

/** Revocation as the settings have it. Throws VGM-CNF-009. */
export function ouvrirRevocation(reglage: ReglageRevocation, deps: DependancesRevocation): RevocationReglee {
  return {
    revocation: reglage.active ? creerRevocationHttp(reglage, deps) : null,
    ageMax: agesDe(reglage),
  };
}
