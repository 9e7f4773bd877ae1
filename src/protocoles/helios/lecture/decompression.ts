import { createHash } from 'node:crypto';
import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { typeParContenu } from '../../../formats/encodages/types.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';
import type { ContenuPJ, SortGzip } from './faits.ts';
import { inflaterEntier } from './gzip-entier.ts';

/** What is asked of the inflated file: enough to tell its type. */
const TETE = 1029;
/** Each block is a trip to another thread and back. */
const SORTIE = 1 << 17;

/**
 * A flow would deliver as much in one block: a corrupt gzip then delivers nothing either way, and both say the same of any
 * bytes.
 */
export const ENTIER_MAX = SORTIE - 1;
/** Inflated at once before others have their turn, which a piece that goes by the flow gives them: some ten milliseconds. */
const PAUSE = 1 << 22;

export interface LimitesPiece {
  /** Bytes of one piece once inflated. */
  readonly piece: number;
  /** Bytes up to which a piece that comes in one block is inflated at once: `ENTIER_MAX` at most; 0: every piece by a flow. */
  readonly entier: number;
}

/** Bytes that all the pieces of one file may still become once inflated; below 0, it is spent. */
export interface Provision {
  reste: number;
  /** Inflated at once since others last had their turn. */
  sansPause: number;
}

/** Takes the original file of one piece as it comes out of its gzip; what is carried, when it is no gzip. */
export interface Puits {
  /** Resolves when more may be given: nothing more is inflated until then. What it throws breaks the reading. */
  prendre(octets: Uint8Array): Promise<void>;
  /** That was all: the whole file, or as much of it as could be inflated. */
  finir(): Promise<void>;
  /** The reading stops within the piece. Never throws. */
  abandonner(): void;
}

type Original = Pick<ContenuPJ, 'gzip' | 'tailleOriginale' | 'empreinteOriginale' | 'type'>;

/** First bytes of a flow. */
class Tete {
  readonly #blocs: Uint8Array[] = [];
  #taille = 0;

  ajouter(octets: Uint8Array): void {
    if (this.#taille >= TETE) return;
    const debut = Uint8Array.from(octets.subarray(0, TETE - this.#taille));
    this.#blocs.push(debut);
    this.#taille += debut.length;
  }

  octets(): Buffer {
    return Buffer.concat(this.#blocs);
  }
}

// 08: deflate, the only method of RFC 1952
const estGzip = (octets: Uint8Array): boolean =>
  octets[0] === 0x1f && octets[1] === 0x8b && octets[2] === 0x08;

/**
 * One attached piece on its way out of its gzip: inflated, counted, hashed, given to whoever wants it, dropped. Never holds
 * more than a block. Small, it is inflated at once; once the provision is spent, not at all.
 */
export class Decompression {
  readonly #limites: LimitesPiece;
  readonly #provision: Provision;
  readonly #puits: Puits | null;
  readonly #portee = new Tete();
  readonly #tete = new Tete();
  readonly #hash = createHash('sha256');
  #gunzip: Gunzip | null = null;
  #fini: Promise<void> = Promise.resolve();
  #sort: SortGzip = 'absent';
  #taille = 0;
  /** What the taker threw. */
  #panne: { readonly cause: unknown } | null = null;

  constructor(limites: LimitesPiece, provision: Provision, puits: Puits | null) {
    this.#limites = limites;
    this.#provision = provision;
    this.#puits = puits;
  }

  async ecrire(octets: Buffer): Promise<void> {
    const premier = this.#portee.octets().length === 0;
    this.#portee.ajouter(octets);
    if (premier && estGzip(octets)) this.#ouvrir();
    if (this.#sort === 'absent') return this.#puits?.prendre(octets);
    const gunzip = this.#gunzip;
    if (gunzip !== null && !gunzip.readableEnded && !gunzip.destroyed) {
      // after the last member of the file, the call back never comes
      await Promise.race([this.#fini, new Promise<void>((suite) => gunzip.write(octets, () => suite()))]);
    }
    if (this.#panne !== null) throw this.#panne.cause;
  }

  #ouvrir(): void {
    if (this.#provision.reste < 0) {
      this.#sort = 'trop_gros';
      return;
    }
    const gunzip = createGunzip({ chunkSize: SORTIE });
    this.#gunzip = gunzip;
    this.#sort = 'bon';
    this.#fini = new Promise((suite) => {
      gunzip.once('end', () => suite());
      gunzip.once('close', () => suite());
    });
    gunzip.on('data', (sortis: Buffer) => this.#recevoir(gunzip, sortis));
    gunzip.on('error', (e: Error & { readonly errno?: number }) => {
      this.#sort = e.errno === constants.Z_BUF_ERROR ? 'tronque' : 'corrompu';
    });
  }

  #recevoir(gunzip: Gunzip, sortis: Buffer): void {
    if (this.#sort === 'trop_gros') return;
    if (this.#compter(sortis)) this.#confier(gunzip, sortis);
    else gunzip.destroy();
  }

  /** @returns whether the piece is still within what it may become. */
  #compter(sortis: Buffer): boolean {
    this.#taille += sortis.length;
    this.#provision.reste -= sortis.length;
    this.#tete.ajouter(sortis);
    this.#hash.update(sortis);
    if (this.#taille <= this.#limites.piece && this.#provision.reste >= 0) return true;
    this.#sort = 'trop_gros';
    return false;
  }

  /** The gunzip rests as long as the taker does: the source waits with it. */
  #confier(gunzip: Gunzip, sortis: Buffer): void {
    if (this.#puits === null) return;
    gunzip.pause();
    const rompre = (cause: unknown): void => {
      this.#panne = { cause };
      gunzip.destroy();
    };
    this.#puits.prendre(sortis).then(() => void gunzip.resume(), rompre);
  }

  #passeParLeFlot(octets: Buffer): boolean {
    const { reste, sansPause } = this.#provision;
    if (sansPause >= PAUSE) {
      this.#provision.sansPause = 0;
      return true;
    }
    const seul = this.#portee.octets().length === 0;
    return !seul || this.#limites.entier === 0 || reste < 0 || !estGzip(octets);
  }

  /** @returns whether the piece came whole, and small: it is done. */
  async #auPlusCourt(octets: Buffer): Promise<boolean> {
    const entier = this.#passeParLeFlot(octets) ? null : inflaterEntier(octets, this.#limites.entier);
    if (entier === null) return false;
    this.#sort = entier.sort;
    const { sortis } = entier;
    if (sortis.length > 0 && this.#compter(sortis)) await this.#puits?.prendre(sortis);
    this.#provision.sansPause += sortis.length;
    return true;
  }

  /** @param dernier last block, or the only one; may be empty. */
  async finir(dernier: Buffer): Promise<Original> {
    if (dernier.length > 0 && !(await this.#auPlusCourt(dernier))) await this.ecrire(dernier);
    const gunzip = this.#gunzip;
    if (gunzip !== null) {
      if (!gunzip.readableEnded && !gunzip.destroyed) gunzip.end();
      await this.#fini;
      gunzip.destroy();
    }
    if (this.#panne !== null) throw this.#panne.cause;
    await this.#puits?.finir();
    const sort = this.#sort;
    return {
      gzip: sort,
      tailleOriginale: this.#taille,
      empreinteOriginale: sort === 'bon' ? (this.#hash.digest('hex') as Sha256) : null,
      type: typeParContenu(sort === 'absent' ? this.#portee.octets() : this.#tete.octets()),
    };
  }

  /** Nothing is left open. Never throws. */
  async abandonner(): Promise<void> {
    this.#puits?.abandonner();
    this.#gunzip?.destroy();
    await this.#fini;
  }
}
