import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { erreurCli } from '../metier/catalogue/cli.ts';
import type { ErreurVgm } from '../metier/erreurs.ts';

const RAISONS: Readonly<Record<string, string>> = {
  ENOENT: 'fichier absent',
  EACCES: 'droits insuffisants',
  EPERM: 'droits insuffisants',
  EISDIR: 'c’est un dossier',
  ENOSPC: 'le disque est plein',
  ENOTDIR: 'le chemin passe par un fichier',
  EEXIST: 'il existe déjà',
  EROFS: 'le volume est en lecture seule',
  EDQUOT: 'le quota du disque est atteint',
  EFBIG: 'le fichier deviendrait trop gros',
  ENAMETOOLONG: 'le nom est trop long',
  ELOOP: 'les liens symboliques tournent en rond',
  ENXIO: 'ce n’est pas un fichier',
  EIO: 'le disque ne répond pas correctement',
};

/** French reason of a refusal of the file system; its code when it has no wording here. */
export function raison(erreur: unknown): string {
  const code = erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
  return RAISONS[code] ?? (code === '' ? 'raison inconnue' : code);
}

export function illisible(fichier: string, erreur: unknown): ErreurVgm {
  return erreurCli('VGM-CLI-003', { fichier, raison: raison(erreur) }, erreur);
}

/** Size of a file to send. Throws VGM-CLI-003. */
export async function taille(fichier: string): Promise<number> {
  try {
    const faits = await stat(fichier);
    if (faits.isFile()) return faits.size;
  } catch (e) {
    throw illisible(fichier, e);
  }
  throw erreurCli('VGM-CLI-003', { fichier, raison: 'ce n’est pas un fichier' });
}

export async function* lire(fichier: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(fichier);
  } catch (e) {
    throw illisible(fichier, e);
  }
}

/** Writes beside, then renames: an interrupted download leaves no half file under the final name. */
export async function ecrire(fichier: string, contenu: Readable): Promise<void> {
  const provisoire = `${fichier}.partiel`;
  try {
    await pipeline(contenu, createWriteStream(provisoire));
    await rename(provisoire, fichier);
  } catch (e) {
    await rm(provisoire, { force: true });
    const connue = raison(e) === RAISONS['ENOENT'] ? 'le dossier n’existe pas' : raison(e);
    throw erreurCli('VGM-CLI-005', { fichier, raison: connue }, e);
  }
}

/** A file that is not one of the disk: its size is known before its bytes. */
interface PieceFormulaire {
  readonly nom: string;
  readonly taille: number;
  ouvrir(): AsyncIterable<Uint8Array>;
}

/** One part of a form: a text, a file of the disk, or a piece read elsewhere. */
export type PartieFormulaire =
  | { readonly nom: string; readonly texte: string }
  | { readonly nom: string; readonly fichier: string }
  | { readonly nom: string; readonly piece: PieceFormulaire };

export interface Formulaire {
  readonly flux: AsyncIterable<Uint8Array>;
  readonly type: string;
  readonly longueur: number;
}

/** Escapes of a name inside a form header (WHATWG multipart/form-data encoding). */
function echapper(nom: string): string {
  return nom.replace(/\r?\n|\r/g, '%0D%0A').replaceAll('"', '%22');
}

function enTete(partie: PartieFormulaire): string {
  const debut = `Content-Disposition: form-data; name="${echapper(partie.nom)}"`;
  if ('texte' in partie) return `${debut}\r\nContent-Type: application/json\r\n\r\n`;
  const nom = echapper('piece' in partie ? partie.piece.nom : basename(partie.fichier));
  return `${debut}; filename="${nom}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
}

async function longueurDe(partie: PartieFormulaire): Promise<number> {
  if ('texte' in partie) return Buffer.byteLength(partie.texte);
  return 'piece' in partie ? partie.piece.taille : taille(partie.fichier);
}

function corpsDe(partie: PartieFormulaire): AsyncIterable<Uint8Array> | readonly Uint8Array[] {
  if ('texte' in partie) return [Buffer.from(partie.texte)];
  return 'piece' in partie ? partie.piece.ouvrir() : lire(partie.fichier);
}

/** A form (RFC 7578) whose files are read as they leave; its length is known beforehand. */
export async function formulaire(
  parties: readonly PartieFormulaire[],
  frontiere: string,
): Promise<Formulaire> {
  const fin = Buffer.from(`--${frontiere}--\r\n`);
  let longueur = fin.length;
  const morceaux: { tete: Buffer; partie: PartieFormulaire }[] = [];
  for (const partie of parties) {
    const tete = Buffer.from(`--${frontiere}\r\n${enTete(partie)}`);
    longueur += tete.length + (await longueurDe(partie)) + 2;
    morceaux.push({ tete, partie });
  }
  async function* flux(): AsyncGenerator<Uint8Array> {
    for (const { tete, partie } of morceaux) {
      yield tete;
      yield* corpsDe(partie);
      yield Buffer.from('\r\n');
    }
    yield fin;
  }
  return { flux: flux(), type: `multipart/form-data; boundary=${frontiere}`, longueur };
}
