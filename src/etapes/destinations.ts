import type { Etat } from '../metier/etats.ts';
import { type Flux, voieDe } from '../metier/flux.ts';
import type { Annuaire } from './annuaire.ts';
import { destinationDe } from './remise-passerelle.ts';

/** The last try may have left something at the door it left by, whatever the card says since. */
const PARTIS: readonly Etat[] = ['en_ligne', 'incertain'];

/**
 * By which door of the State a flux leaves, as orders and queues name it; null when none is set for it.
 * @param passerelles names of the gateways, in the order of the settings.
 */
export function creerDestinations(
  annuaire: Annuaire,
  passerelles: readonly string[],
): (flux: Flux) => Promise<string | null> {
  return async (flux) => {
    if (flux.protocole === 'ACTES') return 'ACTES';
    const partie = PARTIS.includes(flux.etat) ? voieDe(flux) : null;
    const choisie = partie ?? (await annuaire.trouver(flux.collectivite))?.helios;
    if (choisie === undefined || choisie === null) return null;
    const nom = choisie.passerelle === '' ? passerelles[0] : choisie.passerelle;
    return nom !== undefined && passerelles.includes(nom) ? destinationDe(nom) : null;
  };
}
