import { readFile } from 'node:fs/promises';
import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';

/** A secret is read again at every connection: changed, it needs no restart. Throws VGM-PAS-006. */
export async function lireSecret(fichier: string, passerelle: string): Promise<string> {
  try {
    return (await readFile(fichier, 'utf8')).replace(/\r?\n$/, '');
  } catch (origine) {
    const detail = (origine as NodeJS.ErrnoException).code ?? 'illisible';
    throw erreurPasserelle('VGM-PAS-006', { passerelle, fichier, detail }, origine);
  }
}
