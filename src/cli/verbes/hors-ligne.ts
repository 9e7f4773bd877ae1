import type { PaquetsDemandes } from '../controler-pes.ts';
import { type Appel, drapeau, type ModuleVerbe, texte } from '../monde.ts';

function fichier(appel: Appel): string {
  return appel.arguments[0] ?? '';
}

/** `--schemas`, or else those of the settings when the command or the environment names some. Throws VGM-CFG-001 to -003. */
async function paquetsDemandes({ options, monde }: Appel): Promise<PaquetsDemandes | null> {
  const nomme = texte(options, 'schemas');
  if (nomme !== undefined) return { dossier: nomme, exiges: true };
  const reglages = texte(options, 'config') ?? monde.env['VAGUEMESTRE_CONFIG'] ?? '';
  if (reglages === '') return null;
  const [{ chargerConfig }, { dossierSchemas }] = await Promise.all([
    import('../../config/charger.ts'),
    import('../../config/chemins.ts'),
  ]);
  const { config } = chargerConfig({ env: monde.env, fichier: reglages });
  return { dossier: dossierSchemas(config), exiges: false };
}

/** `vaguemestre controler FICHIER`, without daemon. */
export const controlerFichier: ModuleVerbe = {
  async executer(appel) {
    const { controler } = await import('../controler.ts');
    const paquets = await paquetsDemandes(appel);
    return controler(fichier(appel), { json: drapeau(appel.options, 'json'), paquets }, appel.monde.sorties);
  },
};
