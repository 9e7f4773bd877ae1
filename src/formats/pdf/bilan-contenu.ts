import { CLASSES } from './analyseur.ts';

/**
 * What the content of a page leaves open (ISO 32000-1, 7.8.2 and 8.4.2): whoever draws after it must close it first, or
 * would draw with its scale, in its clip, or inside something that the reader hides.
 */
export interface BilanContenu {
  /** `Q` that close nothing of it: as many `q` before the content keep it whole. */
  readonly manquants: number;
  /** `q` left open at the end, once those are there. */
  readonly ouverts: number;
  /** `BT` without `ET`. */
  readonly texte: boolean;
  /** Marked content left open. */
  readonly marques: number;
}

const POURCENT = 0x25;
const OUVRANTE = 0x28;
const FERMANTE = 0x29;
const BARRE = 0x2f;
const INFERIEUR = 0x3c;
const SUPERIEUR = 0x3e;
const ANTIBARRE = 0x5c;
const OPERATEUR_MAX = 3;

/** The letters of an operator as one number: a page has hundreds of thousands of them. */
const operateurDe = (lettres: string): number =>
  Buffer.from(lettres, 'latin1').reduce((n, c) => n * 256 + c, 0);

const q = operateurDe('q');
const Q = operateurDe('Q');
const BT = operateurDe('BT');
const ET = operateurDe('ET');
const BMC = operateurDe('BMC');
const BDC = operateurDe('BDC');
const EMC = operateurDe('EMC');
const ID = operateurDe('ID');

const estBlanc = (c: number | undefined): boolean => c === undefined || CLASSES[c] === 1;
const estOrdinaire = (c: number | undefined): boolean => c !== undefined && CLASSES[c] === 0;

/** A line feed; the rest of the comment is read as it comes. */
function finCommentaire(o: Uint8Array, debut: number): number {
  let i = debut;
  while (i < o.length && o[i] !== 0x0a && o[i] !== 0x0d) i += 1;
  return i;
}

/** @returns -1 when it has no end. */
function finChaine(o: Uint8Array, debut: number): number {
  let niveau = 0;
  for (let i = debut; i < o.length; i += 1) {
    const c = o[i];
    if (c === ANTIBARRE) i += 1;
    else if (c === OUVRANTE) niveau += 1;
    else if (c === FERMANTE) niveau -= 1;
    if (niveau === 0) return i + 1;
  }
  return -1;
}

/** Binary data end at `EI` between white space, followed by what looks like content rather than pixels. */
function finImage(o: Uint8Array, debut: number): number {
  for (let i = debut; i + 1 < o.length; i += 1) {
    if (o[i] !== 0x45 || o[i + 1] !== 0x49 || !estBlanc(o[i - 1]) || !estBlanc(o[i + 2])) continue;
    const suite = o.subarray(i + 2, i + 12);
    if (suite.every((c) => (c >= 0x20 && c < 0x7f) || CLASSES[c] === 1)) return i + 2;
  }
  return -1;
}

/** Reads the streams of a page one after the other; words never cross from one to the next (7.8.2). */
export class LecteurContenu {
  #profondeur = 0;
  #manquants = 0;
  #texte = false;
  #marques = 0;

  /** One that closes nothing closes what will be opened for it. */
  #fermer(): void {
    if (this.#profondeur > 0) this.#profondeur -= 1;
    else this.#manquants += 1;
  }

  #operer(operateur: number): void {
    switch (operateur) {
      case q:
        this.#profondeur += 1;
        break;
      case Q:
        this.#fermer();
        break;
      case BT:
      case ET:
        this.#texte = operateur === BT;
        break;
      case BMC:
      case BDC:
        this.#marques += 1;
        break;
      case EMC:
        this.#marques = Math.max(0, this.#marques - 1);
        break;
    }
  }

  /** @returns false when the stream stops inside a string or an image: nothing sure can be said of the page. */
  lire(o: Uint8Array): boolean {
    for (let i = 0; i >= 0 && i < o.length; ) {
      i = this.#pas(o, i);
      if (i < 0) return false;
    }
    return true;
  }

  /** @returns place after one word, -1 when it has no end. */
  #pas(o: Uint8Array, i: number): number {
    const c = o[i];
    if (c === POURCENT) return finCommentaire(o, i);
    if (c === OUVRANTE) return finChaine(o, i);
    if (c === INFERIEUR && o[i + 1] !== INFERIEUR) {
      const fin = o.indexOf(SUPERIEUR, i);
      return fin < 0 ? -1 : fin + 1;
    }
    if (c === INFERIEUR) return i + 2;
    if (!estOrdinaire(c) && c !== BARRE) return i + 1;
    let fin = i + 1;
    while (fin < o.length && CLASSES[o[fin] ?? 0] === 0) fin += 1;
    // numbers are no operators
    if (c === undefined || c === BARRE || c < 0x41 || fin - i > OPERATEUR_MAX) return fin;
    let operateur = 0;
    for (let k = i; k < fin; k += 1) operateur = operateur * 256 + (o[k] ?? 0);
    if (operateur === ID) return finImage(o, fin + 1);
    this.#operer(operateur);
    return fin;
  }

  bilan(): BilanContenu {
    return {
      manquants: this.#manquants,
      ouverts: this.#profondeur,
      texte: this.#texte,
      marques: this.#marques,
    };
  }
}
