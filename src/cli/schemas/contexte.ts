import { chargerConfig } from '../../config/charger.ts';
import { dossierSchemas } from '../../config/chemins.ts';
import { POLITIQUES, type PolitiqueSchemas } from '../../formats/xsd/paquets.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, texte } from '../monde.ts';

/** `--dossier`, or else what the settings say. Throws VGM-CFG-001 to 003. */
export function dossierDe({ options, monde }: Appel): string {
  const dossier = texte(options, 'dossier');
  if (dossier !== undefined) return dossier;
  const fichier = texte(options, 'config');
  return dossierSchemas(
    chargerConfig({ env: monde.env, ...(fichier === undefined ? {} : { fichier }) }).config,
  );
}

/** Throws VGM-CLI-004. */
export function lirePolitique(valeur: string, verbe: string): PolitiqueSchemas {
  const politique = POLITIQUES.find((p) => p === valeur);
  if (politique !== undefined) return politique;
  throw erreurUsage(`La politique est ignorer, avertir ou bloquer, et on lit « ${valeur} ».`, verbe);
}

/** `--version 5.17`, or `v5.17`. Throws VGM-CLI-004. */
export function lireVersion({ options, verbe }: Appel): string | undefined {
  const brute = texte(options, 'version');
  if (brute === undefined) return undefined;
  const lue = /^v?([0-9]{1,3}(?:\.[0-9]{1,4}){1,3})$/i.exec(brute)?.[1];
  if (lue !== undefined) return lue;
  throw erreurUsage(
    `L’option « --version » attend des nombres séparés de points (5.17), et on lit « ${brute} ».`,
    verbe,
  );
}
