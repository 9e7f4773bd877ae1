import type { Anomalie } from '../metier/anomalies.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { FluxId, Instant, LotId, Sha256, Siren } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { ComptesLot, LigneDeLot, Lot, SortLigne } from '../metier/lots.ts';
import type { Portee } from './portee.ts';

/** Batches of actes, line by line. */

/** A line as it is received: to be done, unless the manifest itself refuses it. */
export interface NouvelleLigne extends Pick<LigneDeLot, 'ligne' | 'acte'> {
  /** Empty: to be done. */
  readonly refus: readonly Anomalie[];
}

export interface NouveauLot
  extends Omit<Lot, 'lignes' | 'recu' | 'termine' | 'abandon' | 'erreur' | 'comptes'> {
  /** `Idempotency-Key`, unique per collectivité among batches; null when the depositor gave none. */
  readonly cle: string | null;
  readonly lignes: readonly NouvelleLigne[];
}

export interface SuiteLot {
  readonly quand: Instant;
  readonly journal: readonly EntreeJournal[];
}

/** What made no flux of a line. */
export type FaitLigne =
  | { readonly sort: 'refuse'; readonly anomalies: readonly Anomalie[] }
  | { readonly sort: 'deja'; readonly flux: FluxId };

export interface FiltreLots {
  /** Only those that are not finished (true), or that are (false). */
  readonly enCours?: boolean;
  /** Page: received strictly before this one, newest first. */
  readonly avant?: LotId;
  /** 1 to 1000. */
  readonly limite: number;
}

export interface FiltreLignes {
  readonly sorts?: readonly SortLigne[];
  /** Page: lines strictly after this one, in the order of the manifest. */
  readonly apres?: number;
  /** 1 to 1000. */
  readonly limite: number;
}

/**
 * A line is deposited when a flux of the collectivité bears its key, whatever is written of it: two nodes, or two lives of one,
 * may judge it differently, and cannot make it say that an acte that leaves was refused.
 */
export interface Lots {
  /** The batch and all its lines, or nothing. Throws VGM-NOY-001 when its key is taken. */
  creer(nouveau: NouveauLot, suite: SuiteLot): Promise<void>;
  trouver(portee: Portee, id: LotId): Promise<Lot | undefined>;
  /** The batch received under this key. */
  parCle(
    collectivite: Siren,
    cle: string,
  ): Promise<{ readonly id: LotId; readonly sha256: Sha256 } | undefined>;
  lister(portee: Portee, filtre: FiltreLots): Promise<readonly Lot[]>;
  lignes(portee: Portee, id: LotId, filtre: FiltreLignes): Promise<readonly LigneDeLot[]>;
  /** Those that have something left to do, oldest first, at most 1000. */
  enCours(): Promise<readonly { readonly id: LotId; readonly collectivite: Siren }[]>;
  /** Lines after `apres` that have no fate, in order; none of a batch that is given up. */
  aFaire(
    id: LotId,
    page: { readonly apres: number; readonly limite: number },
  ): Promise<readonly Pick<LigneDeLot, 'ligne' | 'acte'>[]>;
  /** Writes the fate of a line that has none; the first one written stays. */
  noter(id: LotId, ligne: number, fait: FaitLigne): Promise<void>;
  /** What holds it up; null: nothing any more. Nothing of a batch that is finished. */
  noterErreur(id: LotId, erreur: FicheErreur | null): Promise<void>;
  /** Nothing more of it is begun. Throws VGM-NOY-001 when it is finished, or given up already. */
  abandonner(id: LotId, motif: string, suite: SuiteLot): Promise<void>;
  /** Throws VGM-NOY-001 when it is finished already. @param comptes those that stay. */
  terminer(id: LotId, comptes: ComptesLot, suite: SuiteLot): Promise<void>;
}
