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
  | 'signature' // detached signature of a document or annexe, given by its depositor
  | 'cachet' // our own, of a document, an annexe or the message
  | 'pes' // PES deposited, never touched
  | 'pes_signe' // the same with the signatures added here or outside
  | 'rapport' // control report, JSON
  | 'rapport_signatures' // what each signature covers and is worth, JSON
  | 'preuves_confiance' // certificates, CRL and OCSP answers the verdict leans on, JSON
  | 'archive' // exactly what was handed to the State
  | 'retour' // raw message of the State, as received (e-mail or file)
  | 'accuse' // business message of the State, extracted byte for byte
  | 'enveloppe_retour'
  | 'complement'; // receipt of what went to the State by another channel, as the collectivité got it

/** What a depositor brings: pieces of an acte and their signatures, or the PES itself. */
export type RoleDepot = Extract<RolePiece, 'document' | 'annexe' | 'signature' | 'pes'>;

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

/** By which door it last went on the line, and the name that it bears there. */
export interface Voie {
  readonly passerelle: string;
  /** P_DEST. */
  readonly destination: string;
  readonly nom: string;
}

/** Written with the mark of the line; null for a door that keeps the outgoing name, and before. */
export function voieDe({ resume: { voie } }: Pick<Flux, 'resume'>): Voie | null {
  if (typeof voie !== 'object' || voie === null || Array.isArray(voie)) return null;
  const { passerelle, destination, nom } = voie as Readonly<Record<string, Json>>;
  if (typeof passerelle !== 'string' || typeof destination !== 'string' || typeof nom !== 'string')
    return null;
  return { passerelle, destination, nom };
}

/** The name that the State was given, or the identity in law when none is known here: what to ask it about. */
export function nomPourEtat(flux: Pick<Flux, 'identite' | 'nomEnvoi' | 'resume'>): string {
  return voieDe(flux)?.nom ?? flux.nomEnvoi ?? flux.identite;
}

/**
 * When it went on the line and may have left something at the State's, oldest first. What the State calls a double is our
 * own first sending only if there was one: each passage on the line is written with its mark, and taken back with the
 * answer that makes it certain that it left nothing.
 *
 * | one passage on the line                                       | it left          | counts          |
 * |---------------------------------------------------------------|------------------|-----------------|
 * | we die before the mark is durable                             | nothing          | no, unwritten   |
 * | we die between the mark and the first byte                    | nothing, unknown | yes             |
 * | we die while it leaves, or before its answer is written       | unknown          | yes             |
 * | the answer says that it was taken                             | the file         | yes             |
 * | no answer, or a line cut too late to tell                     | unknown          | yes, even once a person says that it is not there |
 * | the answer says that nothing was taken                        | nothing          | no, taken back  |
 * | the same, and we die before it is written                     | nothing, unknown | yes             |
 * | refused at the door for good                                  | nothing          | no, taken back  |
 * | already there: nothing is sent                                | nothing          | no, taken back; not when it is the only one known, for something left |
 */
export function departs({ resume }: Pick<Flux, 'resume'>): readonly Instant[] {
  const ecrits = resume['departs'];
  if (!Array.isArray(ecrits)) return [];
  return ecrits.flatMap((d: Json) => (typeof d === 'string' ? [Date.parse(d) as Instant] : []));
}
