import { isAscii } from 'node:buffer';
import { agrandir, Espaces, NS_XML, PREFIXE_AUCUN, PREFIXE_XML, PREFIXE_XMLNS } from './espaces.ts';
import type { NomsXml } from './evenements.ts';
import { MARGE_MOT, memes, vueDe } from './mots.ts';
import { NOM, SUPERIEUR } from './octets.ts';
import { decoder } from './valeurs.ts';

/** Answers of `lire` that are no name. */
export const NOM_COUPE = -1;
export const NOM_INVALIDE = -2;
export const NOMS_TROP = -3;

/** The attribute `Id` of no namespace, known before any document. */
export const NOM_ID = 0;
/** The attribute `xml:id`, likewise. */
export const NOM_XML_ID = 1;

/** What the tokeniser does with an attribute of this name. */
export const GENRE = { simple: 0, prefixe: 1, xml: 2, declarationDefaut: 3, declaration: 4 } as const;

/** Rows to begin with: enough for most files. */
const NOMS = 128;
/** Names chosen to fall in one slot would turn the table into a list: honest ones never come near this. */
const CHAINE_MAX = 256;
const ESPACE_INCONNU = -2;
/** What stands before each name kept: with the `>` after it, the end of an empty tag and its end tag are ready. */
const AVANT_NOM = '></';
const AUTOUR = AVANT_NOM.length + 1;

/** Traces: an element name is awaited after an element, an attribute name after its element or its neighbour. */
export const apresElement = (qualifie: number): number => qualifie * 2;
export const apresAttribut = (qualifie: number): number => qualifie * 2 + 1;

/** Spreads a hash over the table (Knuth's multiplicative constant). */
const caseDe = (hachage: number): number => Math.imul(hachage, -1640531535) >>> 15;

const DEBUT =
  'A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F';
const DEBUT_SUITE = '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NCNOM = `[${DEBUT}${DEBUT_SUITE}][${DEBUT}${DEBUT_SUITE}.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040-]*`;
/** Namespaces in XML 1.0, productions 7 to 11, over the characters of XML 1.0 fifth edition. */
const NOM_SEUL = new RegExp(`^${NCNOM}$`, 'u');
const QNOM = new RegExp(`^(?:(${NCNOM}):)?(${NCNOM})$`, 'u');
/** The same among ASCII characters. */
const QNOM_ASCII = /^(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)$/;

/**
 * Names of one document. `lire` is on the way of every tag: bytes are hashed as they are scanned and compared with
 * those kept; a name is decoded and judged once, when first seen.
 */
export class TableNoms implements NomsXml {
  readonly espaces: Espaces;
  /** Index after the name last read. */
  apres = 0;
  /** By qualified name. */
  genre: Uint8Array = new Uint8Array(NOMS);
  ascii: Uint8Array = new Uint8Array(NOMS);
  tousAscii = true;
  xmlVu = false;
  debutOctets: Int32Array = new Int32Array(NOMS);
  longueur: Int32Array = new Int32Array(NOMS);
  prefixes: Int32Array = new Int32Array(NOMS);
  /** Names as written in the document, each between `></` and `>`. */
  octets: Buffer = Buffer.alloc(16 * NOMS);
  #unicode: Uint16Array | null = null;
  readonly #max: number;
  #cases: Int32Array = new Int32Array(4 * NOMS).fill(-1);
  #hachages: Int32Array = new Int32Array(NOMS);
  #locaux: Int32Array = new Int32Array(NOMS);
  /** Last resolution of each qualified name: namespace, and the nom it gave. */
  #memoEspace: Int32Array = new Int32Array(NOMS).fill(ESPACE_INCONNU);
  #memoNom: Int32Array = new Int32Array(NOMS);
  /** Nom of an attribute without prefix. */
  #memoNu: Int32Array = new Int32Array(NOMS).fill(-1);
  /** By trace: the name that last came after it. */
  #suivants: Int32Array = new Int32Array(2 * NOMS).fill(-1);
  #octetsPris = 0;
  #source: Buffer = Buffer.alloc(0);
  #vueSource: DataView = vueDe(this.#source);
  #vue: DataView = vueDe(this.octets);
  #fin = 0;
  readonly #qualifies: string[] = [];
  readonly #textes: string[] = [];
  readonly #rangTexte = new Map<string, number>();
  readonly #noms = new Map<number, number>();
  readonly #nomEspace: number[] = [];
  readonly #nomLocal: number[] = [];

  constructor(limites: { readonly noms: number }) {
    this.espaces = new Espaces();
    this.#max = limites.noms;
    this.nom('', 'Id');
    this.nom(NS_XML, 'id');
  }

  /** @param unicode of each byte value of the document, null for UTF-8. Before any name is read. */
  decoderSelon(unicode: Uint16Array | null): void {
    this.#unicode = unicode;
  }

  /** Where names are read from now on, and where it ends. */
  installer(source: Buffer, vue: DataView, fin: number): void {
    this.#source = source;
    this.#vueSource = vue;
    this.#fin = fin;
  }

  /** The name that last came after this trace, -1 when none did. */
  attendu(trace: number): number {
    return this.#suivants[trace] as number;
  }

  /**
   * Reads the name at `debut`, its first byte already known to begin one.
   * @param trace what came before, from `apresElement` or `apresAttribut`: the same name mostly follows it again.
   * @returns its integer, or NOM_COUPE (the buffer ends in it), NOM_INVALIDE, NOMS_TROP.
   */
  lire(debut: number, trace: number): number {
    const attendu = this.#suivants[trace] as number;
    if (attendu >= 0) {
      const source = this.#source;
      const apres = debut + (this.longueur[attendu] as number);
      if (apres < this.#fin && NOM[source[apres] as number] === 0 && this.meme(debut, attendu)) {
        this.apres = apres;
        return attendu;
      }
    }
    const q = this.#chercher(debut);
    if (q >= 0) this.#suivants[trace] = q;
    return q;
  }

  #chercher(debut: number): number {
    const source = this.#source;
    let h = 0;
    let j = debut;
    let c = source[j] as number;
    while (NOM[c] !== 0) {
      h = (Math.imul(h, 31) + c) | 0;
      j += 1;
      c = source[j] as number;
    }
    this.apres = j;
    if (j >= this.#fin) return NOM_COUPE;
    const masque = this.#cases.length - 1;
    const long = j - debut;
    let k = caseDe(h) & masque;
    for (let n = 0; n < CHAINE_MAX; n += 1) {
      const q = this.#cases[k] as number;
      if (q < 0) return this.#ajouter(debut, h);
      if (this.#hachages[q] === h && this.longueur[q] === long && this.meme(debut, q)) return q;
      k = (k + 1) & masque;
    }
    return NOMS_TROP;
  }

  /** Whether the bytes at `debut` are those of a qualified name; what follows them is not looked at. */
  meme(debut: number, qualifie: number): boolean {
    const long = this.longueur[qualifie] as number;
    return memes(this.#vueSource, debut, this.#vue, this.debutOctets[qualifie] as number, long);
  }

  #ajouter(debut: number, hachage: number): number {
    const octets = this.#source.subarray(debut, this.apres);
    const ascii = isAscii(octets);
    const texte = ascii ? octets.toString('latin1') : decoder(octets, this.#unicode);
    const parties = (ascii ? QNOM_ASCII : QNOM).exec(texte);
    if (parties === null) return NOM_INVALIDE;
    const q = this.#qualifies.length;
    if (q >= this.#max) return NOMS_TROP;
    if (q >= this.genre.length) this.#agrandir();
    this.#garder(debut, q);
    this.#qualifies.push(texte);
    this.#hachages[q] = hachage;
    this.ascii[q] = ascii ? 1 : 0;
    if (!ascii) this.tousAscii = false;
    const prefixe = this.espaces.prefixe(parties[1] ?? '');
    this.prefixes[q] = prefixe;
    this.#locaux[q] = this.#texte(parties[2] ?? '');
    this.genre[q] = genreDe(prefixe, texte);
    if (prefixe === PREFIXE_XML) this.xmlVu = true;
    this.#placer(q);
    return q;
  }

  #garder(debut: number, q: number): void {
    const long = this.apres - debut;
    const besoin = this.#octetsPris + long + AUTOUR + MARGE_MOT;
    if (besoin > this.octets.length) {
      const grand = Buffer.alloc(Math.max(this.octets.length * 2, besoin));
      this.octets.copy(grand);
      this.octets = grand;
      this.#vue = vueDe(grand);
    }
    const place = this.#octetsPris + AVANT_NOM.length;
    this.octets.write(AVANT_NOM, this.#octetsPris, 'latin1');
    this.#source.copy(this.octets, place, debut, this.apres);
    this.octets[place + long] = SUPERIEUR;
    this.debutOctets[q] = place;
    this.longueur[q] = long;
    this.#octetsPris += long + AUTOUR;
  }

  #placer(q: number): void {
    const masque = this.#cases.length - 1;
    let k = caseDe(this.#hachages[q] as number) & masque;
    while ((this.#cases[k] as number) >= 0) k = (k + 1) & masque;
    this.#cases[k] = q;
  }

  #agrandir(): void {
    const n = this.#qualifies.length;
    this.genre = agrandirOctets(this.genre);
    this.ascii = agrandirOctets(this.ascii);
    this.debutOctets = agrandir(this.debutOctets);
    this.longueur = agrandir(this.longueur);
    this.#hachages = agrandir(this.#hachages);
    this.prefixes = agrandir(this.prefixes);
    this.#locaux = agrandir(this.#locaux);
    this.#memoEspace = agrandir(this.#memoEspace, ESPACE_INCONNU);
    this.#memoNom = agrandir(this.#memoNom);
    this.#memoNu = agrandir(this.#memoNu, -1);
    this.#suivants = agrandir(this.#suivants, -1);
    this.#cases = new Int32Array(this.#cases.length * 2).fill(-1);
    for (let q = 0; q < n; q += 1) this.#placer(q);
  }

  #texte(texte: string): number {
    const connu = this.#rangTexte.get(texte);
    if (connu !== undefined) return connu;
    const rang = this.#textes.push(texte) - 1;
    this.#rangTexte.set(texte, rang);
    return rang;
  }

  #nomDe(espace: number, local: number): number {
    const cle = espace * 0x8000000 + local;
    const connu = this.#noms.get(cle);
    if (connu !== undefined) return connu;
    const rang = this.#nomEspace.push(espace) - 1;
    this.#nomLocal.push(local);
    this.#noms.set(cle, rang);
    return rang;
  }

  /** Expanded name of an element or of a prefixed attribute, by the bindings now in force; -1 when unbound. */
  resoudre(qualifie: number): number {
    const espace = this.espaces.liaisons[this.prefixes[qualifie] as number] as number;
    if (espace === this.#memoEspace[qualifie]) return this.#memoNom[qualifie] as number;
    if (espace < 0) return -1;
    const nom = this.#nomDe(espace, this.#locaux[qualifie] as number);
    this.#memoEspace[qualifie] = espace;
    this.#memoNom[qualifie] = nom;
    return nom;
  }

  /** Expanded name of an attribute without prefix: it has no namespace, whatever the default is. */
  nu(qualifie: number): number {
    const connu = this.#memoNu[qualifie] as number;
    if (connu >= 0) return connu;
    const nom = this.#nomDe(0, this.#locaux[qualifie] as number);
    this.#memoNu[qualifie] = nom;
    return nom;
  }

  nom(uri: string, local: string): number {
    return this.#nomDe(this.espaces.uri(uri), this.#texte(local));
  }

  espaceDe(nom: number): number {
    return this.#nomEspace[nom] ?? 0;
  }

  localDe(nom: number): string {
    return this.#textes[this.#nomLocal[nom] ?? -1] ?? '';
  }

  uri(espace: number): string {
    return this.espaces.uris[espace] ?? '';
  }

  qualifieDe(qualifie: number): string {
    return this.#qualifies[qualifie] ?? '';
  }

  nomPrefixe(prefixe: number): string {
    return this.espaces.prefixes[prefixe] ?? '';
  }

  prefixe(nom: string): number {
    return this.espaces.trouverPrefixe(nom);
  }

  get liaisons(): Int32Array {
    return this.espaces.liaisons;
  }

  nombrePrefixes(): number {
    return this.espaces.prefixes.length;
  }

  /** Expanded names known so far: 0 ≤ nom < this. */
  nombreNoms(): number {
    return this.#nomEspace.length;
  }
}

/** Whether a text is a name without colon (production 4 of Namespaces). */
export function estNcnom(texte: string): boolean {
  return NOM_SEUL.test(texte);
}

function agrandirOctets(tableau: Uint8Array): Uint8Array {
  const grand = new Uint8Array(tableau.length * 2);
  grand.set(tableau);
  return grand;
}

function genreDe(prefixe: number, texte: string): number {
  if (prefixe === PREFIXE_XMLNS) return GENRE.declaration;
  if (prefixe === PREFIXE_XML) return GENRE.xml;
  if (prefixe !== PREFIXE_AUCUN) return GENRE.prefixe;
  return texte === 'xmlns' ? GENRE.declarationDefaut : GENRE.simple;
}
