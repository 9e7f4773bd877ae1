import type { Constat, Sondable, Sonde } from '../../ports/sonde.ts';

/** The object store of the pieces: reached, recognising us, holding the compartiment. Whether it can be written is not tried. */
export function sondeCoffre(stockage: Sondable): Sonde {
  const sujet = 'coffre';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const { joignable, detail } = await stockage.sonder();
      const remede = joignable
        ? ''
        : 'Suivre ce que dit le détail (réseau, clé d’accès, compartiment, verrou : section « coffre.s3 »), puis appeler l’hébergeur du stockage. Les dépôts sont refusés en attendant, et les flux repartiront seuls.';
      return { sujet, etat: joignable ? 'bon' : 'panne', detail, remede };
    },
  };
}
