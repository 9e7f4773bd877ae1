import { Croissant } from './croissant.ts';

/** LZW (ISO 32000-1, 7.4.4): what old writers compressed the content of pages with. */

export interface OptionsLzw {
  /** `EarlyChange`: 1 when codes widen one code early, which is the default of the norm. */
  readonly tot: 0 | 1;
  /** Bytes. Some more than it, and the reading stops there. */
  readonly limite: number;
}

const EFFACER = 256;
const FIN = 257;
const CODES = 4096;

class Lecteur {
  /** Each code above 257 is a place and a length of what was already written. */
  readonly #places = new Uint32Array(CODES);
  readonly #longueurs = new Uint32Array(CODES);
  readonly #sortie: Croissant;
  readonly #tot: 0 | 1;
  #suivant = FIN + 1;
  #precedent = 0;

  constructor(sortie: Croissant, tot: 0 | 1) {
    this.#sortie = sortie;
    this.#tot = tot;
  }

  largeur(): number {
    return Math.min(12, Math.max(9, 32 - Math.clz32(this.#suivant + this.#tot)));
  }

  effacer(): void {
    this.#suivant = FIN + 1;
    this.#precedent = 0;
  }

  /** @returns false when the code makes no sense. */
  lire(code: number): boolean {
    const precedent = this.#precedent;
    // the code that is being made: the word before, and its first byte again
    const inconnu = code >= this.#suivant;
    if (inconnu && (precedent === 0 || code > this.#suivant)) return false;
    const longueur = this.#longueurDe(code, inconnu);
    const debut = this.#sortie.reserver(longueur);
    const source = inconnu ? debut - precedent : (this.#places[code] ?? 0);
    for (let i = 0; i < longueur; i += 1) {
      this.#sortie.poser(debut + i, code < EFFACER ? code : this.#sortie.lire(source + i));
    }
    // the word before, with the first byte of this one, which follows it
    if (precedent > 0 && this.#suivant < CODES) {
      this.#places[this.#suivant] = debut - precedent;
      this.#longueurs[this.#suivant] = precedent + 1;
      this.#suivant += 1;
    }
    this.#precedent = longueur;
    return true;
  }

  #longueurDe(code: number, inconnu: boolean): number {
    if (code < EFFACER) return 1;
    return inconnu ? this.#precedent + 1 : (this.#longueurs[code] ?? 0);
  }
}

/** @returns null when the codes make no sense. */
export function lireLzw(octets: Uint8Array, { tot, limite }: OptionsLzw): Uint8Array | null {
  const sortie = new Croissant(limite);
  const lecteur = new Lecteur(sortie, tot);
  let reserve = 0;
  let bits = 0;
  for (const octet of octets) {
    reserve = ((reserve << 8) | octet) & 0xff_ffff;
    bits += 8;
    // codes have nine bits at least: never two in one byte
    const largeur = lecteur.largeur();
    if (bits < largeur) continue;
    bits -= largeur;
    const code = (reserve >> bits) & ((1 << largeur) - 1);
    if (code === FIN || sortie.deborde) break;
    if (code === EFFACER) lecteur.effacer();
    else if (!lecteur.lire(code)) return null;
  }
  return sortie.octets();
}
