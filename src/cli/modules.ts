/** What the command line starts without importing it: handed over by the launcher, so that levels are kept. */

/** Something that runs until it is stopped. */
export interface EnMarche {
  /** Resolves with the exit code once everything is closed. */
  readonly arrete: Promise<number>;
  arreter(): void;
}

export interface ModuleDemon {
  demarrer(options: { readonly configFichier?: string }): Promise<EnMarche>;
}

export interface OptionsSimulateur {
  /** HTTPS port of the ministry; 0 = any free one; null = that of the settings already in the folder, else 0. */
  readonly port: number | null;
  /** Where its answers are sent by SMTP. */
  readonly smtp: { readonly hote: string; readonly port: number };
  /** Same seed, same delays and answers. */
  readonly graine: number;
  /** Folder of the keys and of the register; made when absent. */
  readonly dossier: string;
  readonly json: boolean;
}

export interface ModuleBanc {
  /** The ministry, until it is stopped; writes what it does, line by line. */
  simulateur(options: OptionsSimulateur, sorties: { ecrire(ligne: string): void }): Promise<EnMarche>;
  demo(options: { readonly json: boolean; readonly dossier?: string }): Promise<number>;
}

export interface Modules {
  demon(): Promise<ModuleDemon>;
  banc(): Promise<ModuleBanc>;
}
