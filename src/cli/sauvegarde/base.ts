import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copierBase } from '../../adapters/store/sqlite/instantane.ts';
import { verrouillerBase } from '../../adapters/store/sqlite/ouverture.ts';
import type { Config } from '../../config/manifest.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { clientDe } from '../client.ts';
import { type Appel, texte } from '../monde.ts';

/** A copy of the base: asked of the daemon, or made here when there is none. */

interface InstantaneVu {
  readonly fichier: string;
  readonly donnees: string;
}

export function fichierBase({ donnees }: Config): string {
  return join(donnees, 'vaguemestre.sqlite');
}

/** Throws VGM-SAU-010: the base of a server is copied by the tools of the server. */
export function exigerEmbarquee({ stockage }: Config): void {
  if (stockage.type !== 'sqlite') throw erreurSauvegarde('VGM-SAU-010');
}

/** Throws VGM-SAU-010, -012 and what the daemon says; null when no daemon answers. */
async function demander(appel: Appel, config: Config): Promise<string | null> {
  try {
    const client = await clientDe(appel);
    const { instantane } = await client.json<{ instantane: InstantaneVu }>({
      methode: 'POST',
      chemin: '/instantane',
    });
    if (instantane.donnees !== config.donnees)
      throw erreurSauvegarde('VGM-SAU-012', { demon: instantane.donnees, reglages: config.donnees });
    return instantane.fichier;
  } catch (erreur) {
    const absent = erreur instanceof ErreurVgm && erreur.fiche.code === 'VGM-CLI-001';
    if (!absent || texte(appel.options, 'socket') !== undefined) throw erreur;
    return null;
  }
}

/** No daemon may start meanwhile: it would bring the base to its own schema. Throws VGM-SAU-013, VGM-NOY-007. */
async function copierArretee(config: Config, dossier: string): Promise<string> {
  const fichier = fichierBase(config);
  if (!existsSync(fichier)) throw erreurSauvegarde('VGM-SAU-013', { dossier: config.donnees });
  const relacher = verrouillerBase(fichier);
  try {
    const vers = join(dossier, 'base.sqlite');
    await copierBase(fichier, vers);
    return vers;
  } finally {
    relacher();
  }
}

/** @returns a copy of the base, to be taken away: made by the daemon in its own folder, or here in `dossier`. */
export async function prendreBase(appel: Appel, config: Config, dossier: string): Promise<string> {
  return (await demander(appel, config)) ?? (await copierArretee(config, dossier));
}
