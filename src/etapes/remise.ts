import type { FicheErreur } from '../metier/erreurs.ts';
import type { Flux, Voie } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Envoi } from '../ports/transport.ts';
import type { Fenetre } from './fenetres.ts';
import type { Guichet } from './guichet.ts';

/**
 * What became of one handing over, once the door's own words are read. The kind of failure is decided where the failure
 * happens (ARCHITECTURE § 2.4); the step only turns it into an event.
 */
export type IssueRemise =
  | { readonly type: 'prise'; readonly motif: string }
  /** Nothing was sent: an earlier passage had left it there, whole. */
  | { readonly type: 'deja_la'; readonly motif: string }
  /** Certain that nothing was taken: back in line. */
  | { readonly type: 'non_prise'; readonly erreur: FicheErreur }
  /** The State may hold it: no automatic retry. */
  | { readonly type: 'incertaine'; readonly erreur: FicheErreur }
  | { readonly type: 'refusee'; readonly motif: string; readonly erreur: FicheErreur };

/** Why a door is left alone for a while. */
export interface Repos {
  readonly jusqua: Instant;
  readonly erreur: FicheErreur;
}

/** One door of the State: its places, its hours, and how something is handed over there. */
export interface Remise {
  /** Key of the hourly booking, and of the orders that hold sendings back: `ACTES`, `HELIOS:<gateway>`. */
  readonly destination: string;
  readonly guichet: Guichet;
  readonly fenetres: readonly Fenetre[];
  /** 0 = no limit. */
  readonly octetsParHeure: number;
  remettre(envoi: Envoi, flux: Flux, signal: AbortSignal): Promise<IssueRemise>;
  /** What keeps failing for everybody is not tried once per flux. Absent: a door that never rests. */
  repos?(): Repos | null;
  /** Which way it leaves, where the name at the peer is not the outgoing one. */
  readonly voie?: Voie;
  /**
   * Does the peer show it whole, under its name? Only a yes proves something. Absent: nobody can look there.
   * Throws the fault of a peer that is out of reach.
   */
  constater?(envoi: Pick<Envoi, 'nom' | 'taille'>, flux: Flux): Promise<boolean>;
}
