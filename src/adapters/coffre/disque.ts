import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';

/** Gestures on the disk, each with its sync; a refusal of the disk leaves here as VGM-NOY-005. */

const DETAILS: Readonly<Record<string, string>> = {
  ENOSPC: 'disque plein',
  EDQUOT: 'quota de disque atteint',
  EIO: 'erreur d’entrée-sortie du disque',
  EROFS: 'système de fichiers en lecture seule',
  EACCES: 'droits insuffisants',
  EPERM: 'droits insuffisants',
  EMFILE: 'trop de fichiers ouverts',
  ENFILE: 'trop de fichiers ouverts',
};

export function codeSysteme(origine: unknown): string {
  if (!(origine instanceof Error) || !('code' in origine)) return '';
  return typeof origine.code === 'string' ? origine.code : '';
}

export function panneDisque(origine: unknown): ErreurVgm {
  if (origine instanceof ErreurVgm) return origine;
  const code = codeSysteme(origine);
  return erreurNoyau(
    'VGM-NOY-005',
    { detail: DETAILS[code] ?? `le dossier du coffre refuse (${code})` },
    origine,
  );
}

/** Runs a gesture on the disk; its failure is the disk's, not the depositor's. */
export async function surDisque<T>(geste: () => Promise<T>): Promise<T> {
  try {
    return await geste();
  } catch (origine) {
    throw panneDisque(origine);
  }
}

/** Makes names of a directory, or bytes of a file, survive a power cut. */
export async function sync(chemin: string): Promise<void> {
  const poignee = await open(chemin, 'r');
  try {
    await poignee.sync();
  } finally {
    await poignee.close();
  }
}

/** A new file, readable by its owner only and never written again once closed. */
export function creerFichier(chemin: string): Promise<FileHandle> {
  return open(chemin, 'wx', 0o400);
}

/** Writes all of it: one `write` may take less than it was given. */
export async function ecrireTout(poignee: FileHandle, octets: Uint8Array): Promise<void> {
  let reste = octets;
  while (reste.length > 0) {
    const { bytesWritten } = await poignee.write(reste);
    reste = reste.subarray(bytesWritten);
  }
}

/** @returns the size in bytes, or undefined when there is no such file. */
export async function tailleDe(chemin: string): Promise<number | undefined> {
  try {
    return (await stat(chemin)).size;
  } catch (origine) {
    if (codeSysteme(origine) === 'ENOENT') return undefined;
    throw origine;
  }
}

/** Leaves nothing, whatever happened before; what resists is swept at the next opening. */
export async function effacer(chemin: string): Promise<void> {
  await unlink(chemin).catch(() => undefined);
}

/** Directories known to be there and durable; each is made and synced once per process, even when asked at once. */
export class Dossiers {
  readonly #racine: string;
  readonly #surs = new Map<string, Promise<void>>();

  constructor(racine: string) {
    this.#racine = racine;
  }

  /** Path of `a/b` under the root, made with its parents; each parent holds its entry on the disk. */
  async assurer(niveaux: readonly string[]): Promise<string> {
    let parent = this.#racine;
    for (const niveau of niveaux) {
      const chemin = join(parent, niveau);
      await this.#assurerUn(chemin);
      parent = chemin;
    }
    return parent;
  }

  #assurerUn(chemin: string): Promise<void> {
    const connu = this.#surs.get(chemin);
    if (connu !== undefined) return connu;
    const fait = this.#creer(chemin).catch((origine: unknown) => {
      this.#surs.delete(chemin);
      throw origine;
    });
    this.#surs.set(chemin, fait);
    return fait;
  }

  async #creer(chemin: string): Promise<void> {
    try {
      await mkdir(chemin, 0o700);
    } catch (origine) {
      if (codeSysteme(origine) !== 'EEXIST') throw origine;
    }
    // Even when it stood already: the process that made it may have died before this sync.
    await sync(dirname(chemin));
  }
}

function syncSynchrone(chemin: string): void {
  const fd = openSync(chemin, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Prepares the folder at opening: root and `tmp/` durable, left-overs of an interrupted reception swept. */
export function preparer(racine: string, tmp: string): void {
  try {
    const premier = mkdirSync(tmp, { recursive: true, mode: 0o700 });
    if (premier !== undefined) {
      for (let d = tmp; d.length >= premier.length; d = dirname(d)) syncSynchrone(dirname(d));
    }
    for (const nom of readdirSync(tmp)) unlinkSync(join(tmp, nom));
    syncSynchrone(racine);
  } catch (origine) {
    throw panneDisque(origine);
  }
}
