/**
 * Strict reader of DER (X.690 § 10 and 11): one definite, minimal length per value, nothing after the end. Values are
 * views on the bytes received: what is hashed or verified is what was read, never a re-encoding.
 */

/** One tag-length-value. */
export interface Der {
  /** Identifier octet: class, constructed bit and tag number (high tag numbers are refused). */
  readonly tag: number;
  readonly contenu: Uint8Array;
  /** Tag, length and contents. */
  readonly brut: Uint8Array;
}

/** Identifier octets met in certificates. */
export const TAG = {
  booleen: 0x01,
  entier: 0x02,
  bits: 0x03,
  octets: 0x04,
  nul: 0x05,
  oid: 0x06,
  enumere: 0x0a,
  utf8: 0x0c,
  numerique: 0x12,
  imprimable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visible: 0x1a,
  universel: 0x1c,
  bmp: 0x1e,
  sequence: 0x30,
  ensemble: 0x31,
} as const;

/** Context-specific identifier octets: `[n]` primitive or constructed. */
export const contexte = (n: number): number => 0x80 | n;
export const contexteConstruit = (n: number): number => 0xa0 | n;

/** The bytes are not the structure expected. Caught at the door of each reader, never seen outside of this folder. */
export class ErreurDer extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'ErreurDer';
  }
}

/** @returns the value that starts at `debut`, whatever follows it. */
function lireUn(octets: Uint8Array, debut: number): Der {
  const tag = octets[debut];
  const court = octets[debut + 1];
  if (tag === undefined || court === undefined) throw new ErreurDer('valeur ASN.1 tronquée');
  if ((tag & 0x1f) === 0x1f) throw new ErreurDer('étiquette ASN.1 longue');
  let taille = court;
  let entete = 2;
  if (court >= 0x80) {
    const n = court & 0x7f;
    if (n === 0 || n > 4) throw new ErreurDer('longueur ASN.1 indéfinie ou démesurée');
    taille = 0;
    for (let i = 0; i < n; i += 1) taille = taille * 256 + (octets[debut + 2 + i] ?? 0);
    if (taille < 0x80 || taille < 256 ** (n - 1)) throw new ErreurDer('longueur ASN.1 non minimale');
    entete = 2 + n;
  }
  const fin = debut + entete + taille;
  if (fin > octets.length) throw new ErreurDer('valeur ASN.1 tronquée');
  return { tag, contenu: octets.subarray(debut + entete, fin), brut: octets.subarray(debut, fin) };
}

/** Reads the one value that `octets` is. */
export function lireDer(octets: Uint8Array, tag?: number): Der {
  const lu = lireUn(octets, 0);
  if (lu.brut.length !== octets.length) throw new ErreurDer('octets en trop après la structure');
  if (tag !== undefined) exiger(lu, tag);
  return lu;
}

/** The members of a constructed value, one at a time: a list of 100 000 revoked certificates makes no array. */
export function* parcourir(der: Der): Generator<Der> {
  for (let position = 0; position < der.contenu.length; ) {
    const lu = lireUn(der.contenu, position);
    position += lu.brut.length;
    yield lu;
  }
}

export function membres(der: Der): Der[] {
  return [...parcourir(der)];
}

export function exiger(der: Der | undefined, tag: number): Der {
  if (der === undefined) throw new ErreurDer('champ obligatoire absent');
  if (der.tag !== tag) throw new ErreurDer(`étiquette ${der.tag} au lieu de ${tag}`);
  return der;
}

/** Takes the members of a SEQUENCE in order, optional ones by their tag. */
export class Curseur {
  readonly #membres: Der[];
  #rang = 0;

  constructor(der: Der, tag: number = TAG.sequence) {
    this.#membres = membres(exiger(der, tag));
  }

  prendre(tag?: number): Der {
    const lu = this.#membres[this.#rang];
    this.#rang += 1;
    if (tag !== undefined) return exiger(lu, tag);
    if (lu === undefined) throw new ErreurDer('champ obligatoire absent');
    return lu;
  }

  /** The next member when it bears one of these tags. */
  siPresent(...tags: readonly number[]): Der | undefined {
    const lu = this.#membres[this.#rang];
    if (lu === undefined || !tags.includes(lu.tag)) return undefined;
    this.#rang += 1;
    return lu;
  }

  /** Nothing may be left: an unknown field is refused, not skipped. */
  finir(): void {
    if (this.#rang < this.#membres.length) throw new ErreurDer('champ inconnu');
  }
}
