/**
 * What the one pass over an XML file says, and to whom. Several receivers (XSD validation, canonicalisation,
 * Ids) listen to the same pass: the bytes verified are the bytes validated and the bytes sent.
 *
 * Every object handed to a receiver is reused for the next event and its bytes live in a buffer that is rewritten:
 * nothing may be kept after the call returns but numbers, and strings or bytes copied on purpose (`avantReprise` sets
 * bytes apart: they last a little longer).
 */

/** Limits of one reading. Each gives a refusal of its own; sizes are bytes. */
export interface LimitesXml {
  /** Whole file. */
  readonly octets: number;
  /** Nested elements. */
  readonly profondeur: number;
  /** Longest start tag, end tag, comment or processing instruction. Text and CDATA sections have none: they stream. */
  readonly balise: number;
  /** Attributes of one start tag, namespace declarations included. */
  readonly attributs: number;
  /** Distinct qualified names in one file, as many prefixes and namespaces: the tables of names stay bounded. */
  readonly noms: number;
  /** Attributes `Id` in one file. */
  readonly ids: number;
  /** Findings that a receiver which accumulates them (XSD) keeps before it gives up; the tokeniser stops at its first. */
  readonly erreurs: number;
}

/** Where something stands. */
export interface PositionXml {
  /** Bytes from the start of the file, the byte-order mark included. */
  readonly octet: number;
  /** From 1. A line ends with LF: CRLF is one line end, a lone CR is none. */
  readonly ligne: number;
  /** In characters (not bytes), from 1. */
  readonly colonne: number;
}

/** Why a file cannot be read further. */
export interface RefusXml {
  /** Stable, `XML-001` … (`refus.ts`), or the receiver's own when it stopped the reading. */
  readonly code: string;
  /** In French, with the value seen. */
  readonly message: string;
  readonly position: PositionXml;
}

export type EncodageXml = 'UTF-8' | 'US-ASCII' | 'ISO-8859-1' | 'ISO-8859-15';

/**
 * Names of one document as small integers, dense from 0. Two kinds: the *nom* is the expanded name (namespace and
 * local part), the *qualifie* is the name as written (prefix and local part). A receiver turns the names it awaits
 * into integers once (`nom`, in `commencer`), or maps them lazily through an array indexed by nom.
 */
export interface NomsXml {
  /** The integer of an expanded name, given one when the document has not shown it yet. */
  nom(uri: string, local: string): number;
  /** Namespace of a nom, as an integer: 0 = none, 1 = xml. */
  espaceDe(nom: number): number;
  localDe(nom: number): string;
  /** URI of a namespace. */
  uri(espace: number): string;
  /** The name as written, `n:PES_Aller`. */
  qualifieDe(qualifie: number): string;
  /** Some name with the prefix `xml` has been shown. */
  readonly xmlVu: boolean;
  /**
   * Bytes of a qualified name, in the encoding of the document: `octets[debutOctets[q], + longueur[q])`, between `></`
   * and `>`.
   */
  readonly octets: Buffer;
  readonly debutOctets: Int32Array;
  readonly longueur: Int32Array;
  /** 1 for the qualified names without a byte above 0x7F. */
  readonly ascii: Uint8Array;
  /** No name shown so far has one. */
  readonly tousAscii: boolean;
  /** Prefix of each qualified name, as an integer: 0 = none, 1 = xml. */
  readonly prefixes: Int32Array;
  nomPrefixe(prefixe: number): string;
  /** The integer of a prefix, or -1 when the document has not shown it. */
  prefixe(nom: string): number;
  /** Namespace bound to each prefix at this point of the document, 0 = none (default only), -1 = unbound. */
  readonly liaisons: Int32Array;
  /** Number of prefixes shown so far: 0 ≤ prefix < this. */
  nombrePrefixes(): number;
}

/** What a receiver may ask of the reading in progress. */
export interface SessionXml {
  readonly encodage: EncodageXml;
  /** Unicode of each byte value for the encodings of one byte per character, null for UTF-8. */
  readonly unicode: Uint16Array | null;
  readonly noms: NomsXml;
  readonly limites: LimitesXml;
  /** Offset in the file of the first byte of the `octets` of the current event: `base + balise.debut`. */
  readonly base: number;
  /** Position of a byte of the current `octets`. Cheap when asked in increasing order. */
  situer(indice: number): PositionXml;
  /**
   * Calls back each time before the bytes shown are rewritten: a receiver may so let bytes that follow one another gather, and
   * take them at once.
   */
  avantReprise(prevenir: () => void): void;
  /** Stops the reading after the current event; the first to ask is heard. */
  arreter(code: string, message: string, indice: number): void;
}

/** Bits of `Balise.attEtat`: what stands between the raw bytes of a value and the value. 0: the bytes are the value. */
export const VALEUR = {
  /** Holds a reference (`&amp;`, `&#233;`). */
  reference: 1,
  /** Holds a tab, a line feed or a carriage return, to be read as spaces (XML 1.0, 3.3.3). */
  blanc: 2,
  /** Holds a byte above 0x7F, never set in UTF-8. */
  haut: 4,
  /** Holds a `"` (between apostrophes). */
  guillemet: 8,
} as const;

/** A start tag, `<n:a b="c">` or `<a/>`. All indices are in `octets`. */
export interface Balise {
  readonly octets: Buffer;
  /** The `<`. */
  readonly debut: number;
  /** After the name: where an attribute may be spliced in. */
  readonly finNom: number;
  /** After the `>`. */
  readonly fin: number;
  /** Written `<a/>`: the end event follows at once, with `debut === fin`. */
  readonly vide: boolean;
  /**
   * Written as canonical XML writes it but for the value and what precedes the `>`: `<nom` or `<nom attribut="…"`, ASCII names, the
   * attribute without prefix, no declaration. Tags with more are never called so.
   */
  readonly soignee: boolean;
  readonly nom: number;
  readonly qualifie: number;
  /** 1 for the root. */
  readonly profondeur: number;
  /** Value of the attribute `Id` (no namespace), decoded; null when absent. */
  readonly id: string | null;
  /** Attributes, namespace declarations left out; the arrays below hold that many rows. */
  readonly nombre: number;
  readonly attNom: Int32Array;
  readonly attQualifie: Int32Array;
  /** First byte of the name. */
  readonly attDebutNom: Int32Array;
  readonly attFinNom: Int32Array;
  /** Raw value, quotes excluded; `valeurs.ts` decodes it. */
  readonly attDebut: Int32Array;
  readonly attFin: Int32Array;
  readonly attEtat: Uint8Array;
  /** Namespace declarations of this tag, already in force in `noms.liaison`. */
  readonly declarations: number;
  readonly declPrefixe: Int32Array;
  readonly declEspace: Int32Array;
}

/** An end tag, or the end of `<a/>`. */
export interface Fermante {
  readonly octets: Buffer;
  /** The `<` of `</a>`: where a child may be spliced in. */
  readonly debut: number;
  readonly fin: number;
  readonly vide: boolean;
  readonly nom: number;
  readonly qualifie: number;
  readonly profondeur: number;
}

/**
 * A stretch of bytes in the encoding of the document, every one of them a legal character that stands for itself: in
 * a text, references are told apart (`caractere`), and an `&` that comes from a CDATA section is an ampersand.
 */
export interface Passage {
  readonly octets: Buffer;
  readonly debut: number;
  readonly fin: number;
  /**
   * Of a text: ASCII or UTF-8 without `&`, `<`, `>` nor CR, that can be copied as it is into UTF-8 and into a canonical form.
   * Always false of comments and instructions, which are rare.
   */
  readonly direct: boolean;
  /** Comes from a CDATA section. */
  readonly cdata: boolean;
}

/**
 * Listens to the pass. A text node arrives as any number of `texte` and `caractere` in document order, cut
 * anywhere between two characters: line ends are already LF (XML 1.0, 2.11), references already resolved.
 */
export interface Recepteur {
  /** Before anything else, once the encoding is known. */
  commencer(lecture: SessionXml): void;
  ouvrir(balise: Balise): void;
  /** Namespace bindings of the element are still in force. */
  fermer(fermante: Fermante): void;
  /** Never called outside the root element. */
  texte(passage: Passage): void;
  /** A character that came from a reference: its Unicode code point, and the index of its `&`. */
  caractere(code: number, indice: number): void;
  /** What stands between `<!--` and `-->`; line ends as written. May come outside the root element. */
  commentaire(passage: Passage): void;
  /** `passage`: what follows the target and its white space; line ends as written. */
  instruction(cible: string, passage: Passage): void;
  /** The document is complete and well formed. Not called after a refusal. */
  finir(): void;
}
