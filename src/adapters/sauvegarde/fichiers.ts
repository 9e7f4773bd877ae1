import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copier, ecrivant, existe, lisant, nomsDe, type Provisoires, scellerDossier } from './disque.ts';
import type { FichierSauve } from './manifeste.ts';

/** What a backup holds beside the base and the pieces: a few small files. */

/** A file to copy, and the name it takes inside the snapshot. */
export interface FichierNomme {
  readonly de: string;
  readonly fichier: string;
}

/** Regular files of a folder and of those below, with their names from it; links and sockets are passed over. */
export async function fichiersSous(dossier: string, prefixe: string): Promise<FichierNomme[]> {
  const trouves: FichierNomme[] = [];
  for (const nom of await lisant(dossier, () => nomsDe(dossier))) {
    const de = join(dossier, nom);
    const faits = await lisant(de, () => lstat(de));
    if (faits.isDirectory()) trouves.push(...(await fichiersSous(de, `${prefixe}/${nom}`)));
    // a lock holds nothing
    else if (faits.isFile() && nom !== '.verrou') trouves.push({ de, fichier: `${prefixe}/${nom}` });
  }
  return trouves;
}

/** Copies files under a folder, each synced, its folder too. @returns what was copied; one that is not there is passed over. */
export async function copierFichiers(
  fichiers: readonly FichierNomme[],
  vers: string,
  provisoires: Provisoires,
): Promise<FichierSauve[]> {
  const copies: FichierSauve[] = [];
  const dossiers = new Set<string>();
  for (const { de, fichier } of fichiers) {
    if (!(await lisant(de, () => existe(de)))) continue;
    const cible = join(vers, fichier);
    await ecrivant(vers, () => mkdir(dirname(cible), { recursive: true, mode: 0o700 }));
    for (let d = dirname(cible); d.length >= vers.length; d = dirname(d)) dossiers.add(d);
    const lu = await copier({ de, vers: cible }, provisoires);
    if (lu !== null) copies.push({ fichier, taille: lu.taille, sha256: lu.sha256 });
  }
  for (const dossier of dossiers) await ecrivant(vers, () => scellerDossier(dossier));
  return copies;
}
