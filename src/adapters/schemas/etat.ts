import type { FichePaquet, Paquets } from '../../formats/xsd/paquets.ts';
import { defautDe } from './contenu.ts';

/** A pack as it stands on the disk. */
export interface EtatPaquet {
  readonly paquet: FichePaquet;
  /** It is asked about deposits: its policy says so, and it can be opened. */
  readonly enVigueur: boolean;
  /** French, first thing found wrong; null when every file is as it was imported and every root is compiled. */
  readonly defaut: string | null;
}

function trouverDefaut(paquets: Paquets, dossier: string, paquet: FichePaquet): string | null {
  const altere = defautDe(dossier, paquet);
  if (altere !== null) return altere;
  const ouverts = paquet.racines.flatMap((racine) => paquets.pour(racine, (p) => p.nom === paquet.nom));
  return ouverts.find((o) => o.type === 'inutilisable')?.motif ?? null;
}

/** Looks at every file of every pack. */
export function etatPaquets(paquets: Paquets, dossier: string): readonly EtatPaquet[] {
  return paquets.lister().paquets.map((paquet) => {
    const defaut = trouverDefaut(paquets, dossier, paquet);
    return { paquet, defaut, enVigueur: defaut === null && paquet.politique !== 'ignorer' };
  });
}
