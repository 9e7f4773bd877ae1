import type { Classification } from '../metier/collectivite.ts';
import type { EvenementEtat } from '../metier/etats.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Flux, NomProtocole, ObjetJson, Piece } from '../metier/flux.ts';
import type { FluxId, Siren } from '../metier/identifiants.ts';
import type { Amorce } from '../protocoles/protocole.ts';

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
  /** Flux that it is about; null: it is about none. */
  readonly cite: FluxId | null;
  /** The receipt that leaves by itself, and cites it. */
  readonly accuse: Amorce | null;
}

/** What we send the State because of what it said. */
export interface Envoi extends Amorce {
  readonly protocole: NomProtocole;
  readonly collectivite: Siren;
}

/** The classification in force of a collectivité, as the State has sent it. */
export interface ClassificationRecue {
  readonly collectivite: Siren;
  readonly classification: Classification;
}

/** What is filed with a flux without moving it, and that people must know. */
export interface Annexion {
  readonly flux: Flux;
  readonly pieces: readonly Piece[];
  readonly champs: ObjetJson;
  readonly libelle: string;
  readonly alerte: string;
}

/** What the analysis of one raw return gives back to the engine. */
export interface IssueRetour {
  readonly attributions: readonly Attribution[];
  readonly receptions: readonly Reception[];
  readonly annexions: readonly Annexion[];
  readonly envois: readonly Envoi[];
  readonly classifications: readonly ClassificationRecue[];
  /** What the State knows under these identities, and that nobody has here: a base that was put back forgot it. */
  readonly inconnus?: readonly Pick<Reception, 'protocole' | 'identite'>[];
  /** Flux concerned without effect on their state (a receipt received twice). */
  readonly sansEffet: readonly Flux[];
  /** Why a person must look at it; empty = nothing is left over. */
  readonly restes: readonly string[];
}

/** Nothing done, and why. */
export function issueVide(...restes: readonly string[]): IssueRetour {
  return {
    attributions: [],
    receptions: [],
    annexions: [],
    envois: [],
    classifications: [],
    sansEffet: [],
    restes,
  };
}
