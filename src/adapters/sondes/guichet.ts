import type { Constat, Sondable, Sonde } from '../../ports/sonde.ts';

/** @param guichet null when no address is configured: the actes wait, and people must know it. */
export function sondeGuichet(guichet: Sondable | null): Sonde {
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
