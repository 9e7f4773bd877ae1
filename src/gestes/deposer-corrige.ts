import type { OutilsMoteur } from '../engine/outils.ts';
import { erreurDepot } from '../metier/catalogue/depot.ts';
import { estTerminal, LIBELLE_ETAT } from '../metier/etats.ts';
import type { FluxId } from '../metier/identifiants.ts';
import type { DemandeDepot } from './gestes.ts';

/**
 * The flux that a deposit says it corrects: of the same collectivité and protocol, and at its end, for what is still
 * awaited may make the correction a double. Throws VGM-DEP-008, -009.
 */
export async function fluxCorrige(moteur: OutilsMoteur, demande: DemandeDepot): Promise<FluxId | null> {
  const { corrige, collectivite, protocole } = demande;
  if (corrige === undefined) return null;
  const flux = await moteur.store.flux.trouver({ collectivite }, corrige);
  if (flux === undefined || flux.protocole !== protocole || flux.etat === 'recu')
    throw erreurDepot('VGM-DEP-008', { flux: corrige, protocole });
  if (!estTerminal(flux.etat))
    throw erreurDepot('VGM-DEP-009', { flux: corrige, etat: LIBELLE_ETAT[flux.etat] });
  return corrige;
}
