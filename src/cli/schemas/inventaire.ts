import { join } from 'node:path';
import { type EtatPaquet, etatPaquets } from '../../adapters/schemas/etat.ts';
import { lireInventaire, NOM_INVENTAIRE } from '../../adapters/schemas/inventaire.ts';
import { ouvrirPaquets } from '../../adapters/schemas/paquets.ts';
import { derniereTrace, type LigneTrace } from '../../adapters/schemas/trace.ts';
import type { FichePaquet } from '../../formats/xsd/paquets.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';

/** What is installed, whole or damaged, and what was last done to it. */

export interface InventaireVu {
  readonly dossier: string;
  readonly paquets: readonly EtatPaquet[];
  readonly derniere: LigneTrace | null;
  /** French. */
  readonly alertes: readonly string[];
}

/** `PES_Aller`; with the end of its namespace when two roots have the same name. */
export function nommerRacines({ racines }: FichePaquet): string[] {
  return racines.map(({ espace, nom }) => {
    const seule = racines.filter((r) => r.nom === nom).length === 1;
    return seule ? nom : `${nom} (${espace.split('/').at(-1) ?? espace})`;
  });
}

function alerteTrace(derniere: LigneTrace | null, inventaire: string | null): string[] {
  if (derniere === null) {
    return inventaire === null
      ? []
      : ['Le registre des modifications est absent, ou sa dernière ligne est illisible.'];
  }
  if (derniere.inventaire === inventaire) return [];
  const quoi = `« ${derniere.geste} ${derniere.paquet} »`;
  return [
    `La dernière modification (${quoi}) n’a pas abouti, ou l’inventaire a été modifié hors de la commande : la refaire.`,
  ];
}

/** Throws VGM-SCH-008. */
export async function inventorier(dossier: string): Promise<InventaireVu> {
  const lu = lireInventaire(dossier);
  if (lu.type === 'illisible') {
    throw erreurSchemas('VGM-SCH-008', { fichier: join(dossier, NOM_INVENTAIRE), raison: lu.raison });
  }
  const paquets = etatPaquets(ouvrirPaquets(dossier), dossier);
  const derniere = await derniereTrace(dossier);
  const defauts = paquets.flatMap(({ paquet, defaut }) =>
    defaut === null
      ? []
      : [
          `Paquet ${paquet.nom} inutilisable : ${defaut}. L’importer de nouveau depuis ${paquet.origine} le remet en état.`,
        ],
  );
  return { dossier, paquets, derniere, alertes: [...defauts, ...alerteTrace(derniere, lu.sha256)] };
}
