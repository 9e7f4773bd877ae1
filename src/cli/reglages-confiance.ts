import type { Confiance, EmploiConfiance } from '../adapters/confiance/reglages.ts';
import type { MagasinOuvert } from '../formats/certificats/magasin.ts';
import type { AgeMax } from '../formats/certificats/revocation.ts';
import { type Appel, texte } from './monde.ts';

export interface ReglagesConfiance extends Pick<Confiance, 'politiques'> {
  /** What a use admits; undefined when nothing was ever put in the store, and the settings ask for no family of it. */
  readonly magasin: (emploi: EmploiConfiance) => MagasinOuvert | undefined;
  /** Beyond these ages evidence does not count. */
  readonly ageMax: AgeMax;
}

/**
 * Trust as the settings have it, when the command or the environment names a file of settings; null otherwise, and
 * then nothing of what reads settings is loaded.
 * Throws VGM-CFG-001 to -003, VGM-CNF-001 and -002.
 */
export async function confianceDesReglages({ options, monde }: Appel): Promise<ReglagesConfiance | null> {
  const fichier = texte(options, 'config') ?? monde.env['VAGUEMESTRE_CONFIG'] ?? '';
  if (fichier === '') return null;
  const [{ chargerConfig }, { chargerConfiance }, { agesDe }] = await Promise.all([
    import('../config/charger.ts'),
    import('../adapters/confiance/reglages.ts'),
    import('../adapters/revocation/ages.ts'),
  ]);
  const { config } = chargerConfig({ env: monde.env, fichier });
  const { magasin, politiques } = await chargerConfiance(config);
  const { familles, revocation } = config.confiance;
  return {
    politiques,
    ageMax: agesDe(revocation),
    magasin: (emploi) => {
      const ouvert = magasin(emploi);
      // families that are asked and absent admit nobody: that is not « no store »
      return ouvert.length === 0 && familles[emploi].length === 0 ? undefined : ouvert;
    },
  };
}
