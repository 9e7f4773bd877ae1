import type { Champs, Log } from '../../ports/log.ts';

export interface LigneLog {
  readonly niveau: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly champs: Champs;
  readonly origine?: unknown;
}

export interface FakeLog extends Log {
  /** All that was written, in order. */
  readonly lignes: readonly LigneLog[];
}

/** A log that only remembers. */
export function creerFakeLog(): FakeLog {
  const lignes: LigneLog[] = [];
  return {
    lignes,
    info: (message, champs = {}) => void lignes.push({ niveau: 'info', message, champs }),
    warn: (message, champs = {}) => void lignes.push({ niveau: 'warn', message, champs }),
    error: (message, champs = {}, origine) => void lignes.push({ niveau: 'error', message, champs, origine }),
  };
}
