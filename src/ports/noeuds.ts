import type { Instant } from '../metier/identifiants.ts';

/** Daemons that share a store. */

/** What one node at a time does for all: reading a mailbox, polling a gateway. */
export interface Tour {
  readonly nom: string;
  readonly proprietaire: string;
  /** The others wait until then. */
  readonly bail: Instant;
  /** Grows each time the turn changes hands, and only then. */
  readonly numero: number;
}

/**
 * A turn spares work and wakes nobody twice; it never protects. A node that was paused may still believe it has its turn:
 * what it then does must be harmless a second time (`creerRetour` keeps a message once, a number belongs to one flux).
 */
export interface Tours {
  /** Takes the turn, or renews it. @returns null when another one holds it. */
  prendre(demande: {
    readonly nom: string;
    readonly proprietaire: string;
    readonly quand: Instant;
    readonly bail: Instant;
  }): Promise<Tour | null>;
  /** Leaves it to the others at once; nothing when it is no longer ours. */
  rendre(nom: string, proprietaire: string): Promise<void>;
  lister(): Promise<readonly Tour[]>;
}

/** A daemon that works on this store. */
export interface Noeud {
  readonly nom: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly demarre: Instant;
  /** Last time that it said it was there. */
  readonly vu: Instant;
}

export interface Noeuds {
  /** Creates, or says again that it is there. */
  annoncer(noeud: Noeud): Promise<void>;
  /** Those seen since `depuis`, by name. */
  lister(depuis: Instant): Promise<readonly Noeud[]>;
  /** Forgets it, and gives its name back. */
  retirer(nom: string): Promise<void>;
  /**
   * Takes this name, or makes sure that it is still ours. It is given back when we leave it, and by itself when the process dies
   * or the store is closed. @returns false when another daemon has it, or a machine that vanished without closing its line.
   */
  tenirNom(nom: string): Promise<boolean>;
  /** Takes the name from whoever has it: it may be held soon after. Nothing when nobody else has it. */
  evincer(nom: string): Promise<void>;
}
