import type { Role } from '../metier/roles.ts';
import type { Instant } from '../metier/identifiants.ts';

/** What the command line starts without importing it: handed over by the launcher, so that levels are kept. */

/** Something that runs until it is stopped. */
export interface EnMarche {
  /** Resolves with the exit code once everything is closed. */
  readonly arrete: Promise<number>;
  arreter(): void;
}

export interface OptionsDemarrage {
  readonly configFichier?: string;
  /** What this daemon does, whatever the settings say. */
  readonly roles?: readonly Role[];
  /** The base was put back, by other tools than ours, from a backup begun at this instant. */
  readonly restauree?: Instant;
}

export interface ModuleDemon {
  demarrer(options: OptionsDemarrage): Promise<EnMarche>;
}

export interface OptionsSimulateur {
  /** Which of the two answers; at least one. */
  readonly services: readonly ('prefecture' | 'dgfip')[];
  /** Of each door; 0 = any free one; null = that of the settings already in the folder, else 0. */
  readonly ports: Readonly<Record<'https' | 'sftp' | 'ftps' | 'ftp', number | null>>;
  /** Where the answers of the préfecture are sent by SMTP. */
  readonly smtp: { readonly hote: string; readonly port: number };
  /** Same seed, same delays and answers. */
  readonly graine: number;
  /** Folder of the keys, of the registers and of the settings to use; made when absent. */
  readonly dossier: string;
  readonly json: boolean;
}

export interface ModuleBanc {
  /** The simulated State, until it is stopped; writes what it does, line by line. */
  simulateur(options: OptionsSimulateur, sorties: { ecrire(ligne: string): void }): Promise<EnMarche>;
  /** The whole story; the exit code is 0 only if all went as announced. Interrupted, it cleans up first. */
  demo(
    options: { readonly json: boolean; readonly dossier?: string },
    sorties: { ecrire(ligne: string): void; erreur(ligne: string): void },
    interruption: AbortSignal,
  ): Promise<number>;
}

export interface Modules {
  demon(): Promise<ModuleDemon>;
  banc(): Promise<ModuleBanc>;
}
