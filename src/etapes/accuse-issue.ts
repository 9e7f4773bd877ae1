import type { EvenementEtat } from '../metier/etats.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Flux, NomProtocole, ObjetJson, Piece } from '../metier/flux.ts';
import type { Siren } from '../metier/identifiants.ts';

/** What a message does to its flux. */
export interface MessageAttribue {
  readonly evenement: EvenementEtat;
  /** One French sentence for the time-line and for people. */
  readonly libelle: string;
  /** Fields kept with the flux. */
  readonly champs: ObjetJson;
  /** What the State says of its refusal; null for a receipt. */
  readonly erreur: FicheErreur | null;
}

/** One message of the State that found its flux and may move it. */
export interface Attribution {
  readonly flux: Flux;
  readonly message: MessageAttribue;
  readonly pieces: readonly Piece[];
}

/** What the State sends on its own initiative, and whose it is: it starts a flux, already at its end. */
export interface Reception {
  readonly protocole: NomProtocole;
  readonly collectivite: Siren;
  readonly identite: string;
  readonly resume: ObjetJson;
  readonly pieces: readonly Piece[];
}

/** What the analysis of one raw return gives back to the engine. */
export interface IssueRetour {
  readonly attributions: readonly Attribution[];
  readonly receptions: readonly Reception[];
  /** Flux concerned without effect on their state (a receipt received twice). */
  readonly sansEffet: readonly Flux[];
  /** Why a person must look at it; empty = nothing is left over. */
  readonly restes: readonly string[];
}
