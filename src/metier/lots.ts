import type { Anomalie } from './anomalies.ts';
import type { FicheErreur } from './erreurs.ts';
import type { ObjetJson } from './flux.ts';
import type { FluxId, Instant, LotId, Sha256, Siren } from './identifiants.ts';

/** Batches of actes received whole, that the daemon deposits by itself. */

/**
 * Fate of one line. `depose`: a flux bears its key, and nothing else says so; `deja`: the same acte stands in another flux;
 * `abandonne`: a person gave the batch up before its turn came.
 */
export const SORTS_LIGNE = ['a_faire', 'depose', 'deja', 'refuse', 'abandonne'] as const;
export type SortLigne = (typeof SORTS_LIGNE)[number];

/** Lines by fate. */
export interface ComptesLot {
  readonly deposes: number;
  readonly deja: number;
  readonly refuses: number;
  /** Still to do, or given up. */
  readonly restants: number;
}

export interface Lot {
  readonly id: LotId;
  readonly collectivite: Siren;
  /** The ZIP, a piece of the coffre. */
  readonly sha256: Sha256;
  readonly sha512: string;
  /** Bytes. */
  readonly taille: number;
  /** Path of the manifest in the ZIP. */
  readonly manifeste: string;
  readonly lignes: number;
  /** Who deposited it: its actes are deposited in his name. */
  readonly acteur: string;
  readonly recu: Instant;
  readonly termine: Instant | null;
  /** Why a person gave up what remained; null otherwise. */
  readonly abandon: string | null;
  /** What holds it up, and is tried again; null when nothing does. */
  readonly erreur: FicheErreur | null;
  readonly comptes: ComptesLot;
}

/** One acte of a batch. */
export interface LigneDeLot {
  /** Row of the manifest, the titles being row 1. */
  readonly ligne: number;
  /** As it was read in the manifest. */
  readonly acte: ObjetJson;
  readonly sort: SortLigne;
  /** The one that carries the acte; null when none does. */
  readonly flux: FluxId | null;
  /** Why it was refused; empty otherwise. */
  readonly anomalies: readonly Anomalie[];
}

/** Key of the deposit of a line. A depositor cannot send it: no `Idempotency-Key` holds a space. */
export function cleDeLigne(lot: LotId, ligne: number): string {
  return `lot ${lot} ${ligne}`;
}
