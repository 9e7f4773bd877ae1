import type { Flot } from './flot.ts';
import { MARGE_MOT, vueDe } from './mots.ts';
import { coupe, fauteUtf8 } from './utf8.ts';

/** Read at a time: small enough to stay in the processor's cache, and the pace of the deadline. */
const TRANCHE = 1 << 17;
/** Below this a loop copies faster than a call. */
const COURT = 64;
/** Room for the mark at the end, and for reading by words. */
const MARGE = 2 * MARGE_MOT;

/**
 * The window on the file: what the tokeniser has not consumed, then the next slice. A token that the slice cuts
 * waits here; it is tried again only when what is known of it has doubled, so that even a file given byte by byte
 * costs a time proportional to its size.
 */
export class Tampon {
  /** Bytes held. */
  rempli = 0;
  readonly #flot: Flot;
  /** Bytes already known to be well-formed UTF-8. */
  #valide = 0;
  #seuil = 0;
  #faute = -1;
  #sauve = 0;

  constructor(flot: Flot) {
    this.#flot = flot;
    this.#installer(Buffer.alloc(4096));
  }

  #installer(octets: Buffer): void {
    this.#flot.octets = octets;
    this.#flot.vue = vueDe(octets);
    this.#flot.reperes.installer(octets);
  }

  /** Whether enough has come since the last attempt. */
  get pret(): boolean {
    return this.rempli >= this.#seuil;
  }

  /** Takes the next slice of `source`. @returns how many bytes were taken. */
  remplir(source: Uint8Array, depuis: number): number {
    const flot = this.#flot;
    const reste = flot.limites.octets - flot.base - this.rempli;
    const n = Math.min(TRANCHE, source.length - depuis, reste);
    if (n <= 0) flot.refuser('limiteOctets', this.rempli, { valeur: flot.limites.octets });
    else this.#copier(source, depuis, n);
    return n;
  }

  #copier(source: Uint8Array, depuis: number, n: number): void {
    const besoin = this.rempli + n + MARGE;
    if (besoin > this.#flot.octets.length) {
      const grand = Buffer.allocUnsafeSlow(Math.max(besoin, this.#flot.octets.length * 2));
      this.#flot.octets.copy(grand, 0, 0, this.rempli);
      this.#installer(grand);
    }
    const { octets } = this.#flot;
    if (n > COURT) octets.set(source.subarray(depuis, depuis + n), this.rempli);
    else for (let k = 0; k < n; k += 1) octets[this.rempli + k] = source[depuis + k] as number;
    this.rempli += n;
  }

  /** Opens the window up to the last byte that may be read, and marks its end. */
  ouvrir(): void {
    const flot = this.#flot;
    const fin = flot.tables.unicode === null ? this.#controler() : this.rempli;
    flot.fin = fin;
    this.#sauve = flot.octets[fin] as number;
    flot.octets[fin] = 0;
    flot.noms.installer(flot.octets, flot.vue, fin);
  }

  /** UTF-8 is checked ahead of the tokeniser; what precedes a fault is still read, for an earlier fault may hide there. */
  #controler(): number {
    const flot = this.#flot;
    const fin = flot.dernier ? this.rempli : coupe(flot.octets, this.#valide, this.rempli);
    this.#faute = fauteUtf8(flot.octets, this.#valide, fin);
    this.#valide = this.#faute < 0 ? fin : this.#faute;
    return this.#valide;
  }

  /** Drops what was read; what is left waits for more. */
  fermer(lu: number): void {
    const flot = this.#flot;
    flot.reprendre();
    flot.octets[flot.fin] = this.#sauve;
    if (this.#faute >= 0) {
      this.#refuser(this.#faute);
      return;
    }
    flot.reperes.oublier(lu);
    flot.octets.copyWithin(0, lu, this.rempli);
    flot.base += lu;
    this.rempli -= lu;
    this.#valide -= lu;
    flot.fin -= lu;
    this.#seuil = this.rempli * 2;
  }

  #refuser(indice: number): void {
    const { octets } = this.#flot;
    const dernier = octets[indice + 2] as number;
    if (octets[indice] === 0xef && octets[indice + 1] === 0xbf && (dernier === 0xbe || dernier === 0xbf)) {
      this.#flot.refuser('caractere', indice, { valeur: dernier === 0xbe ? 'U+FFFE' : 'U+FFFF' });
      return;
    }
    const valeur = (octets[indice] as number).toString(16).toUpperCase().padStart(2, '0');
    this.#flot.refuser('utf8', indice, { valeur });
  }
}
