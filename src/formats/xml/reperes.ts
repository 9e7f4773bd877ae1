import { isAscii } from 'node:buffer';
import type { PositionXml } from './evenements.ts';
import { LF } from './octets.ts';

const QUATRE_LF = 0x0a0a0a0a;
const SEPT_BITS = 0x7f7f7f7f;
const UNS = 0x01010101;
/** A lane of one byte overflows after 255 additions. */
const TOUR = 252;

/** Line feeds, four bytes at a time: each byte of `mot ^ QUATRE_LF` but zero ends as a 1 in its own lane. */
function compterMots(mots: Int32Array, debut: number, fin: number): number {
  let autres = 0;
  for (let i = debut; i < fin; ) {
    const arret = i + TOUR < fin ? i + TOUR : fin;
    let voies = 0;
    for (; i < arret; i += 1) {
      const x = (mots[i] as number) ^ QUATRE_LF;
      voies = (voies + (((((x & SEPT_BITS) + SEPT_BITS) | x) >>> 7) & UNS)) | 0;
    }
    autres += (voies & 0xff) + ((voies >>> 8) & 0xff) + ((voies >>> 16) & 0xff) + (voies >>> 24);
  }
  return (fin - debut) * 4 - autres;
}

/** Characters of a stretch of UTF-8: every byte but those that continue one. */
function caracteres(octets: Buffer, debut: number, fin: number): number {
  if (isAscii(octets.subarray(debut, fin))) return fin - debut;
  let n = 0;
  for (let i = debut; i < fin; i += 1) if (((octets[i] as number) & 0xc0) !== 0x80) n += 1;
  return n;
}

/**
 * Lines and columns, counted once per byte. Follows the buffer of the reading: `installer` when it moves to other
 * memory, `oublier` when its head is dropped.
 */
export class Reperes {
  #octets: Buffer = Buffer.alloc(0);
  #mots: Int32Array = new Int32Array(0);
  #multioctet = true;
  /** Bytes of the byte-order mark still in the buffer: no character of the first line. */
  #marque = 0;
  /** Line feeds before the buffer, and characters of the line that runs into it. */
  #lignesAvant = 0;
  #colonneAvant = 0;
  /** Line feeds before `#compte`, an index of the buffer. */
  #lignes = 0;
  #compte = 0;

  /** @param octets at the start of its own memory, for the reading by words. */
  installer(octets: Buffer): void {
    this.#octets = octets;
    this.#mots = new Int32Array(octets.buffer, octets.byteOffset, octets.length >> 2);
  }

  /** @param marque bytes of the byte-order mark. */
  commencer(multioctet: boolean, marque: number): void {
    this.#multioctet = multioctet;
    this.#marque = marque;
  }

  #compter(indice: number): void {
    if (indice < this.#compte) {
      this.#compte = 0;
      this.#lignes = this.#lignesAvant;
    }
    const octets = this.#octets;
    let i = this.#compte;
    let lignes = this.#lignes;
    for (; i < indice && (i & 3) !== 0; i += 1) if (octets[i] === LF) lignes += 1;
    const fin = indice >> 2;
    if (i >> 2 < fin) {
      lignes += compterMots(this.#mots, i >> 2, fin);
      i = fin << 2;
    }
    for (; i < indice; i += 1) if (octets[i] === LF) lignes += 1;
    this.#compte = indice;
    this.#lignes = lignes;
  }

  /** Characters between the start of the line and `indice`. */
  #colonne(indice: number): number {
    const lf = indice > 0 ? this.#octets.lastIndexOf(LF, indice - 1) : -1;
    const debut = lf < 0 ? this.#marque : lf + 1;
    const avant = lf < 0 ? this.#colonneAvant : 0;
    if (indice <= debut) return avant;
    return avant + (this.#multioctet ? caracteres(this.#octets, debut, indice) : indice - debut);
  }

  /** Drops the head of the buffer; the rest moves to index 0. */
  oublier(indice: number): void {
    if (indice === 0) return;
    this.#compter(indice);
    this.#colonneAvant = this.#colonne(indice);
    this.#lignesAvant = this.#lignes;
    this.#marque = Math.max(0, this.#marque - indice);
    this.#compte = 0;
  }

  /** @param base offset in the file of the first byte of the buffer. */
  situer(indice: number, base: number): PositionXml {
    this.#compter(indice);
    return { octet: base + indice, ligne: this.#lignes + 1, colonne: this.#colonne(indice) + 1 };
  }
}
