import type { FicheErreur } from './erreurs.ts';
import type { Etat } from './etats.ts';
import type { FluxId, Instant, Sha256, Siren } from './identifiants.ts';

export type NomProtocole = 'ACTES' | 'HELIOS';

/** Who receives for the State, and what its answer is called, as told to people. */
export const ETAT_EN_MOTS: Readonly<Record<NomProtocole, { readonly qui: string; readonly accuse: string }>> =
  {
    ACTES: { qui: 'la préfecture', accuse: 'accusé de réception' },
    HELIOS: { qui: 'la DGFiP', accuse: 'acquittement' },
  };

/** Part a piece plays in a flux. */
export type RolePiece =
  | 'metadonnees' // what the depositor declared, JSON
  | 'document' // principal document of an acte
  | 'annexe'
  | 'pes' // PES deposited, never touched
  | 'pes_signe' // the same with the signatures added here or outside
  | 'rapport' // control report, JSON
  | 'rapport_signatures' // what each signature covers and is worth, JSON
  | 'preuves_confiance' // certificates, CRL and OCSP answers the verdict leans on, JSON
  | 'archive' // exactly what was handed to the State
  | 'retour' // raw message of the State, as received (e-mail or file)
  | 'accuse' // business message of the State, extracted byte for byte
  | 'enveloppe_retour';

/** What a depositor brings: pieces of an acte, or the PES itself. */
export type RoleDepot = Extract<RolePiece, 'document' | 'annexe' | 'pes'>;

/** A piece: bytes in the coffre, found by digest, and the name they bear in this flux. */
export interface Piece {
  readonly role: RolePiece;
  readonly nom: string;
  readonly sha256: Sha256;
  readonly sha512: string;
  /** Bytes. */
  readonly taille: number;
  /** Media type by content. */
  readonly type: string;
}

/** A piece as it hangs on its flux: `rang` counts from 0 in order of arrival and never changes. */
export interface PieceDuFlux extends Piece {
  readonly rang: number;
  readonly ajoutee: Instant;
}

/** JSON values only: what a protocol wrote about its flux and reads back itself. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [cle: string]: Json };
export type ObjetJson = { readonly [cle: string]: Json };

/** One flux: the row that is also the job. */
export interface Flux {
  readonly id: FluxId;
  readonly protocole: NomProtocole;
  readonly collectivite: Siren;
  readonly etat: Etat;
  /** Counts the changes; every write names the version it read. */
  readonly ver: number;
  /** When the engine must look at it again; null = nothing to do. */
  readonly due: Instant | null;
  /** Failed tries of the present state. */
  readonly tentatives: number;
  /** Identity in law (IDActe), unique among the flux that may stand at the State's. */
  readonly identite: string;
  /** What people call it: number, objet… written by the protocol at deposit. */
  readonly resume: ObjetJson;
  /** Outgoing name, fixed before the first byte leaves; null before. */
  readonly nomEnvoi: string | null;
  /** The flux that this one corrects or answers. */
  readonly cite: FluxId | null;
  readonly depose: Instant;
  readonly modifie: Instant;
  readonly transmis: Instant | null;
  readonly solde: Instant | null;
  /** Standing alert (no receipt after the delay…), shown until the state changes. */
  readonly alerte: string | null;
  /** Last failure, for people. */
  readonly erreur: FicheErreur | null;
}

/** How often it went on the line: a second time, what the State calls a double may be our own first try. */
export function misesEnLigne({ resume }: Pick<Flux, 'resume'>): number {
  const nombre = resume['misesEnLigne'];
  return typeof nombre === 'number' ? nombre : 0;
}
