import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ecrivant } from '../../adapters/sauvegarde/disque.ts';
import { copierBase } from '../../adapters/store/sqlite/instantane.ts';
import type { Config } from '../../config/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';

/** A copy of the base in service, for the command that makes a backup of it: it takes the file away. */
export interface InstantaneBase {
  /** Path on this machine. */
  readonly fichier: string;
  /** Data folder of the daemon. */
  readonly donnees: string;
  /** Bytes. */
  readonly taille: number;
}

/** A copy that nobody took away belongs to a command that died. Milliseconds. */
const OUBLIE = 3_600_000;

/**
 * Copies the base of the data folder, in it; the ones forgotten there are taken away first. Throws VGM-NOY-005, VGM-SAU-003.
 * @returns null when the base is elsewhere.
 */
export function creerInstantanes(
  { donnees, stockage }: Pick<Config, 'donnees' | 'stockage'>,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): (() => Promise<InstantaneBase>) | null {
  if (stockage.type !== 'sqlite') return null;
  const dossier = join(donnees, 'instantanes');
  return async () => {
    await ecrivant(dossier, async () => {
      await mkdir(dossier, { recursive: true, mode: 0o700 });
      for (const nom of await readdir(dossier)) {
        const { mtimeMs } = await stat(join(dossier, nom));
        if (clock.now() - mtimeMs > OUBLIE) await rm(join(dossier, nom), { force: true });
      }
    });
    const fichier = join(dossier, `${random.uuid()}.sqlite`);
    try {
      await copierBase(join(donnees, 'vaguemestre.sqlite'), fichier);
      const { size } = await ecrivant(dossier, () => stat(fichier));
      return { fichier, donnees, taille: size };
    } catch (erreur) {
      await rm(fichier, { force: true });
      throw erreur;
    }
  };
}
