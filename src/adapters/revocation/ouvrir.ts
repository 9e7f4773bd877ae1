import type { AgeMax } from '../../formats/certificats/revocation.ts';
import type { Revocation } from '../../ports/revocation.ts';
import { creerRevocationHttp, type DependancesRevocation } from './http.ts';
import type { ReglageRevocation } from './requete.ts';

export interface RevocationReglee {
  /** null: the settings say that no server is asked. */
  readonly revocation: (Revocation & { fermer(): Promise<void> }) | null;
  readonly ageMax: AgeMax;
}

/** Milliseconds; 0 second is no limit. */
function enLimite(secondes: number): number | null {
  return secondes === 0 ? null : secondes * 1000;
}

/** Revocation as the settings have it. Throws VGM-CNF-009. */
export function ouvrirRevocation(reglage: ReglageRevocation, deps: DependancesRevocation): RevocationReglee {
  return {
    revocation: reglage.active ? creerRevocationHttp(reglage, deps) : null,
    ageMax: { crl: enLimite(reglage.crl_age_max_s), ocsp: enLimite(reglage.ocsp_age_max_s) },
  };
}
