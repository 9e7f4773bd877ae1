import { existsSync } from 'node:fs';
import type { Etat } from '../../../metier/etats.ts';
import type { BaseLue, PieceCitee, TeteChaine } from '../../../ports/sauvegarde.ts';
import { Base, copierPages } from './pilote.ts';

/** Copies of a base, and what is read of one: nothing here changes the base that is in service. */

/** Milliseconds left to the one who writes. */
const PATIENCE = 5000;

/**
 * Copies a base as it is at one instant, while others write into it; one file, without a log beside it. The bytes are copied
 * by a thread. Throws VGM-NOY-005.
 */
export async function copierBase(fichier: string, vers: string): Promise<void> {
  await copierPages(fichier, vers, PATIENCE);
  const copie = new Base(vers, PATIENCE);
  try {
    copie.ligne('PRAGMA journal_mode = DELETE');
  } finally {
    copie.fermer();
  }
}

/** A batch cites its ZIP until each of its actes has its own pieces. */
const LOTS = 'UNION ALL SELECT sha256, taille FROM lots WHERE termine IS NULL';
const PIECES = (lots: string) => `SELECT sha256, max(taille) AS taille FROM (
    SELECT sha256, taille FROM pieces UNION ALL SELECT sha256, taille FROM retours ${lots}
  ) GROUP BY sha256 ORDER BY sha256`;
const CONNAIT_LOTS = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'lots'";

const CHAINES = `SELECT org, n, sha256 FROM journal AS j
  WHERE n = (SELECT max(n) FROM journal WHERE org = j.org) ORDER BY org`;

/** Opens a base to read it only; its file is not touched. Throws VGM-NOY-005 when it is none. */
export function lireBase(fichier: string): BaseLue {
  const base = new Base(fichier, PATIENCE, true);
  try {
    const schema = base.ligne<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
    return {
      schema,
      *pieces() {
        // the copy of an older program has no batch
        const lots = base.ligne(CONNAIT_LOTS) === undefined ? '' : LOTS;
        yield* base.parcourir<PieceCitee>(PIECES(lots));
      },
      chaines: () => base.lignes<TeteChaine>(CHAINES),
      *lignes(org) {
        const sql = 'SELECT ligne FROM journal WHERE org = :org ORDER BY n';
        for (const { ligne } of base.parcourir<{ ligne: string }>(sql, { org })) yield ligne;
      },
      compter: () => {
        const lignes = base.lignes<{ etat: Etat; nombre: number }>(
          'SELECT etat, sum(nombre) AS nombre FROM decompte GROUP BY etat ORDER BY etat',
        );
        return Object.fromEntries(lignes.map(({ etat, nombre }) => [etat, nombre]));
      },
      controler: () => {
        const dits = base.lignes<{ integrity_check: string }>('PRAGMA integrity_check');
        return dits.map((d) => d.integrity_check).filter((d) => d !== 'ok');
      },
      fermer: () => base.fermer(),
    };
  } catch (erreur) {
    base.fermer();
    throw erreur;
  }
}

/** Files of a base in service: itself, then those that SQLite keeps beside it. */
export function fichiersDe(fichier: string): readonly string[] {
  return [fichier, `${fichier}-wal`, `${fichier}-shm`].filter((f) => existsSync(f));
}
