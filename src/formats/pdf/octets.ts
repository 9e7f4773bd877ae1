import { readSync } from 'node:fs';

/** Where the bytes of a document are: in memory, or behind an open file descriptor, which stays the caller's. */
export type SourcePdf = Uint8Array | { readonly descripteur: number; readonly taille: number };

/** Bytes that somebody else holds: `lire` gives [debut, fin[, and may throw what only its owner understands. */
export interface SourceTenue {
  readonly taille: number;
  readonly lire: (debut: number, fin: number) => Uint8Array;
}

/** Small enough that an object read alone costs little, large enough that a table is read in few calls. */
const BLOC = 16_384;
/** One megabyte in all. */
const BLOCS_GARDES = 64;

/** Bytes reached by their place, whatever the size of the document: memory stays bounded. */
export class Octets {
  readonly taille: number;
  readonly #source: SourcePdf | SourceTenue;
  readonly #gardes = new Map<number, Uint8Array>();
  #debut = 0;
  #bloc: Uint8Array = new Uint8Array();

  constructor(source: SourcePdf | SourceTenue) {
    this.#source = source;
    this.taille = source instanceof Uint8Array ? source.byteLength : source.taille;
    if (source instanceof Uint8Array) this.#bloc = source;
  }

  /** @returns the byte at this place, -1 outside. */
  a(place: number): number {
    const ici = place - this.#debut;
    if (ici >= 0 && ici < this.#bloc.length) return this.#bloc[ici] ?? -1;
    if (place < 0 || place >= this.taille || this.#source instanceof Uint8Array) return -1;
    const debut = place - (place % BLOC);
    this.#bloc = this.#charger(debut);
    this.#debut = debut;
    return this.#bloc[place - this.#debut] ?? -1;
  }

  /** Bytes [debut, fin[, fewer at the end. What is given may be shared with the source: not to be written. */
  tranche(debut: number, fin: number): Uint8Array {
    const de = Math.max(0, debut);
    const a = Math.max(de, Math.min(fin, this.taille));
    if (this.#source instanceof Uint8Array) return this.#source.subarray(de, a);
    return this.#lire(de, a);
  }

  /** The same as Latin-1: one character, one byte. */
  texte(debut: number, fin: number): string {
    const octets = this.tranche(debut, fin);
    return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  }

  #lire(debut: number, fin: number): Uint8Array {
    if (this.#source instanceof Uint8Array) return this.#source.subarray(debut, fin);
    if ('lire' in this.#source) return this.#source.lire(debut, fin);
    const octets = new Uint8Array(fin - debut);
    let lus = 0;
    while (lus < octets.length) {
      const n = readSync(this.#source.descripteur, octets, lus, octets.length - lus, debut + lus);
      if (n === 0) break;
      lus += n;
    }
    return octets.subarray(0, lus);
  }

  #charger(debut: number): Uint8Array {
    const connu = this.#gardes.get(debut);
    const bloc = connu ?? this.#lire(debut, Math.min(debut + BLOC, this.taille));
    // put last: the first of the map is the one that has not served for longest
    this.#gardes.delete(debut);
    this.#gardes.set(debut, bloc);
    for (const ancien of this.#gardes.keys()) {
      if (this.#gardes.size <= BLOCS_GARDES) break;
      this.#gardes.delete(ancien);
    }
    return bloc;
  }
}
