import type { Passage } from '../xml/evenements.ts';
import { decoder } from '../xml/valeurs.ts';
import { type Juge, MODE } from './juges.ts';

/** Text of one element, judged as it streams: a piece of 60 MB is never held. */

const CHIFFRE_FIN = 64;
const EGAL = 64;
const BLANC = 65;
const FAUX = 255;

function tableBase64(): Uint8Array {
  const table = new Uint8Array(256).fill(FAUX);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=';
  for (let k = 0; k < alphabet.length; k += 1) table[alphabet.charCodeAt(k)] = k;
  for (const c of [0x20, 0x09, 0x0a, 0x0d]) table[c] = BLANC;
  return table;
}

/** A character of a text that cannot stand there. */
export interface FauteTexte {
  readonly indice: number;
  readonly attendu: string;
  readonly valeur: string;
}

const BASE64 = 'des données en base 64';
/** More than `extrait` shows. */
const DEBUT_GARDE = 128;
/** As many characters, whatever their bytes. */
const OCTETS_MONTRES = 4 * DEBUT_GARDE;

/** What stands from `indice` on, to be shown. */
export function debutDe({ octets, fin }: Passage, indice: number, unicode: Uint16Array | null): string {
  return decoder(octets.subarray(indice, Math.min(fin, indice + OCTETS_MONTRES)), unicode);
}

export class TexteFlux {
  /** What was kept: all of it in MODE.entier, the beginning otherwise. */
  texte = '';
  /** Some character came. */
  vu = false;
  /** Longer than may be kept. */
  trop = false;
  readonly #max: number;
  readonly #table = tableBase64();
  #juge: Juge | null = null;
  #mode: number = MODE.entier;
  #unicode: Uint16Array | null = null;
  #caracteres = 0;
  #chiffres = 0;
  #egaux = 0;
  #dernier = 0;
  #fautif = false;

  /** @param max characters kept of a text that must be seen whole. */
  constructor(max: number) {
    this.#max = max;
  }

  /** @param entier everything is kept, whatever the type would be content with. */
  commencer(juge: Juge, unicode: Uint16Array | null, entier: boolean): void {
    this.#juge = juge;
    this.#mode = entier ? MODE.entier : juge.mode;
    this.#unicode = unicode;
    this.texte = '';
    this.vu = false;
    this.trop = false;
    this.#caracteres = 0;
    this.#chiffres = 0;
    this.#egaux = 0;
    this.#dernier = 0;
    this.#fautif = false;
  }

  /** @param p not empty. @returns the first character of the whole text that cannot be there, when this stretch holds it. */
  ajouter(p: Passage): FauteTexte | null {
    this.vu = true;
    const mode = this.#mode;
    if (mode === MODE.libre) return null;
    if (mode === MODE.base64) return this.#base64(p);
    if (mode === MODE.longueur && p.direct && this.texte.length >= DEBUT_GARDE && this.#unicode !== null) {
      this.#caracteres += p.fin - p.debut;
      return null;
    }
    return this.#garder(decoder(p.octets.subarray(p.debut, p.fin), this.#unicode));
  }

  ajouterCaractere(code: number, indice: number): FauteTexte | null {
    this.vu = true;
    const mode = this.#mode;
    if (mode === MODE.libre) return null;
    const c = String.fromCodePoint(code);
    if (mode !== MODE.base64) return this.#garder(c);
    return this.#chiffre(this.#table[code] ?? FAUX) ? null : this.#faute(indice, c);
  }

  #garder(texte: string): null {
    if (this.#mode === MODE.longueur) {
      this.#caracteres += texte.length;
      for (let i = 0; i < texte.length; i += 1)
        if ((texte.charCodeAt(i) & 0xfc00) === 0xdc00) this.#caracteres -= 1;
      if (this.texte.length < DEBUT_GARDE) this.texte += texte.slice(0, DEBUT_GARDE);
    } else {
      const place = this.#max - this.texte.length;
      if (texte.length > place) this.trop = true;
      this.texte += texte.slice(0, place);
    }
    return null;
  }

  #faute(indice: number, valeur: string): FauteTexte | null {
    if (this.#fautif) return null;
    this.#fautif = true;
    return { indice, attendu: BASE64, valeur };
  }

  /** @returns false when this character cannot come now. */
  #chiffre(valeur: number): boolean {
    if (valeur < CHIFFRE_FIN) {
      this.#chiffres += 1;
      this.#dernier = valeur;
      return this.#egaux === 0;
    }
    if (valeur === EGAL) {
      this.#egaux += 1;
      return this.#egaux <= 2;
    }
    return valeur === BLANC;
  }

  #base64(p: Passage): FauteTexte | null {
    const { octets, fin } = p;
    const table = this.#table;
    if (this.texte.length < DEBUT_GARDE) {
      this.texte += octets.toString('latin1', p.debut, Math.min(fin, p.debut + DEBUT_GARDE));
    }
    let i = p.debut;
    while (i < fin) {
      const debut = i;
      // the long runs of digits of a piece
      if (this.#egaux === 0) {
        while (i < fin && (table[octets[i] as number] as number) < CHIFFRE_FIN) i += 1;
        this.#chiffres += i - debut;
        if (i > debut) this.#dernier = table[octets[i - 1] as number] as number;
        if (i === fin) break;
      }
      if (!this.#chiffre(table[octets[i] as number] as number)) {
        return this.#faute(i, debutDe(p, i, this.#unicode));
      }
      i += 1;
    }
    return null;
  }

  /** Judges what streamed, for MODE.libre, longueur and base64. @returns what was expected, null when right. */
  juger(): string | null {
    const juge = this.#juge;
    if (juge === null || this.#fautif) return null;
    if (juge.mode !== MODE.base64) return juge.controlerLongueur(this.#caracteres);
    const reste = (this.#chiffres + this.#egaux) % 4;
    const bits = this.#egaux === 1 ? 3 : this.#egaux === 2 ? 15 : 0;
    if (reste !== 0 || (this.#dernier & bits) !== 0)
      return `${BASE64} complètes (quatre caractères par groupe)`;
    return juge.controlerLongueur(Math.floor((this.#chiffres * 3) / 4));
  }
}
