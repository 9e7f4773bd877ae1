import { createHash } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { creerDossiers } from '../../config/dossiers.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Random } from '../../ports/random.ts';

/** Gestures on the disks of a backup; a refusal of the one that is written leaves here as VGM-SAU-003. */

const DETAILS: Readonly<Record<string, string>> = {
  ENOSPC: 'le disque est plein',
  EDQUOT: 'le quota du disque est atteint',
  EIO: 'le disque ne répond pas correctement',
  EROFS: 'le volume est en lecture seule',
  EACCES: 'droits insuffisants',
  EPERM: 'droits insuffisants',
  ENOENT: 'le dossier n’existe plus',
  ENOTDIR: 'le chemin passe par un fichier',
  EMFILE: 'trop de fichiers ouverts',
};

export function codeDe(erreur: unknown): string {
  return erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
}

/** Of a folder that is written. */
export function panne(dossier: string, origine: unknown): ErreurVgm {
  if (origine instanceof ErreurVgm) return origine;
  const code = codeDe(origine);
  return erreurSauvegarde('VGM-SAU-003', { dossier, detail: DETAILS[code] ?? `refus (${code})` }, origine);
}

export async function ecrivant<T>(dossier: string, geste: () => Promise<T>): Promise<T> {
  try {
    return await geste();
  } catch (origine) {
    throw panne(dossier, origine);
  }
}

/** Of something that is read. */
export async function lisant<T>(fichier: string, geste: () => Promise<T>): Promise<T> {
  try {
    return await geste();
  } catch (origine) {
    if (origine instanceof ErreurVgm) throw origine;
    const detail = `${fichier} : ${DETAILS[codeDe(origine)] ?? codeDe(origine)}`;
    throw erreurNoyau('VGM-NOY-005', { detail }, origine);
  }
}

/** Makes the names of a folder survive a power cut. Some network volumes cannot, and say so. */
export async function scellerDossier(dossier: string): Promise<void> {
  const poignee = await open(dossier, 'r');
  try {
    await poignee.sync();
  } catch (origine) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeDe(origine))) throw origine;
  } finally {
    await poignee.close();
  }
}

/** Makes a folder and those above it; each is an entry of its parent, synced. */
export async function assurerDossier(dossier: string): Promise<void> {
  const premier = creerDossiers(dossier, 0o700);
  if (premier === undefined) return;
  for (let d = dossier; d.length >= premier.length; d = dirname(d)) await scellerDossier(dirname(d));
}

export async function existe(chemin: string): Promise<boolean> {
  return (await tailleDe(chemin)) !== null;
}

/** Bytes of a file; null when it is not there. */
export async function tailleDe(chemin: string): Promise<number | null> {
  try {
    return (await stat(chemin)).size;
  } catch (origine) {
    if (['ENOENT', 'ENOTDIR'].includes(codeDe(origine))) return null;
    throw origine;
  }
}

/** Names in a folder, in order; none when it is not there. */
export async function nomsDe(dossier: string): Promise<readonly string[]> {
  try {
    return (await readdir(dossier)).toSorted();
  } catch (origine) {
    if (codeDe(origine) === 'ENOENT') return [];
    throw origine;
  }
}

/** What bytes are. */
export interface Releve {
  readonly sha256: string;
  readonly sha512: string;
  /** Bytes. */
  readonly taille: number;
}

/** Digests of a file, read as a stream. Throws VGM-NOY-005. */
export function relever(fichier: string, signal?: AbortSignal): Promise<Releve> {
  return lisant(fichier, async () => passer(fichier, async () => undefined, signal));
}

async function passer(
  fichier: string,
  prendre: (octets: Buffer) => Promise<void>,
  signal?: AbortSignal,
): Promise<Releve> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  let taille = 0;
  const poignee = await open(fichier, 'r');
  try {
    for await (const morceau of poignee.createReadStream({ autoClose: false, highWaterMark: 1 << 18 })) {
      if (signal?.aborted === true) throw erreurSauvegarde('VGM-SAU-011');
      const octets = morceau as Buffer;
      sha256.update(octets);
      sha512.update(octets);
      taille += octets.length;
      await prendre(octets);
    }
  } finally {
    await poignee.close();
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex'), taille };
}

async function ecrireTout(poignee: FileHandle, octets: Uint8Array): Promise<void> {
  let reste = octets;
  while (reste.length > 0) {
    const { bytesWritten } = await poignee.write(reste);
    reste = reste.subarray(bytesWritten);
  }
}

export interface Provisoires {
  /** Folder of the drafts, on the volume of the files. */
  readonly dossier: string;
  readonly random: Random;
}

export interface OptionsCopie {
  readonly admettre?: (lu: Releve) => boolean;
  /** Read only by default: what is saved does not change. */
  readonly mode?: number;
  readonly signal?: AbortSignal;
}

const LU_SEULEMENT = 0o400;

/**
 * Copies a file under a draft name, synced; `admettre` judges its bytes before it takes its own name.
 * @returns null when they are refused: nothing is left.
 */
export async function copier(
  { de, vers }: { readonly de: string; readonly vers: string },
  { dossier, random }: Provisoires,
  options: OptionsCopie = {},
): Promise<Releve | null> {
  const brouillon = join(dossier, random.hex(16));
  let fait = false;
  try {
    const poignee = await ecrivant(dossier, () => open(brouillon, 'wx', options.mode ?? LU_SEULEMENT));
    let lu: Releve;
    try {
      lu = await lisant(de, () =>
        passer(de, (octets) => ecrivant(dossier, () => ecrireTout(poignee, octets)), options.signal),
      );
      const { atime, mtime } = await stat(de);
      await ecrivant(dossier, () => poignee.utimes(atime, mtime));
      await ecrivant(dossier, () => poignee.sync());
    } finally {
      await poignee.close();
    }
    if (options.admettre?.(lu) === false) return null;
    await ecrivant(dirname(vers), () => rename(brouillon, vers));
    fait = true;
    return lu;
  } finally {
    if (!fait) await rm(brouillon, { force: true });
  }
}

/** Moves a file, or copies it to another volume; durable, and digested on the way. */
export async function deplacer(
  { de, vers }: { readonly de: string; readonly vers: string },
  provisoires: Provisoires,
): Promise<Releve> {
  if (await ecrivant(dirname(vers), () => renommer(de, vers))) {
    const poignee = await ecrivant(dirname(vers), () => open(vers, 'r'));
    await ecrivant(dirname(vers), async () => {
      await poignee.chmod(LU_SEULEMENT);
      await poignee.sync();
    }).finally(() => poignee.close());
    return relever(vers);
  }
  const lu = await copier({ de, vers }, provisoires);
  await rm(de, { force: true });
  return lu as Releve;
}

/** @returns false when the two names are of two volumes. */
async function renommer(de: string, vers: string): Promise<boolean> {
  try {
    await rename(de, vers);
    return true;
  } catch (origine) {
    if (codeDe(origine) === 'EXDEV') return false;
    throw origine;
  }
}

/** Why a name cannot be shared by two folders: they are then of two volumes, or one that knows no such name. */
const SANS_LIEN: readonly string[] = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Gives a second name to the same bytes. @returns false when the volumes do not allow it. */
export async function lier(de: string, vers: string): Promise<boolean> {
  try {
    await link(de, vers);
    return true;
  } catch (origine) {
    if (SANS_LIEN.includes(codeDe(origine))) return false;
    throw origine;
  }
}

/** Writes a small file whole: under a draft name, synced, then under its own, its folder synced. */
export async function ecrireEntier(fichier: string, texte: string, outils: Provisoires): Promise<void> {
  const brouillon = join(outils.dossier, outils.random.hex(16));
  await ecrivant(dirname(fichier), async () => {
    const poignee = await open(brouillon, 'wx', 0o400);
    try {
      await ecrireTout(poignee, Buffer.from(texte));
      await poignee.sync();
    } finally {
      await poignee.close();
    }
    await rename(brouillon, fichier);
    await scellerDossier(dirname(fichier));
  });
}

/** Empties a folder of drafts, made if needed. */
export async function preparerProvisoires(dossier: string): Promise<void> {
  await ecrivant(dossier, async () => {
    await rm(dossier, { recursive: true, force: true });
    await mkdir(dossier, { recursive: true, mode: 0o700 });
  });
}
