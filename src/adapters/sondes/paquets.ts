import { setImmediate as souffler } from 'node:timers/promises';
import type { FichePaquet, Paquets } from '../../formats/xsd/paquets.ts';
import type { Constat, Sonde } from '../../ports/sonde.ts';
import { RACINES_DEPOSEES } from '../../protocoles/helios/codes.ts';

export interface PaquetsSondes {
  readonly paquets: Paquets;
  /** French: why the content of a pack is not as it was imported; null when it is. */
  readonly defaut: (paquet: FichePaquet) => string | null;
}

interface Defaut {
  readonly paquet: FichePaquet;
  readonly motif: string;
}

const enVigueur = ({ politique }: FichePaquet): boolean => politique !== 'ignorer';

/** Those that cannot be opened, then those whose files changed under what is in memory. */
async function trouverDefauts({ paquets, defaut }: PaquetsSondes): Promise<readonly Defaut[]> {
  const trouves = new Map<string, Defaut>();
  for (const ouvert of RACINES_DEPOSEES.flatMap((racine) => paquets.pour(racine))) {
    const { paquet } = ouvert;
    if (ouvert.type === 'inutilisable') trouves.set(paquet.nom, { paquet, motif: ouvert.motif });
  }
  for (const paquet of paquets.lister().paquets.filter(enVigueur)) {
    const motif = trouves.has(paquet.nom) ? null : defaut(paquet);
    if (motif !== null) trouves.set(paquet.nom, { paquet, motif });
    // reading all the files of one takes some milliseconds
    await souffler();
  }
  return [...trouves.values()];
}

function direDefauts(defauts: readonly Defaut[]): Pick<Constat, 'etat' | 'detail' | 'remede'> {
  const bloque = defauts.some((d) => d.paquet.politique === 'bloquer');
  const suite = bloque ? ' ; tant qu’un paquet à « bloquer » manque, les PES attendent' : '';
  return {
    etat: bloque ? 'panne' : 'attention',
    detail: defauts.map(({ paquet, motif }) => `${paquet.nom} (${paquet.politique}) : ${motif}`).join(' ; '),
    remede: `Importer de nouveau le même jeu (« vaguemestre schemas importer »)${suite}.`,
  };
}

/** The schema packs, file by file: what judges from memory today may be gone at the next start. */
export function sondePaquets(sondes: PaquetsSondes): Sonde {
  const sujet = 'paquets de schémas';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const { paquets: fiches, probleme } = sondes.paquets.lister();
      if (probleme !== null) {
        const remede =
          'Remettre « paquets.json » depuis une sauvegarde ; à défaut l’effacer, puis importer de nouveau chaque jeu.';
        return { sujet, etat: 'panne', detail: `inventaire illisible : ${probleme}`, remede };
      }
      const defauts = await trouverDefauts(sondes);
      if (defauts.length > 0) return { sujet, ...direDefauts(defauts) };
      const cites = fiches.filter(enVigueur).map((p) => `${p.nom} (${p.politique})`);
      const detail = cites.length === 0 ? 'aucun en vigueur' : `en vigueur : ${cites.join(', ')}`;
      return { sujet, etat: 'bon', detail, remede: '' };
    },
  };
}
