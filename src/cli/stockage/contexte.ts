import { accesDe } from '../../adapters/store/postgres/acces.ts';
import type { Config } from '../../config/manifest.ts';
import { type Appel, drapeau } from '../monde.ts';
import { fichierBase } from '../sauvegarde/base.ts';
import { reglagesDe } from '../sauvegarde/contexte.ts';

/** What the verbs of storage work with. */

/** Left to a server to notice that a command was killed; milliseconds. */
export const PATIENCE = 3_000;

export interface Lieux {
  readonly config: Config;
  /** Embedded base, in the data folder. */
  readonly fichier: string;
}

/** Throws VGM-CFG-001 to 003. */
export function lieuxDe(appel: Appel): Lieux {
  const { config } = reglagesDe(appel);
  return { config, fichier: fichierBase(config) };
}

/** Both bases, whichever the settings say that serves. */
export async function deuxBasesDe(appel: Appel) {
  const { config, fichier } = lieuxDe(appel);
  return { config, fichier, acces: await accesDe(config), patience: PATIENCE };
}

export const enJson = ({ options }: Appel): boolean => drapeau(options, 'json');
