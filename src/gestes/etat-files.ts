import type { Instant } from '../metier/identifiants.ts';
import type { ConstatRepartition } from '../ports/repartition.ts';
import type { Noeud, Suspension, Tour } from '../ports/store.ts';
import type { EnMain, EtatFile } from '../ports/travail.ts';

/** What waits in one queue, and the order that holds its door back. */
export interface FileVue extends EtatFile {
  readonly suspension: Suspension | null;
}

/** What waits, who works, and how the work is shared out. */
export interface EtatFiles {
  /** This node. */
  readonly noeud: string;
  readonly quand: Instant;
  readonly files: readonly FileVue[];
  readonly enMain: readonly EnMain[];
  /** Those that gave a sign of life within the minute. */
  readonly noeuds: readonly Noeud[];
  readonly tours: readonly Tour[];
  readonly repartition: ConstatRepartition;
}
