import { agrandir } from './espaces.ts';
import { memes, vueDe } from './mots.ts';

/** Rows to begin with. */
const NOMS = 128;
/** Bytes kept of a pattern; a longer head of tag is read the slow way. */
const CASE = 64;

/**
 * Heads of start tags as this file writes them: `<nom`, or `<nom attribut="`. A PES is the same few hundred of them
 * all along, with other values: the head awaited is compared by words, and only the value is read byte by byte. One
 * pattern per name of element, the last seen.
 */
export class Patrons {
  /** By qualified name of the element: length of the head, 0 when none is kept. */
  longueurs: Uint8Array = new Uint8Array(NOMS);
  /** Its attribute, qualified and expanded name; -1 when it has none. */
  attQualifies: Int32Array = new Int32Array(NOMS);
  attNoms: Int32Array = new Int32Array(NOMS);
  #octets: Buffer = Buffer.alloc(NOMS * CASE);
  #vue: DataView = vueDe(this.#octets);

  /** Whether the head kept for this element stands at `debut`. */
  suit(source: DataView, debut: number, qualifie: number): boolean {
    const long = this.longueurs[qualifie] as number;
    return long > 0 && memes(source, debut, this.#vue, qualifie * CASE, long);
  }

  /** @param attribut its names, -1 for none. */
  retenir(
    qualifie: number,
    tete: Uint8Array,
    attribut: { readonly qualifie: number; readonly nom: number },
  ): void {
    if (tete.length > CASE) return;
    while (qualifie >= this.longueurs.length) this.#agrandir();
    this.#octets.set(tete, qualifie * CASE);
    this.longueurs[qualifie] = tete.length;
    this.attQualifies[qualifie] = attribut.qualifie;
    this.attNoms[qualifie] = attribut.nom;
  }

  #agrandir(): void {
    const n = this.longueurs.length * 2;
    const longueurs = new Uint8Array(n);
    longueurs.set(this.longueurs);
    this.longueurs = longueurs;
    this.attQualifies = agrandir(this.attQualifies);
    this.attNoms = agrandir(this.attNoms);
    const octets = Buffer.alloc(n * CASE);
    octets.set(this.#octets);
    this.#octets = octets;
    this.#vue = vueDe(octets);
  }
}
