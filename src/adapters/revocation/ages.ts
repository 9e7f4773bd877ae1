import type { AgeMax } from '../../formats/certificats/revocation.ts';
import type { ReglageRevocation } from './requete.ts';

/** Milliseconds; 0 second is no limit. */
function enLimite(secondes: number): number | null {
  return secondes === 0 ? null : secondes * 1000;
}

/** Ages beyond which evidence does not count, as the settings have them. */
export function agesDe({
  crl_age_max_s: crl,
  ocsp_age_max_s: ocsp,
}: Pick<ReglageRevocation, 'crl_age_max_s' | 'ocsp_age_max_s'>): AgeMax {
  return { crl: enLimite(crl), ocsp: enLimite(ocsp) };
}
