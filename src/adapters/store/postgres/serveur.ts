import { erreurStockage } from '../../../metier/catalogue/stockage.ts';

/**
 * First words on every connection, and what the server says of itself.
 * - `synchronous_commit`: a COMMIT is answered once it is on the disk, whatever the server or the role say.
 * - Every statement of ours seeks in an index: the plan must not hang on the statistics of the hour, nor on how small a
 *   table was when it was first planned.
 * - A node that sleeps in mid-transaction (paused process, cut line) is cut by the server before the others give up waiting
 *   for its rows.
 */
export const PREPARATION = `SELECT
  pg_backend_pid() AS pid,
  current_setting('server_version_num')::int AS version,
  current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS full_page_writes,
  current_setting('server_encoding') AS encodage,
  pg_is_in_recovery() AS replique,
  (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS heure,
  set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('enable_seqscan', 'off', false),
  set_config('enable_hashjoin', 'off', false),
  set_config('enable_mergejoin', 'off', false),
  set_config('enable_incremental_sort', 'off', false),
  set_config('jit', 'off', false),
  set_config('idle_in_transaction_session_timeout', '8000', false),
  set_config('lock_timeout', '12000', false)`;

export interface FaitsServeur {
  readonly pid: number;
  /** 150018 for 15.18. */
  readonly version: number;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly encodage: string;
  /** A standby, where nothing can be written. */
  readonly replique: boolean;
  /** Milliseconds since 1970. */
  readonly heure: number;
}

const VERSION_MIN = 13;

/** Without them a power cut loses or spoils what COMMIT called kept. */
const GARANTIES = ['fsync', 'full_page_writes'] as const;

/** Throws VGM-STO-004 (a setting by which the server may lose what it confirmed), 005 (too old) or 006 (unfit base). */
export function exigerSurete(serveur: string, faits: FaitsServeur): void {
  const version = Math.floor(faits.version / 10_000);
  if (version < VERSION_MIN) throw erreurStockage('VGM-STO-005', { serveur, version, minimum: VERSION_MIN });
  for (const reglage of GARANTIES) {
    const valeur = faits[reglage];
    if (valeur !== 'on') throw erreurStockage('VGM-STO-004', { serveur, reglage, valeur });
  }
  const raison = faits.replique
    ? 'c’est une réplique, où rien ne s’écrit'
    : faits.encodage === 'UTF8'
      ? null
      : `son encodage est ${faits.encodage}, il faut UTF8`;
  if (raison !== null) throw erreurStockage('VGM-STO-006', { serveur, raison });
}

/** Throws VGM-STO-007: due dates and leases are read with the clock of each node. @param tolerance milliseconds. */
export function exigerHeure(
  serveur: string,
  { heure, ici, tolerance }: { readonly heure: number; readonly ici: number; readonly tolerance: number },
): void {
  const ecart = Math.round(Math.abs(heure - ici) / 100) / 10;
  if (Math.abs(heure - ici) > tolerance)
    throw erreurStockage('VGM-STO-007', { serveur, ecart: ecart.toLocaleString('fr-FR') });
}
