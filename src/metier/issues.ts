import type { FicheErreur } from './erreurs.ts';
import type { EvenementEtat } from './etats.ts';
import type { ObjetJson, Piece } from './flux.ts';
import type { Instant } from './identifiants.ts';

/** What a step gives back. Only the engine turns it into state, journal and debts, in one transaction. */
export type Issue =
  /** The flux moves on. `due`: when to look again (undefined = at once if a step follows; null = nothing is awaited). */
  | {
      readonly type: 'avance';
      readonly evenement: EvenementEtat;
      readonly pieces?: readonly Piece[];
      readonly nomEnvoi?: string;
      /** Merged into the summary, key by key. */
      readonly complement?: ObjetJson;
      readonly motif?: string;
      readonly due?: Instant | null;
      readonly erreur?: FicheErreur;
    }
  /** Not its turn (window full, service closed): look again at `jusqua`; not counted as a failure. `erreur` says why to people. */
  | { readonly type: 'patiente'; readonly jusqua: Instant; readonly erreur: FicheErreur | null }
  /** A failure that left nothing on the other side: retry with back-off. */
  | { readonly type: 'echoue'; readonly erreur: FicheErreur }
  /** A standing alert for people; the state stays. */
  | { readonly type: 'alerte'; readonly alerte: string; readonly prochaine: Instant };
