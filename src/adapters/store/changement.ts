import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import type { ObjetJson } from '../../metier/flux.ts';
import type { ChangementFlux } from '../../ports/store.ts';
import type { LigneFlux } from './lignes.ts';

/** An outgoing name is given once: sending a flux under a second name could make the State hold it twice. */
export function nomDefinitif(
  avant: Pick<LigneFlux, 'nom_envoi'>,
  c: Pick<ChangementFlux, 'nomEnvoi'>,
): string | null {
  if (c.nomEnvoi === undefined || c.nomEnvoi === avant.nom_envoi) return avant.nom_envoi;
  if (avant.nom_envoi !== null) throw erreurNoyau('VGM-NOY-004', { etape: 'nom d’envoi déjà fixé' });
  return c.nomEnvoi;
}

/** The summary, merged key by key. */
export function resumer(avant: Pick<LigneFlux, 'resume'>, complement: ObjetJson | undefined): string {
  if (complement === undefined) return avant.resume;
  return JSON.stringify({ ...(JSON.parse(avant.resume) as ObjetJson), ...complement });
}
