import type { Readable } from 'node:stream';
import type { Sha256 } from '../metier/identifiants.ts';

/** Digests and size of stored bytes. */
export interface Depot {
  readonly sha256: Sha256;
  /** Lower-case hexadecimal. */
  readonly sha512: string;
  /** Bytes. */
  readonly taille: number;
}

export type Source = Uint8Array | AsyncIterable<Uint8Array>;

/** Bytes received and synced to disk, that are not yet a piece: kept or thrown away once the deposit is judged. */
export interface PieceEnAttente extends Depot {
  /** Bytes of the range [debut, fin[, cut at the size. */
  lire(debut: number, fin: number): Promise<Uint8Array>;
  /** Makes it a piece of the coffre; durable when it resolves. */
  garder(): Promise<void>;
  /** Leaves nothing. Never throws; harmless after `garder`. */
  jeter(): Promise<void>;
}

/**
 * Pieces are only added, found by digest, never changed. Adding bytes already present is a no-op with the same answer.
 */
export interface Coffre {
  /**
   * Durable (file, then directories) when it resolves. Memory is bounded whatever the size.
   * @param limite beyond that many bytes: throws VGM-COF-001 and leaves nothing. A full disk: VGM-NOY-005, and leaves nothing.
   */
  ajouter(source: Source, limite?: number): Promise<Depot>;
  /**
   * Receives bytes that a control may still refuse. What is neither kept nor thrown away when the process dies is
   * swept at the next opening. Same limits and errors as `ajouter`.
   */
  recevoir(source: Source, limite?: number): Promise<PieceEnAttente>;
  /** Bytes of a piece, or of the range [debut, fin[ of it. Throws VGM-NOY-006 when absent. */
  ouvrir(sha256: Sha256, plage?: { readonly debut: number; readonly fin: number }): Promise<Readable>;
  /** Reads the piece again from the disk: true when its bytes still have its name. */
  verifier(sha256: Sha256): Promise<boolean>;
}

/** A coffre that something opened, and must close. */
export interface CoffreOuvert extends Coffre {
  fermer(): Promise<void>;
}
