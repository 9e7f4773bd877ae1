import { closeSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';

/** Milliseconds left to another command: an import takes some seconds. */
const PATIENCE = 30_000;

/** SQLITE_BUSY, SQLITE_READONLY, SQLITE_CANTOPEN. */
const [OCCUPEE, LECTURE_SEULE, FERMEE] = [5, 8, 14];

/**
 * One change of the packs at a time, across processes: an exclusive transaction on a small file. The lock belongs to
 * the kernel, so that a command killed leaves none behind. Throws VGM-SCH-004, VGM-SCH-005.
 * @returns what lets go of it.
 */
export function verrouiller(dossier: string, patience: number = PATIENCE): () => void {
  const fichier = join(dossier, '.verrou');
  creerPrive(fichier);
  let base: DatabaseSync | undefined;
  try {
    base = new DatabaseSync(fichier, { timeout: patience });
    // Nothing is ever written: a full disk must be met by what matters, not by the lock.
    base.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return () => base?.close();
  } catch (origine) {
    base?.close();
    const code = origine instanceof Error && 'errcode' in origine ? origine.errcode : 0;
    if (code === OCCUPEE) throw erreurSchemas('VGM-SCH-004', { dossier }, origine);
    if (code !== FERMEE && code !== LECTURE_SEULE) throw origine;
    throw erreurSchemas('VGM-SCH-005', { dossier, raison: 'droits insuffisants' }, origine);
  }
}

/** Never opens one that exists: closing a descriptor of a file drops the locks that this process holds on it. */
function creerPrive(fichier: string): void {
  try {
    closeSync(openSync(fichier, 'wx', 0o600));
  } catch (origine) {
    const present = origine instanceof Error && 'code' in origine && origine.code === 'EEXIST';
    // A link would lock, and might spoil, a file of somebody else's choice.
    if (!present || !lstatSync(fichier).isFile()) throw origine;
  }
}
