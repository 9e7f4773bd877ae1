import type { Anomalie } from '../../metier/anomalies.ts';
import type { Siren } from '../../metier/identifiants.ts';
import type { Lot } from '../../metier/lots.ts';
import type { Source } from '../../ports/coffre.ts';

/** What is asked of a door of batches, and what it answers. */

export interface DemandeLot {
  readonly collectivite: Siren;
  readonly zip: Source;
  readonly cleIdempotence: string | null;
}

export type ReponseLot =
  | { readonly type: 'pris'; readonly lot: Lot; readonly rejeu: boolean }
  /** Nothing of it can be read: nothing was kept. */
  | { readonly type: 'refuse'; readonly manifeste: string; readonly anomalies: readonly Anomalie[] };
