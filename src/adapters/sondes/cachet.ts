import type { Config } from '../../config/manifest.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import type { Siren } from '../../metier/identifiants.ts';
import type { Constat, Sonde } from '../../ports/sonde.ts';
import { citer, compterFiches } from './cles.ts';

/** Our cachet of the actes: who asks for it, and whether there is a key to make it with. */

export type FichesActes = () => Promise<readonly Pick<Collectivite, 'siren' | 'actes'>[]>;

type Reglage = Pick<Config['actes']['signature'], 'cachet' | 'nom_cle'>;

export interface CachetVoulu {
  readonly siren: Siren;
  /** Name of the key; empty: nobody named one. */
  readonly cle: string;
}

/** The cards that make us sign, by themselves or by what the operator decides. */
export async function cachetsVoulus(fiches: FichesActes, reglage: Reglage): Promise<readonly CachetVoulu[]> {
  return (await fiches()).flatMap(({ siren, actes }) => {
    if (actes === null || (actes.cachet ?? reglage.cachet) === 'aucun') return [];
    return [{ siren, cle: actes.cle || reglage.nom_cle }];
  });
}

function manque({ siren, cle }: CachetVoulu, cles: readonly string[]): string | null {
  if (cle === '') return `${siren} : ni sa fiche ni les réglages ne nomment une clé`;
  return cles.includes(cle) ? null : `${siren} : sa clé « ${cle} » n’est pas dans les réglages`;
}

const REMEDE =
  'Compléter la fiche (« vaguemestre collectivite modifier », --cachet, --cle-cachet) ou « actes.signature », ou donner la clé sous [[helios.cles]] et redémarrer ; ses actes attendent.';

/** @param cles names of the keys of the settings. */
export function sondeCachet(voulus: () => Promise<readonly CachetVoulu[]>, cles: readonly string[]): Sonde {
  const sujet = 'cachet des actes';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const demandes = await voulus();
      const manques = demandes.map((d) => manque(d, cles)).filter((m) => m !== null);
      if (manques.length > 0) return { sujet, etat: 'panne', detail: citer(manques, ' ; '), remede: REMEDE };
      const detail =
        demandes.length === 0
          ? 'aucune fiche ne le demande'
          : `${compterFiches(demandes.length)}, chacune avec sa clé`;
      return { sujet, etat: 'bon', detail, remede: '' };
    },
  };
}
