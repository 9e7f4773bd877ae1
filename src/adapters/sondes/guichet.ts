import type { Constat, Sonde } from '../../ports/sonde.ts';

/** What can tell whether the State's door answers, without sending anything. */
interface Guichet {
  sonder(): Promise<{ readonly joignable: boolean; readonly detail: string }>;
}

/** @param guichet null when no address is configured: the actes wait, and people must know it. */
export function sondeGuichet(guichet: Guichet | null): Sonde {
  const sujet = 'guichet du ministère';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      if (guichet === null) {
        const remede = 'Régler « actes.ministere.url » et son certificat.';
        return { sujet, etat: 'attention', detail: 'aucune adresse réglée : les actes attendent', remede };
      }
      const { joignable, detail } = await guichet.sonder();
      const remede = joignable
        ? ''
        : 'Vérifier le réseau, l’adresse et le certificat, puis appeler le ministère.';
      return { sujet, etat: joignable ? 'bon' : 'panne', detail, remede };
    },
  };
}
