import { MARGE_MOT, MOT_LONG, vueDe } from '../mots.ts';
import { BLANC, CR, ESPERLUETTE, GUILLEMET, INFERIEUR, LF, SUPERIEUR } from '../octets.ts';
import { lireReference, type Reference } from '../references.ts';

/** Where canonical bytes go: a `Hash` of node:crypto, or anything that takes bytes and keeps none of the array. */
export interface Puits {
  update(octets: Uint8Array): unknown;
}

const CAPACITE = 1 << 14;
/** Bytes escaped at a time: one byte becomes at most six. */
const BLOC = 2048;
const PIRE = 6;
/** Below this a loop copies faster than a call. */
const COURT = 256;
const VIDE = Buffer.alloc(0);

const ascii = (texte: string): Buffer => Buffer.from(texte, 'latin1');
const ENTITE = {
  amp: ascii('&amp;'),
  lt: ascii('&lt;'),
  gt: ascii('&gt;'),
  quot: ascii('&quot;'),
  tab: ascii('&#x9;'),
  lf: ascii('&#xA;'),
  cr: ascii('&#xD;'),
} as const;

/** Canonical XML 1.0, §2.3, text nodes. */
function entiteTexte(code: number): Buffer | null {
  if (code === ESPERLUETTE) return ENTITE.amp;
  if (code === INFERIEUR) return ENTITE.lt;
  if (code === SUPERIEUR) return ENTITE.gt;
  return code === CR ? ENTITE.cr : null;
}

/** Canonical XML 1.0, §2.3, attribute nodes. */
function entiteAttribut(code: number): Buffer | null {
  if (code === ESPERLUETTE) return ENTITE.amp;
  if (code === INFERIEUR) return ENTITE.lt;
  if (code === GUILLEMET) return ENTITE.quot;
  if (code === 0x09) return ENTITE.tab;
  if (code === LF) return ENTITE.lf;
  return code === CR ? ENTITE.cr : null;
}

/** Writes a code point in UTF-8. @returns index after it. */
function ecrireCode(tampon: Buffer, n: number, code: number): number {
  if (code < 0x80) {
    tampon[n] = code;
    return n + 1;
  }
  if (code < 0x800) {
    tampon[n] = 0xc0 | (code >> 6);
    tampon[n + 1] = 0x80 | (code & 0x3f);
    return n + 2;
  }
  if (code < 0x10000) {
    tampon[n] = 0xe0 | (code >> 12);
    tampon[n + 1] = 0x80 | ((code >> 6) & 0x3f);
    tampon[n + 2] = 0x80 | (code & 0x3f);
    return n + 3;
  }
  tampon[n] = 0xf0 | (code >> 18);
  tampon[n + 1] = 0x80 | ((code >> 12) & 0x3f);
  tampon[n + 2] = 0x80 | ((code >> 6) & 0x3f);
  tampon[n + 3] = 0x80 | (code & 0x3f);
  return n + 4;
}

/**
 * One canonical stream, in UTF-8, gathered into large pieces on its way to its sinks. Bytes of the source that follow one another
 * and are canonical as they are make a run, copied once when something else comes.
 */
export class Sortie {
  /** Bytes given to the sinks so far. */
  livres = 0;
  readonly #puits: readonly Puits[];
  readonly #unicode: Uint16Array | null;
  readonly #tampon: Buffer = Buffer.allocUnsafeSlow(CAPACITE + MARGE_MOT);
  readonly #vue: DataView = vueDe(this.#tampon);
  /** The run not copied yet. */
  #source: Buffer = VIDE;
  #debut = 0;
  #fin = 0;
  /** The last two sources copied from: mostly the file, and the names. */
  #lue: Buffer = VIDE;
  #vueLue: DataView = vueDe(VIDE);
  #autre: Buffer = VIDE;
  #vueAutre: DataView = this.#vueLue;
  readonly #reference: Reference = { code: 0 };
  #n = 0;

  /** @param unicode of each byte value of the source, null when it is UTF-8. */
  constructor(puits: readonly Puits[], unicode: Uint16Array | null) {
    this.#puits = puits;
    this.#unicode = unicode;
  }

  vider(): void {
    this.poser();
    this.#ceder();
  }

  #ceder(): void {
    if (this.#n > 0) this.#livrer(this.#tampon.subarray(0, this.#n));
    this.#n = 0;
  }

  #livrer(octets: Buffer): void {
    for (const puits of this.#puits) puits.update(octets);
    this.livres += octets.length;
  }

  /** Room for that many bytes, after what was shown before them. */
  #place(long: number): void {
    if (this.#fin > this.#debut) this.poser();
    if (this.#n + long > CAPACITE) this.#ceder();
  }

  octet(c: number): void {
    this.#place(1);
    this.#tampon[this.#n] = c;
    this.#n += 1;
  }

  /** Bytes that are canonical as they are. They must stay what they are until `poser`. */
  brut(source: Buffer, debut: number, fin: number): void {
    if (debut !== this.#fin || source !== this.#source) {
      if (this.#fin > this.#debut) this.poser();
      this.#source = source;
      this.#debut = debut;
    }
    this.#fin = fin;
  }

  /** Copies the run: the bytes of its source may change from now on. */
  poser(): void {
    const source = this.#source;
    const debut = this.#debut;
    const long = this.#fin - debut;
    this.#debut = this.#fin;
    if (this.#n + long > CAPACITE) {
      this.#ceder();
      if (long > CAPACITE) {
        this.#livrer(source.subarray(debut, debut + long));
        return;
      }
    }
    this.#copier(source, debut, long);
  }

  /** The room is there. What the last word brings too much is written over next. */
  #copier(source: Buffer, debut: number, long: number): void {
    const n = this.#n;
    this.#n = n + long;
    if (long > COURT || debut + long + MARGE_MOT > source.length) {
      this.#tampon.set(source.subarray(debut, debut + long), n);
      return;
    }
    const de = this.#vueDe(source);
    const vers = this.#vue;
    for (let k = 0; k < long; k += MOT_LONG) vers.setBigInt64(n + k, de.getBigInt64(debut + k, true), true);
  }

  #vueDe(source: Buffer): DataView {
    if (source === this.#lue) return this.#vueLue;
    if (source === this.#autre) return this.#vueAutre;
    this.#autre = this.#lue;
    this.#vueAutre = this.#vueLue;
    this.#lue = source;
    this.#vueLue = vueDe(source);
    return this.#vueLue;
  }

  chaine(texte: string): void {
    const octets = Buffer.from(texte, 'utf8');
    this.brut(octets, 0, octets.length);
  }

  /** A value already read, as it stands between quotes. */
  valeur(texte: string): void {
    for (const caractere of texte) this.#ecrire(caractere.codePointAt(0) ?? 0, entiteAttribut);
  }

  /** One character of a text node. */
  caractere(code: number): void {
    this.#ecrire(code, entiteTexte);
  }

  #ecrire(code: number, entiteDe: (code: number) => Buffer | null): void {
    this.#place(PIRE);
    const entite = code < 0x80 ? entiteDe(code) : null;
    if (entite !== null) this.brut(entite, 0, entite.length);
    else this.#n = ecrireCode(this.#tampon, this.#n, code);
  }

  /** Bytes of a text node or of a CDATA section, line ends already LF. */
  texte(source: Buffer, debut: number, fin: number): void {
    for (let i = debut; i < fin; i += BLOC) this.#bloc(source, i, Math.min(fin, i + BLOC));
  }

  #bloc(source: Buffer, debut: number, fin: number): void {
    this.#place((fin - debut) * PIRE);
    const unicode = this.#unicode;
    const tampon = this.#tampon;
    let n = this.#n;
    for (let j = debut; j < fin; j += 1) {
      const c = source[j] as number;
      if (c >= 0x80 && unicode !== null) n = ecrireCode(tampon, n, unicode[c] as number);
      else if (c > SUPERIEUR || (c < INFERIEUR && c !== ESPERLUETTE)) {
        tampon[n] = c;
        n += 1;
      } else n = this.#echapper(c, n);
    }
    this.#n = n;
  }

  /** Bytes without anything to escape, in the encoding of the source. */
  haut(source: Buffer, debut: number, fin: number): void {
    if (this.#unicode === null) {
      this.brut(source, debut, fin);
      return;
    }
    for (let i = debut; i < fin; i += BLOC) this.#blocHaut(source, i, Math.min(fin, i + BLOC));
  }

  #blocHaut(source: Buffer, debut: number, fin: number): void {
    this.#place((fin - debut) * PIRE);
    const unicode = this.#unicode;
    const tampon = this.#tampon;
    let n = this.#n;
    for (let j = debut; j < fin; j += 1) {
      const c = source[j] as number;
      const code = unicode === null ? c : (unicode[c] as number);
      if (code < 0x80) {
        tampon[n] = code;
        n += 1;
      } else n = ecrireCode(tampon, n, code);
    }
    this.#n = n;
  }

  #echapper(c: number, n: number): number {
    const entite = entiteTexte(c);
    if (entite === null) return ecrireCode(this.#tampon, n, c);
    return n + entite.copy(this.#tampon, n);
  }

  /** Bytes outside tags that are never escaped (comments, instructions), line ends as written. */
  libre(source: Buffer, debut: number, fin: number): void {
    for (let j = debut; j < fin; j += 1) {
      const c = source[j] as number;
      this.#place(PIRE);
      if (c === CR) {
        if (source[j + 1] !== LF || j + 1 === fin) this.octet(LF);
      } else if (c < 0x80 || this.#unicode === null) this.octet(c);
      else this.#n = ecrireCode(this.#tampon, this.#n, this.#unicode[c] as number);
    }
  }

  /** Raw value of an attribute: references, white space and quotes become canonical. */
  attribut(source: Buffer, debut: number, fin: number): void {
    let depuis = debut;
    for (let j = debut; j < fin; j += 1) {
      const c = source[j] as number;
      if (c >= BLANC && c !== ESPERLUETTE && c !== GUILLEMET) continue;
      this.haut(source, depuis, j);
      if (c === ESPERLUETTE) {
        j = lireReference(source, j, this.#reference) - 1;
        this.#ecrire(this.#reference.code, entiteAttribut);
      } else if (c === GUILLEMET) this.#ecrire(c, entiteAttribut);
      // tab, LF, CR and the pair CR LF each read as one space (XML 1.0, 2.11 and 3.3.3)
      else if (c !== CR || source[j + 1] !== LF) this.octet(BLANC);
      depuis = j + 1;
    }
    this.haut(source, depuis, fin);
  }
}
