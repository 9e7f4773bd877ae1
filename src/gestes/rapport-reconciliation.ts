import type { Flux } from '../metier/flux.ts';
import type { Instant, Jour } from '../metier/identifiants.ts';
import type { GenreOrphelin, Orphelin, Restauration } from '../ports/restauration.ts';

/** What a person reads after a restoration, and the order that ends it. */

/** An orphan, and whether a flux of the base bears its identity; null when it tells none. */
export interface OrphelinVu extends Orphelin {
  readonly fluxConnu: boolean | null;
}

export interface Reconciliation {
  readonly restauration: Restauration;
  readonly sources: readonly { readonly nom: string; readonly lue: Instant | null }[];
  /** Answers filed and not analysed yet. */
  readonly aAnalyser: number;
  /** Flux whose fate the restoration made unknown, and that nothing has settled yet; the newest first, a thousand at most. */
  readonly incertains: readonly Flux[];
  /** The first thousand. */
  readonly orphelins: readonly OrphelinVu[];
  readonly genres: Readonly<Partial<Record<GenreOrphelin, number>>>;
  /** The series of that day go on after this number. */
  readonly series: { readonly jour: Jour; readonly apres: number };
  /** What keeps it from being closed, in French; empty when a person may close it. */
  readonly empechements: readonly string[];
}

export interface OrdreClore {
  /** Sources that will answer no more. */
  readonly sansAttendre: readonly string[];
  readonly motif: string | null;
}
