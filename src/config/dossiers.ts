import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const estDossier = (chemin: string): boolean =>
  statSync(chemin, { throwIfNoEntry: false })?.isDirectory() === true;

/** @returns whether it was made; false: it stood already. Throws what the system says. */
function creer(dossier: string, mode: number): boolean {
  try {
    mkdirSync(dossier, { mode });
    return true;
  } catch (origine) {
    if (estDossier(dossier)) return false;
    throw origine;
  }
}

const absent = (erreur: unknown): boolean =>
  erreur instanceof Error && 'code' in erreur && erreur.code === 'ENOENT';

/**
 * Makes a folder, and those above it that are missing. The recursive `mkdir` of Node never ends where a folder that stands
 * takes none and says so by ENOENT (`/proc`): here that answer is thrown, as any other.
 * @returns the first that was made, absolute; undefined when the folder stood already.
 */
export function creerDossiers(chemin: string, mode: number): string | undefined {
  const dossier = resolve(chemin);
  try {
    return creer(dossier, mode) ? dossier : undefined;
  } catch (origine) {
    if (!absent(origine) || dirname(dossier) === dossier) throw origine;
  }
  const premier = creerDossiers(dirname(dossier), mode);
  const fait = creer(dossier, mode);
  return premier ?? (fait ? dossier : undefined);
}
