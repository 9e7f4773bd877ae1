import type { FicheErreur } from '../metier/erreurs.ts';
import type { Instant } from '../metier/identifiants.ts';

/**
 * Sharing the work out between the nodes. The rows of the store are the truth; what passes here only says that there is
 * something to look at. All of it may be lost, doubled or late: it costs time, never a flux.
 */

/** A row that is due, or will be. Kept in clear by whoever distributes: nothing personal, nothing secret. */
export interface Annonce {
  /** Queue in which it waits (metier/files.ts). */
  readonly file: string;
  readonly id: string;
  /** Version of the row: the same row told twice as it stands is told once. */
  readonly ver: number;
  readonly due: Instant;
}

/** What the nodes together may not exceed at one destination. */
export interface Limites {
  /** Rows worked on at once; 0 = no limit. */
  readonly ensemble: number;
  /** At most so many rows begun in a period; 0 = no limit. */
  readonly nombre: number;
  /** Milliseconds. */
  readonly periode: number;
}

/** A queue that this node serves. */
export interface FileServie {
  readonly nom: string;
  /** Rows that this node works on at once. */
  readonly places: number;
  /** Null = none. */
  readonly limites: Limites | null;
  /** Works on one row of the queue, the one that it is the turn of, if there is one. Resolves once done; never rejects. */
  travailler(): Promise<void>;
  /** Something may be due: look without being asked to work. */
  reveiller(): void;
}

export interface FileOuverte {
  /** True while `travailler` is called for what is announced; otherwise each node takes work by itself. */
  repartit(): boolean;
  /** Asks for nothing more, and waits for the work asked for. */
  fermer(): Promise<void>;
}

export interface Repartition {
  /** Never throws and never waits: what is lost here is found again by the sweep. */
  annoncer(annonces: readonly Annonce[]): void;
  servir(file: FileServie): FileOuverte;
  /** For people. Never throws. */
  constater(): Promise<ConstatRepartition>;
  fermer(): Promise<void>;
}

/** What is announced and not yet looked at, of one queue. */
export interface AnnoncesEnFile {
  readonly file: string;
  readonly enAttente: number;
  readonly enCours: number;
  /** Of rows that are due later. */
  readonly plusTard: number;
}

export interface ConstatRepartition {
  /** `locale`: each node takes work by itself. */
  readonly type: 'locale' | 'bullmq';
  /** Why announcements do not pass now; null when they do. */
  readonly erreur: FicheErreur | null;
  readonly files: readonly AnnoncesEnFile[];
}
