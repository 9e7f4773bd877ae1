import type { Constat, Sondable, Sonde } from '../../ports/sonde.ts';

export interface PasserelleSondee {
  readonly nom: string;
  readonly passerelle: Sondable;
}

/** One gateway of the DGFiP: connection, recognition of the host, account, listing of what waits. */
export function sondePasserelle({ nom, passerelle }: PasserelleSondee): Sonde {
  const sujet = `passerelle ${nom}`;
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const { joignable, detail } = await passerelle.sonder();
      const remede = joignable
        ? ''
        : 'Suivre ce que dit le détail (réseau ou tunnel, clé d’hôte, compte, dossier), puis appeler la DGFiP. Les PES attendent, et partiront seuls.';
      return { sujet, etat: joignable ? 'bon' : 'panne', detail, remede };
    },
  };
}

/** @param titulaires number of collectivités that have an HELIOS card: without any, no gateway is missed. */
export function sondeSansPasserelle(titulaires: () => Promise<number>): Sonde {
  const sujet = 'passerelles HELIOS';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const nombre = await titulaires();
      if (nombre === 0) return { sujet, etat: 'bon', detail: 'aucune réglée, aucune attendue', remede: '' };
      const detail = 'aucune réglée : les PES déposés attendent';
      return { sujet, etat: 'attention', detail, remede: 'Régler « helios.passerelles ».' };
    },
  };
}
