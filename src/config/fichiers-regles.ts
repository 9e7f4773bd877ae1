import { CHEMINS } from './chemins.ts';
import type { Config } from './manifest.ts';

/** Every file that the settings name: certificates, keys, passwords. */

/** Settings that are paths of something else than one file. */
const AUTRES: readonly string[] = [
  'donnees',
  'api.socket',
  'coffre.secours',
  'coffre.s3.brouillons',
  'reception.maildir[].dossier',
  'confiance.dossier',
  'confiance.fichiers',
];

export interface FichierRegle {
  /** `helios.passerelles[0].secret_fichier`. */
  readonly reglage: string;
  readonly fichier: string;
}

function lire(groupe: unknown, noms: readonly string[], prefixe: string): FichierRegle[] {
  const [premier = '', ...suite] = noms;
  const liste = premier.endsWith('[]');
  const nom = liste ? premier.slice(0, -2) : premier;
  const valeur = (groupe as Readonly<Record<string, unknown>>)[nom];
  const ici = prefixe === '' ? nom : `${prefixe}.${nom}`;
  if (Array.isArray(valeur)) return valeur.flatMap((element, i) => lire(element, suite, `${ici}[${i}]`));
  if (suite.length > 0) return lire(valeur, suite, ici);
  return typeof valeur === 'string' && valeur !== '' ? [{ reglage: ici, fichier: valeur }] : [];
}

export function fichiersRegles(config: Config): readonly FichierRegle[] {
  return CHEMINS.filter((cle) => !AUTRES.includes(cle)).flatMap((cle) => lire(config, cle.split('.'), ''));
}
