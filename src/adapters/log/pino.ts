import { destination, pino } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** Standard error: standard output belongs to the answers of the CLI. */
const STDERR = 2;

export interface OptionsLog {
  readonly clock: Clock;
  readonly niveau: 'info' | 'warn' | 'error' | 'silent';
  /** File descriptor or path; standard error by default. */
  readonly vers?: number | string;
}

/** One JSON document per line, written synchronously: a killed daemon has lost none of its lines. */
export function creerLogPino({ clock, niveau, vers = STDERR }: OptionsLog): Log {
  const sortie = destination({ dest: vers, sync: true });
  // A reader gone (journald restarted, closed pipe) must not take the daemon with it.
  sortie.on('error', () => undefined);
  const timestamp = () => `,"time":"${new Date(clock.now()).toISOString()}"`;
  const formatters = { level: (level: string) => ({ level }) };
  const journal = pino({ level: niveau, base: null, timestamp, formatters }, sortie);
  return {
    info: (message, champs = {}) => journal.info(champs, message),
    warn: (message, champs = {}) => journal.warn(champs, message),
    error: (message, champs = {}, origine) =>
      journal.error(origine === undefined ? champs : { ...champs, err: origine }, message),
  };
}
