import type { Confiance } from '../adapters/confiance/reglages.ts';
import { type Appel, texte } from './monde.ts';

/**
 * Trust as the settings have it, when the command or the environment names a file of settings; null otherwise, and
 * then nothing of what reads settings is loaded.
 * Throws VGM-CFG-001 to -003, VGM-CNF-001 and -002.
 */
export async function confianceDesReglages({ options, monde }: Appel): Promise<Confiance | null> {
  const fichier = texte(options, 'config') ?? monde.env['VAGUEMESTRE_CONFIG'] ?? '';
  if (fichier === '') return null;
  const [{ chargerConfig }, { chargerConfiance }] = await Promise.all([
    import('../config/charger.ts'),
    import('../adapters/confiance/reglages.ts'),
  ]);
  return chargerConfiance(chargerConfig({ env: monde.env, fichier }).config);
}
