import { createReadStream } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

export type Bac = 'entree' | 'sortie';

export interface EtatFichier {
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  /** Epoch milliseconds. */
  readonly quand: number;
}

/** The files of the gateway, on disk: what arrives, and what waits for its reader. */
export interface Casier {
  lister(bac: Bac): Promise<EtatFichier[]>;
  etat(bac: Bac, nom: string): Promise<EtatFichier | null>;
  /** Creates or truncates. */
  ecrire(nom: string): Promise<FileHandle>;
  lire(nom: string): Promise<FileHandle>;
  relire(nom: string): AsyncIterable<Uint8Array>;
  renommer(de: string, vers: string): Promise<void>;
  effacer(bac: Bac, nom: string): Promise<void>;
  /** Appears whole, under its name. */
  publier(nom: string, octets: Uint8Array): Promise<void>;
  /** The same, for what was published once and may have been forgotten since. */
  republier(nom: string): Promise<void>;
}

/** A name that stays in its folder. */
export function nomSur(nom: string): boolean {
  return nom !== '' && nom !== '.' && nom !== '..' && !/[/\0]/.test(nom);
}

export async function ouvrirCasier(dossier: string): Promise<Casier> {
  const lieu = (bac: Bac, nom: string) => join(dossier, bac, nom);
  for (const sous of ['entree', 'sortie', 'atelier', 'publies'])
    await mkdir(join(dossier, sous), { recursive: true });
  const etat = async (bac: Bac, nom: string): Promise<EtatFichier | null> => {
    const vu = await stat(lieu(bac, nom)).catch(() => null);
    return vu?.isFile() === true ? { nom, taille: vu.size, quand: vu.mtimeMs } : null;
  };
  return {
    etat,
    async lister(bac) {
      const noms = await readdir(join(dossier, bac));
      const etats = await Promise.all(noms.toSorted().map((nom) => etat(bac, nom)));
      return etats.filter((e) => e !== null);
    },
    ecrire: (nom) => open(lieu('entree', nom), 'w'),
    lire: (nom) => open(lieu('sortie', nom), 'r'),
    relire: (nom) => createReadStream(lieu('entree', nom)),
    renommer: (de, vers) => rename(lieu('entree', de), lieu('entree', vers)),
    effacer: (bac, nom) => rm(lieu(bac, nom), { force: true }),
    async publier(nom, octets) {
      const provisoire = join(dossier, 'atelier', nom);
      await writeFile(provisoire, octets);
      await rm(join(dossier, 'publies', nom), { force: true });
      await link(provisoire, join(dossier, 'publies', nom));
      await rename(provisoire, lieu('sortie', nom));
    },
    async republier(nom) {
      const provisoire = join(dossier, 'atelier', nom);
      await copyFile(join(dossier, 'publies', nom), provisoire);
      await rename(provisoire, lieu('sortie', nom));
    },
  };
}
