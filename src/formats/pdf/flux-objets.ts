import { abime, Analyseur, demesure } from './analyseur.ts';
import { type Dictionnaire, enEntier, type ObjetPdf } from './objets.ts';
import { Octets } from './octets.ts';

/** An object stream (ISO 32000-1, 7.5.7), decoded: its objects have neither header nor ciphered strings. */

const OBJETS_MAX = 500_000;

export class FluxObjets {
  /** Bytes that it keeps in memory, its index included. */
  readonly poids: number;
  readonly #octets: Octets;
  readonly #places: ReadonlyMap<number, number>;

  /** Throws VGM-PDF-001 and -003. */
  constructor({ entrees }: Dictionnaire, octets: Uint8Array) {
    this.#octets = new Octets(octets);
    const nombre = enEntier(entrees.get('N')) ?? 0;
    const premier = enEntier(entrees.get('First')) ?? 0;
    if (nombre > OBJETS_MAX) throw demesure('un flux d’objets y compte trop d’objets');
    this.poids = octets.byteLength + 64 * nombre;
    const index = new Analyseur(this.#octets, 0);
    const places = new Map<number, number>();
    for (let i = 0; i < nombre; i += 1) {
      const [numero, decalage] = [Number(index.mot()), Number(index.mot())];
      if (!Number.isSafeInteger(numero) || !Number.isSafeInteger(decalage)) {
        throw abime('un flux d’objets y est mal écrit');
      }
      if (!places.has(numero)) places.set(numero, premier + decalage);
    }
    this.#places = places;
  }

  /** @returns null when it does not hold this object. */
  objet(numero: number): ObjetPdf | null {
    const place = this.#places.get(numero);
    return place === undefined ? null : new Analyseur(this.#octets, place).objet();
  }
}
