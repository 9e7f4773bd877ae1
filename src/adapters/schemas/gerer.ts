import type { FichePaquet, PolitiqueSchemas } from '../../formats/xsd/paquets.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';
import { type Auteur, changerPaquets, type EtatDossier } from './dossier.ts';

/** What is done to a pack that is there: its policy, its removal. */

/** The same packs, but for the policy of one of them, and the line that says so. */
export function changerPolitique(etat: EtatDossier, paquet: FichePaquet, politique: PolitiqueSchemas) {
  return {
    paquets: etat.paquets.map((p) => (p === paquet ? { ...p, politique } : p)),
    trace: {
      geste: 'politique' as const,
      paquet: paquet.nom,
      empreinte: paquet.empreinte,
      resume: `de ${paquet.politique} à ${politique}`,
    },
  };
}

/** Throws VGM-SCH-007. */
export function designer(paquets: readonly FichePaquet[], nom: string): FichePaquet {
  const trouve = paquets.find((p) => p.nom === nom);
  if (trouve !== undefined) return trouve;
  const noms = paquets.length === 0 ? 'aucun' : paquets.map((p) => p.nom).join(', ');
  throw erreurSchemas('VGM-SCH-007', { nom, noms });
}

/** Throws VGM-SCH-007, and what `changerPaquets` throws. */
export async function retirerPaquet(nom: string, dossier: string, auteur: Auteur): Promise<FichePaquet> {
  return changerPaquets(dossier, auteur, async (etat) => {
    const paquet = designer(etat.paquets, nom);
    const trace = { geste: 'retirer' as const, paquet: nom, empreinte: paquet.empreinte, resume: 'retrait' };
    return { paquets: etat.paquets.filter((p) => p !== paquet), trace, rendu: paquet };
  });
}

/** Throws VGM-SCH-007, and what `changerPaquets` throws. @returns the pack as it is now. */
export async function choisirPolitique(
  { nom, politique }: { readonly nom: string; readonly politique: PolitiqueSchemas },
  dossier: string,
  auteur: Auteur,
): Promise<FichePaquet> {
  return changerPaquets(dossier, auteur, async (etat) => {
    const paquet = designer(etat.paquets, nom);
    const rendu = { ...paquet, politique };
    if (paquet.politique === politique) return { paquets: null, rendu };
    return { ...changerPolitique(etat, paquet, politique), rendu };
  });
}
