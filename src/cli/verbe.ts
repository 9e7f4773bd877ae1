import type { ModuleVerbe } from './monde.ts';

/**
 * The verbs, as data: their help is written from it, their code is loaded only when called
 * (`--help` costs commander and this table).
 */
export interface Verbe {
  readonly nom: string;
  /** English word that operators would guess. */
  readonly alias?: string;
  readonly resume: string;
  /** `<obligatoire>` or `[facultatif]`, and what it is. */
  readonly arguments?: readonly (readonly [string, string])[];
  /** commander's flags, and what it is; `…*` marks one that must be given. */
  readonly options?: readonly (readonly [string, string])[];
  /** What the help says after the options: rules and exit codes that no option can carry. */
  readonly notes?: readonly string[];
  /** Speaks to the daemon: takes --config and --socket. */
  readonly demon?: true;
  readonly json?: true;
  readonly sous?: readonly Verbe[];
  readonly charger?: () => Promise<ModuleVerbe>;
}
