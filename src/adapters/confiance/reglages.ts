import { dossierConfiance } from '../../config/chemins.ts';
import type { Config } from '../../config/manifest.ts';
import { type MagasinOuvert, restreindre } from '../../formats/certificats/magasin.ts';
import type { TablePolitiques } from '../../formats/xades/politiques.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import { chargerDossier, chargerMagasin } from './charger.ts';
import { chargerPolitiques } from './politiques.ts';

/** What a certificate is to be trusted for: each use admits its own families. */
export type EmploiConfiance = keyof Config['confiance']['familles'];

/** Trust as the settings have it, read once. */
export interface Confiance {
  /** The families that a use admits. */
  readonly magasin: (emploi: EmploiConfiance) => MagasinOuvert;
  /** The same; null when the operator has no store at all: nobody is judged, and the reports say so. */
  readonly juge: (emploi: EmploiConfiance) => MagasinOuvert | null;
  readonly politiques: TablePolitiques;
  /** Families that the settings name and that no file holds: nobody is trusted by them. */
  readonly manquantes: readonly string[];
}

function enListe(problemes: readonly string[]): string {
  return problemes.map((p) => `- ${p}`).join('\n');
}

/** Throws VGM-CNF-001 (a file of the store) and VGM-CNF-002 (the policies), with every problem at once. */
export async function chargerConfiance(config: Config): Promise<Confiance> {
  const { dossier, fichiers } = config.confiance;
  // A folder that the settings name must be there; the default one may not be yet, and then nobody is trusted.
  const charge =
    dossier === ''
      ? await chargerDossier(dossierConfiance(config), fichiers)
      : await chargerMagasin([dossier, ...fichiers]);
  if (charge.type === 'refuse')
    throw erreurConfiance('VGM-CNF-001', { problemes: enListe(charge.problemes) });
  const politiques = await chargerPolitiques(config.confiance.politiques);
  if (politiques.type === 'refuse') {
    throw erreurConfiance('VGM-CNF-002', { problemes: enListe(politiques.problemes) });
  }
  const { familles } = config.confiance;
  const presentes = new Set(charge.magasin.map((f) => f.famille.nom));
  const nommees = new Set(Object.values(familles).flat());
  const magasin: Confiance['magasin'] = (emploi) => restreindre(charge.magasin, familles[emploi]);
  return {
    magasin,
    juge: (emploi) => {
      const ouvert = magasin(emploi);
      // families that are named and absent admit nobody: that is not « no store »
      return ouvert.length === 0 && familles[emploi].length === 0 ? null : ouvert;
    },
    politiques: politiques.table,
    manquantes: [...nommees].filter((nom) => !presentes.has(nom)),
  };
}
