import type { Juge } from './juges.ts';

/**
 * Remembers, as bytes, values that a type has accepted: the same codes, amounts and dates come back all along a file,
 * and need be neither decoded nor judged twice. One value per slot, the last one seen.
 */

const CASES = 256;
const TAILLE = 32;
/** A type met fewer times than this in a file is not worth the memory. */
const SEUIL = 16;

class Souvenir {
  demandes = 0;
  octets: Uint8Array = new Uint8Array(0);
  longueurs: Uint8Array = new Uint8Array(0);
}

export class OctetsJuges {
  /** By row of the type. */
  readonly #souvenirs: (Souvenir | undefined)[] = [];
  #octets: Buffer = Buffer.alloc(0);
  #debut = 0;
  #fin = 0;
  #place = -1;
  #souvenir = new Souvenir();

  /** The bytes that `connu` and `retenir` are about. */
  montrer(octets: Buffer, debut: number, fin: number): void {
    this.#octets = octets;
    this.#debut = debut;
    this.#fin = fin;
  }

  /** Whether this type accepted these bytes lately. */
  connu(juge: Juge): boolean {
    const octets = this.#octets;
    const debut = this.#debut;
    const long = this.#fin - debut;
    this.#place = -1;
    if (long >= TAILLE || long === 0 || juge.effets) return false;
    const souvenir = (this.#souvenirs[juge.rang] ??= new Souvenir());
    this.#souvenir = souvenir;
    if (souvenir.demandes < SEUIL) {
      souvenir.demandes += 1;
      return false;
    }
    let h = long;
    for (let i = debut; i < this.#fin; i += 1) h = (Math.imul(h, 31) + (octets[i] as number)) | 0;
    const place = Math.imul(h, -1640531535) >>> 24;
    this.#place = place;
    if (souvenir.longueurs[place] !== long) return false;
    const gardes = souvenir.octets;
    const ici = place * TAILLE;
    for (let k = 0; k < long; k += 1) if (gardes[ici + k] !== octets[debut + k]) return false;
    return true;
  }

  /** Keeps what `connu` was last asked about: it was judged, and is right. */
  retenir(): void {
    if (this.#place < 0) return;
    const souvenir = this.#souvenir;
    if (souvenir.octets.length === 0) {
      souvenir.octets = new Uint8Array(CASES * TAILLE);
      souvenir.longueurs = new Uint8Array(CASES);
    }
    const long = this.#fin - this.#debut;
    const ici = this.#place * TAILLE;
    for (let k = 0; k < long; k += 1) souvenir.octets[ici + k] = this.#octets[this.#debut + k] as number;
    souvenir.longueurs[this.#place] = long;
  }
}
