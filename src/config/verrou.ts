import { closeSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Why the lock of a folder was not taken. */
export type Empechement = 'occupe' | 'interdit';

export interface Attente {
  /** Milliseconds left to another command. */
  readonly patience: number;
  /** What is thrown when the lock is not taken. */
  readonly refus: (empechement: Empechement, origine: unknown) => Error;
}

/** SQLITE_BUSY, SQLITE_READONLY, SQLITE_CANTOPEN. */
const EMPECHEMENTS: ReadonlyMap<unknown, Empechement> = new Map([
  [5, 'occupe'],
  [8, 'interdit'],
  [14, 'interdit'],
]);

/**
 * One change of a folder of settings at a time, across processes: an exclusive transaction on a small file. The lock
 * belongs to the kernel, so that a command killed leaves none behind.
 * @returns what lets go of it.
 */
export function prendreVerrou(dossier: string, { patience, refus }: Attente): () => void {
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
    const empechement = EMPECHEMENTS.get(code);
    throw empechement === undefined ? origine : refus(empechement, origine);
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
