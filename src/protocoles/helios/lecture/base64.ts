import type { Passage } from '../../../formats/xml/evenements.ts';
import type { SortBase64 } from './faits.ts';

/** Value of each character; the classes that are no digit come above 63. */
const BLANC = 64;
const EGAL = 65;
const AUTRE = 66;
const TABLE = Uint8Array.from({ length: 256 }, (_, c) => {
  const rang = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
    String.fromCharCode(c),
  );
  if (rang >= 0) return rang;
  if (c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d) return BLANC;
  return c === 0x3d ? EGAL : AUTRE;
});

/** Of a block delivered; the first one is smaller, for most pieces are. */
const BLOC = 1 << 17;
const PREMIER_BLOC = 1 << 14;

/**
 * xs:base64Binary as it comes, cut anywhere: white space is skipped, anything else out of the alphabet makes it bad.
 * What was decoded before the fault is delivered all the same.
 */
export class DecodeurBase64 {
  readonly #livrer: (octets: Buffer) => void;
  #bloc: Buffer = Buffer.allocUnsafe(PREMIER_BLOC);
  #rempli = 0;
  /** Bits of the group under way. */
  #bits = 0;
  #chiffres = 0;
  #egaux = 0;
  #mauvais = false;
  #total = 0;

  /** @param livrer receives bytes that are its own, and that others follow. */
  constructor(livrer: (octets: Buffer) => void) {
    this.#livrer = livrer;
  }

  ajouter({ octets, debut, fin }: Pick<Passage, 'octets' | 'debut' | 'fin'>): void {
    for (let i = debut; i < fin && !this.#mauvais; i += 1)
      this.#chiffre(TABLE[octets[i] as number] as number);
  }

  /** @param code Unicode of a character given by reference. */
  ajouterCaractere(code: number): void {
    if (!this.#mauvais) this.#chiffre(code < 256 ? (TABLE[code] as number) : AUTRE);
  }

  #chiffre(c: number): void {
    if (c < 64 && this.#egaux === 0) {
      this.#bits = (this.#bits << 6) | c;
      this.#chiffres += 1;
      if (this.#chiffres === 4) this.#groupe(3);
    } else if (c === EGAL) {
      this.#egaux += 1;
      this.#mauvais = this.#chiffres < 2 || this.#chiffres + this.#egaux > 4;
    } else if (c !== BLANC) this.#mauvais = true;
  }

  /** Writes the `n` first bytes of a group of 24 bits. */
  #groupe(n: number): void {
    if (this.#rempli + 3 > this.#bloc.length) {
      this.#livrer(this.#reste());
      this.#bloc = Buffer.allocUnsafe(BLOC);
      this.#rempli = 0;
    }
    for (let k = 0; k < n; k += 1) this.#bloc[this.#rempli + k] = this.#bits >>> (16 - 8 * k);
    this.#rempli += n;
    this.#total += n;
    this.#bits = 0;
    this.#chiffres = 0;
  }

  #reste(): Buffer {
    return this.#bloc.subarray(0, this.#rempli);
  }

  /** `reste`: what was not delivered; empty only when nothing was decoded. */
  finir(): { readonly base64: SortBase64; readonly reste: Buffer } {
    const chiffres = this.#chiffres;
    if (!this.#mauvais && chiffres > 0) this.#finirGroupe(chiffres);
    const sort = this.#total === 0 ? 'vide' : 'bon';
    return { base64: this.#mauvais ? 'mauvais' : sort, reste: this.#reste() };
  }

  /** The padding is due, and the bits it leaves over are zero (RFC 4648, 3.5). */
  #finirGroupe(chiffres: number): void {
    const bits = this.#bits << (6 * (4 - chiffres));
    const octets = chiffres - 1;
    const surplus = octets === 1 ? bits & 0xffff : bits & 0xff;
    this.#mauvais = chiffres + this.#egaux !== 4 || surplus !== 0;
    this.#bits = bits;
    if (!this.#mauvais) this.#groupe(octets);
  }
}
