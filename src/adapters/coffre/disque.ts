import { closeSync, fsyncSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { creerDossiers } from '../../config/dossiers.ts';
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

/** Leaves nothing, whatever happened before; what resists is swept at the next opening. */
export async function effacer(chemin: string): Promise<void> {
  await unlink(chemin).catch(() => undefined);
}

/**
 * The folders of the coffre: each is made and synced once per process, even when asked at once, and stays open so
 * that putting a piece in it costs one call.
 */
export class Dossiers {
  readonly #racine: string;
  readonly #ouverts = new Map<string, Promise<FileHandle>>();

  constructor(racine: string) {
    this.#racine = racine;
  }

  /** Makes the names of a folder survive a power cut. */
  async synchroniser(nom: string): Promise<void> {
    await (await this.#ouvert(nom)).sync();
  }

  /** Path of a folder under the root, made if needed; the root holds its entry on the disk. */
  async assurer(nom: string): Promise<string> {
    await this.#ouvert(nom);
    return join(this.#racine, nom);
  }

  async fermer(): Promise<void> {
    const ouverts = [...this.#ouverts.values()];
    this.#ouverts.clear();
    for (const ouvert of ouverts) await (await ouvert).close();
  }

  #ouvert(nom: string): Promise<FileHandle> {
    const connu = this.#ouverts.get(nom);
    if (connu !== undefined) return connu;
    const fait = this.#creer(join(this.#racine, nom)).catch((origine: unknown) => {
      this.#ouverts.delete(nom);
      throw origine;
    });
    this.#ouverts.set(nom, fait);
    return fait;
  }

  async #creer(chemin: string): Promise<FileHandle> {
    try {
      await mkdir(chemin, 0o700);
    } catch (origine) {
      if (codeSysteme(origine) !== 'EEXIST') throw origine;
    }
    // Even when it stood already: the process that made it may have died before this sync.
    await sync(this.#racine);
    return open(chemin, 'r');
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

/** Prepares the folder at opening: root and `tmp/` durable; swept, if asked, of what an interrupted reception left. */
export function preparer(racine: string, tmp: string, balayer: boolean): void {
  try {
    const premier = creerDossiers(tmp, 0o700);
    if (premier !== undefined) {
      for (let d = tmp; d.length >= premier.length; d = dirname(d)) syncSynchrone(dirname(d));
    }
    if (balayer) for (const nom of readdirSync(tmp)) unlinkSync(join(tmp, nom));
    syncSynchrone(racine);
  } catch (origine) {
    throw panneDisque(origine);
  }
}
