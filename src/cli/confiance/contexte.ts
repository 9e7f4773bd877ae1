import { userInfo } from 'node:os';
import type { Auteur } from '../../adapters/confiance/dossier.ts';
import { chargerConfig } from '../../config/charger.ts';
import { dossierConfiance } from '../../config/chemins.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, texte } from '../monde.ts';

/** Where the verbs of trust work, and on whose behalf. */

export interface Lieu {
  /** Folder that the commands read and change. */
  readonly dossier: string;
  /** Other files and folders of the settings, which they only read. */
  readonly autres: readonly string[];
}

/** `--dossier`, or else what the settings say. Throws VGM-CLI-004, VGM-CFG-001 to 003. */
export function lieuDe({ options, monde, verbe }: Appel): Lieu {
  const dossier = texte(options, 'dossier');
  // an empty name would be the current folder, where a script with a missing variable happens to run
  if (dossier === '') throw erreurUsage('L’option « --dossier » attend un nom de dossier.', verbe);
  if (dossier !== undefined) return { dossier, autres: [] };
  const fichier = texte(options, 'config');
  const { config } = chargerConfig({ env: monde.env, ...(fichier === undefined ? {} : { fichier }) });
  return { dossier: dossierConfiance(config), autres: config.confiance.fichiers };
}

/** The system account, and the person behind it when sudo tells. */
function compte(env: Appel['monde']['env']): string {
  const sudo = env['SUDO_USER'];
  let nom: string;
  try {
    nom = userInfo().username;
  } catch {
    // An account that the system does not name (container).
    nom = `uid ${process.getuid?.() ?? '?'}`;
  }
  return sudo === undefined || sudo === '' || sudo === nom ? nom : `${nom} (${sudo})`;
}

export async function auteurDe({ monde }: Appel): Promise<Auteur> {
  return { qui: compte(monde.env), quand: await monde.maintenant() };
}
