import { setTimeout } from 'node:timers/promises';
import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Session } from './session.ts';

/** What a base says of the one that is moved into it: docs/decisions/0019-changer-de-magasin.md. */

export interface Arrivee {
  readonly essai: string;
  /** `en_cours`: filled in part. `complet`: serves. `rendu`: served, and SQLite was taken back since. */
  readonly etat: 'en_cours' | 'complet' | 'rendu';
  /** Digest of the first line of its journal: tells a base from another. Empty: it has none. */
  readonly origine: string;
  /** JSON: by table, the key of the last row that was copied. */
  readonly avancement: string;
  readonly quand: Instant;
}

/** @returns null for a base that was never moved; its schema must be the present one. */
export async function lireArrivee(session: Session): Promise<Arrivee | null> {
  const sql = 'SELECT essai, etat, origine, avancement, quand FROM demenagement';
  return (await session.ligne<Arrivee>(sql)) ?? null;
}

/** SQLite serves again: from then on no daemon opens this one. */
export async function rendreArrivee(session: Session, quand: Instant): Promise<void> {
  await session.ecrire("UPDATE demenagement SET etat = 'rendu', quand = :quand", { quand });
}

/** For a daemon. Throws VGM-STO-009 (filled in part), VGM-STO-010 (SQLite serves again). */
export async function exigerEnService(session: Session, serveur: string): Promise<void> {
  const arrivee = await lireArrivee(session);
  if (arrivee === null || arrivee.etat === 'complet') return;
  if (arrivee.etat === 'en_cours') throw erreurStockage('VGM-STO-009', { serveur });
  throw erreurStockage('VGM-STO-010', { serveur, quand: new Date(arrivee.quand).toISOString() });
}

/** Every session of ours says so by its name. */
const SESSIONS = `SELECT application_name AS nom, count(*) AS nombre FROM pg_stat_activity
  WHERE datname = current_database() AND usename = current_user AND application_name LIKE 'vaguemestre%'
    AND pid <> pg_backend_pid() GROUP BY application_name ORDER BY application_name`;
const PAS_MS = 100;

/**
 * Throws VGM-STO-012 when a daemon, or another command, works on this base.
 * @param patience milliseconds left to the server to find out that a process was killed.
 */
export async function exigerSeul(
  session: Session,
  { serveur, patience }: { readonly serveur: string; readonly patience: number },
): Promise<void> {
  const limite = performance.now() + patience;
  for (;;) {
    const autres = await session.lignes<{ nom: string; nombre: number }>(SESSIONS);
    if (autres.length === 0) return;
    if (performance.now() > limite) {
      const sessions = autres.map(({ nom, nombre }) => `« ${nom} » (${nombre})`).join(', ');
      throw erreurStockage('VGM-STO-012', { serveur, sessions });
    }
    await setTimeout(PAS_MS);
  }
}
