import { createHash } from 'node:crypto';
import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { typeParContenu } from '../../../formats/encodages/types.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';
import type { ContenuPJ, SortGzip } from './faits.ts';

/** What is asked of the inflated file: enough to tell its type. */
const TETE = 1029;
/** Each block is a trip to another thread and back. */
const SORTIE = 1 << 17;

/** Bytes that all the pieces of one file may still become once inflated. */
export interface Provision {
  reste: number;
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

/**
 * One attached piece on its way out of its gzip: inflated, counted, hashed, given to whoever wants it, dropped. Never holds
 * more than a block.
 */
export class Decompression {
  readonly #max: number;
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

  /** @param max bytes of one inflated piece. */
  constructor(max: number, provision: Provision, puits: Puits | null) {
    this.#max = max;
    this.#provision = provision;
    this.#puits = puits;
  }

  async ecrire(octets: Buffer): Promise<void> {
    const premier = this.#portee.octets().length === 0;
    this.#portee.ajouter(octets);
    // 08: deflate, the only method of RFC 1952
    if (premier && octets[0] === 0x1f && octets[1] === 0x8b && octets[2] === 0x08) this.#ouvrir();
    const gunzip = this.#gunzip;
    if (gunzip === null) return this.#puits?.prendre(octets);
    if (!gunzip.readableEnded && !gunzip.destroyed) {
      // after the last member of the file, the call back never comes
      await Promise.race([this.#fini, new Promise<void>((suite) => gunzip.write(octets, () => suite()))]);
    }
    if (this.#panne !== null) throw this.#panne.cause;
  }

  #ouvrir(): void {
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
    this.#taille += sortis.length;
    this.#provision.reste -= sortis.length;
    this.#tete.ajouter(sortis);
    this.#hash.update(sortis);
    if (this.#taille <= this.#max && this.#provision.reste >= 0) return this.#confier(gunzip, sortis);
    this.#sort = 'trop_gros';
    gunzip.destroy();
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

  async finir(): Promise<Original> {
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
      type: typeParContenu(gunzip === null ? this.#portee.octets() : this.#tete.octets()),
    };
  }

  /** Nothing is left open. Never throws. */
  async abandonner(): Promise<void> {
    this.#puits?.abandonner();
    this.#gunzip?.destroy();
    await this.#fini;
  }
}
