import { closeSync, existsSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { creerDossiers } from '../../../config/dossiers.ts';
import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { erreurSauvegarde } from '../../../metier/catalogue/sauvegarde.ts';
import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import { panneStockage } from '../panne.ts';
import { exigerEnService } from './demenagement.ts';
import { Base, estOccupee } from './pilote.ts';
import { migrer } from './migrer.ts';

/** Milliseconds left to a foreign connection (a backup being taken) before giving up. */
const PATIENCE = 5000;

export const EN_MEMOIRE = ':memory:';

/** File of a data folder into which a backup is being put back: its base is not whole yet. */
export const TEMOIN = 'restauration-en-cours';

export interface Ouverte {
  readonly base: Base;
  /** Resolves once what was committed is on the disk. */
  readonly durcir: () => Promise<void>;
  readonly fermer: () => void;
}

function syncDossier(chemin: string): void {
  const fd = openSync(chemin, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Creates an empty file that only its owner may read. Never opens one that exists: closing a descriptor of a
 * file drops this process's POSIX locks on it, SQLite's included.
 */
function creerPrive(chemin: string): void {
  try {
    closeSync(openSync(chemin, 'wx', 0o600));
  } catch (origine) {
    if (!(origine instanceof Error && 'code' in origine && origine.code === 'EEXIST')) throw origine;
  }
}

function preparerDossier(dossier: string): void {
  const premier = creerDossiers(dossier, 0o700);
  if (premier === undefined) return;
  // Each directory made here is a new entry of its parent: all of them, up to the first one that stood already.
  for (let d = dossier; d.length >= premier.length; d = dirname(d)) syncDossier(dirname(d));
}

/**
 * One daemon per data folder: an exclusive transaction held for life on a small file beside the base. The lock
 * belongs to the kernel, so a killed daemon leaves none behind; the base itself stays open to readers (backup).
 */
function verrouiller(fichier: string): Base {
  const verrou = `${fichier}.verrou`;
  creerPrive(verrou);
  const base = new Base(verrou, 0);
  try {
    base.executer('BEGIN EXCLUSIVE');
    return base;
  } catch (erreur) {
    base.fermer();
    throw estOccupee(erreur) ? erreurNoyau('VGM-NOY-007', { dossier: dirname(fichier) }, erreur) : erreur;
  }
}

/** The same lock, for a command that works on the files while no daemon may. Throws VGM-NOY-007. @returns what lets go of it. */
export function verrouillerBase(fichier: string): () => void {
  const verrou = verrouiller(fichier);
  return () => verrou.fermer();
}

/** Throws VGM-SAU-009: a daemon would make a new base beside the one that is coming. */
function exigerEntiere(dossier: string): void {
  const temoin = join(dossier, TEMOIN);
  if (existsSync(temoin)) throw erreurSauvegarde('VGM-SAU-009', { dossier, temoin });
}

function regler(base: Base): void {
  // NORMAL: a commit returns before the log is on the disk, which `durcir` sees to without holding the event loop; nobody is
  // answered before. The log is still synced before any page of it is copied back.
  base.executer('PRAGMA synchronous = NORMAL');
  base.executer('PRAGMA foreign_keys = ON');
  base.executer('PRAGMA temp_store = MEMORY');
  base.executer('PRAGMA cache_size = -65536');
  // Pages that change often (right edges of the indexes) are copied back once per 16 MB rather than once per 4.
  base.executer('PRAGMA wal_autocheckpoint = 4000');
  base.executer('PRAGMA journal_size_limit = 67108864');
  base.executer('PRAGMA trusted_schema = OFF');
}

const surDisque = promisify(fdatasync);

/** The log is one file for as long as a connection is open: restarted or truncated, never replaced. */
function durable(base: Base, { fichier, verrou }: { fichier: string; verrou: Base }): Ouverte {
  const journal = openSync(`${fichier}-wal`, 'r');
  let ouvert = true;
  return {
    base,
    durcir: () => surDisque(journal),
    fermer: () => {
      base.fermer();
      if (ouvert) closeSync(journal);
      ouvert = false;
      verrou.fermer();
    },
  };
}

function ouvrirFichier(fichier: string): Ouverte {
  preparerDossier(dirname(fichier));
  const verrou = verrouiller(fichier);
  try {
    exigerEntiere(dirname(fichier));
    creerPrive(fichier);
    const base = new Base(fichier, PATIENCE);
    try {
      const mode = base.ligne<{ journal_mode: string }>('PRAGMA journal_mode = WAL')?.journal_mode;
      if (mode !== 'wal') throw panneStockage(`mode WAL refusé par le système de fichiers (${mode ?? '?'})`);
      regler(base);
      exigerEnService(base, fichier);
      migrer(base, fichier);
      syncDossier(dirname(fichier));
      return durable(base, { fichier, verrou });
    } catch (erreur) {
      base.fermer();
      throw erreur;
    }
  } catch (erreur) {
    verrou.fermer();
    throw erreur;
  }
}

/**
 * Opens a base that stands, for a command that moves it or changes its schema while no daemon may: schema and marks are left as they
 * are found. What is committed is on the disk. Throws VGM-NOY-007, VGM-SAU-009, VGM-STO-013, VGM-NOY-005.
 */
export function ouvrirArretee(fichier: string): Pick<Ouverte, 'base' | 'fermer'> {
  if (!existsSync(fichier)) throw erreurStockage('VGM-STO-013', { fichier });
  const verrou = verrouiller(fichier);
  try {
    exigerEntiere(dirname(fichier));
    const base = new Base(fichier, PATIENCE);
    regler(base);
    // Read once from one end to the other, and hardly written.
    base.executer('PRAGMA synchronous = FULL; PRAGMA cache_size = -8192');
    const fermer = (): void => {
      base.fermer();
      verrou.fermer();
    };
    return { base, fermer };
  } catch (erreur) {
    verrou.fermer();
    throw erreur;
  }
}

/**
 * Throws VGM-NOY-007 when another daemon holds the folder, VGM-NOY-005 when the disk refuses, VGM-STO-008 when this base has gone to
 * PostgreSQL.
 */
export function ouvrirBase(fichier: string): Ouverte {
  if (fichier === EN_MEMOIRE) {
    const base = new Base(EN_MEMOIRE, 0);
    regler(base);
    migrer(base, fichier);
    return { base, durcir: () => Promise.resolve(), fermer: () => base.fermer() };
  }
  try {
    return ouvrirFichier(resolve(fichier));
  } catch (origine) {
    if (origine instanceof Error && 'syscall' in origine) throw panneStockage(origine.message, origine);
    throw origine;
  }
}
