import type { Flux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { Retour } from '../metier/retours.ts';

/** Rows that are jobs: due, leased to a worker, done. */

/** A claimed job: nobody else works on it until `bail`. */
export interface FileTravail {
  /**
   * Claims due rows, at most `nombre`, round-robin over the collectivités so that a big depositor delays nobody.
   */
  reclamerFlux(demande: DemandeTravail): Promise<readonly Flux[]>;
  reclamerRetours(demande: DemandeTravail): Promise<readonly Retour[]>;
  reclamerLivraisons(demande: DemandeTravail): Promise<readonly Livraison[]>;
  /**
   * Puts off the end of the leases that `proprietaire` holds, over or not, as long as nobody else took the row since.
   * @returns the ids that are still its own; the work on the others must not go on the line any more.
   */
  renouveler(demande: {
    readonly table: TableTravail;
    readonly ids: readonly string[];
    readonly proprietaire: string;
    readonly bail: Instant;
  }): Promise<readonly string[]>;
  /** Drops the leases of a worker that is no more (its own, at start). */
  libererBaux(proprietaire: string): Promise<void>;
  /** Earliest instant at which something will be due; null when nothing waits. */
  prochaineEcheance(): Promise<Instant | null>;
  /** Rows free and due since `avant` or before, longest first, at most `limite`; nobody is given them. */
  dues(demande: {
    readonly table: TableTravail;
    /** Of flux: those of this queue. */
    readonly file?: string;
    readonly avant: Instant;
    readonly limite: number;
  }): Promise<readonly { readonly id: string; readonly ver: number }[]>;
  /** Queues of flux in which something waits, now or later, by name. One index seek each. */
  files(): Promise<readonly string[]>;
  /** What waits and what is in hand, for people: reads one index entry a waiting row. */
  etat(quand: Instant): Promise<EtatTravail>;
}

/** What waits in one queue; `retours` and `livraisons` for the rows of these tables. */
export interface EtatFile {
  readonly file: string;
  /** Free and due. */
  readonly dues: number;
  /** Leased to a worker, and the lease is not over. */
  readonly enMain: number;
  readonly plusTard: number;
  /** Since when the row that has waited longest is due; null when none is. */
  readonly depuis: Instant | null;
}

/** What one worker has in hand of one queue. */
export interface EnMain {
  readonly file: string;
  readonly proprietaire: string;
  readonly nombre: number;
  /** End of the lease that ends first. */
  readonly bail: Instant;
}

export interface EtatTravail {
  /** By name; a queue where nothing waits is left out. */
  readonly files: readonly EtatFile[];
  /** By queue, then by worker. */
  readonly enMain: readonly EnMain[];
}

/** Rows that are jobs. */
export type TableTravail = 'flux' | 'retours' | 'livraisons';

export interface DemandeTravail {
  readonly quand: Instant;
  readonly nombre: number;
  readonly proprietaire: string;
  /** End of the lease. */
  readonly bail: Instant;
  /** Ids already in hand: left alone even when due and free (somebody else changed them meanwhile). */
  readonly sauf?: readonly string[];
  /** Only these ones, when they are due and free: what was announced to this node. */
  readonly seuls?: readonly string[];
  /** Of flux: only those that wait in this queue. */
  readonly file?: string;
}
