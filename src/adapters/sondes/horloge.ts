import { dureeEnMots } from '../../metier/durees.ts';
import type { Constat, Sonde } from '../../ports/sonde.ts';

interface Horloge {
  /** Milliseconds behind the highest hour told since the start; 0 = none. */
  retard(): number;
  reculMax(): number;
}

/** Was the system clock set back since the start? */
export function sondeHorloge(horloge: Horloge): Sonde {
  const sujet = 'horloge';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const retard = horloge.retard();
      if (retard > 0) {
        const detail = `en retard de ${dureeEnMots(retard)} sur l’heure déjà donnée depuis le démarrage`;
        const remede =
          'Vérifier NTP (« timedatectl ») sans changer l’heure à la main ; d’ici qu’elle soit rattrapée, les échéances attendent.';
        return { sujet, etat: 'attention', detail, remede };
      }
      const recul = horloge.reculMax();
      const detail =
        recul === 0
          ? 'n’a pas reculé depuis le démarrage'
          : `a reculé de ${dureeEnMots(recul)} depuis le démarrage, rattrapés`;
      return { sujet, etat: 'bon', detail, remede: '' };
    },
  };
}
