import type { EncodageXml } from './evenements.ts';

/**
 * What each byte value means, per encoding: the tokeniser never decodes, it classes bytes. All the encodings
 * accepted hold ASCII as it is, so that markup is the same bytes everywhere.
 */

export const LF = 0x0a;
export const CR = 0x0d;
export const BLANC = 0x20;
export const EXCLAMATION = 0x21;
export const GUILLEMET = 0x22;
export const DIESE = 0x23;
export const ESPERLUETTE = 0x26;
export const APOSTROPHE = 0x27;
export const BARRE = 0x2f;
export const POINT_VIRGULE = 0x3b;
export const INFERIEUR = 0x3c;
export const EGAL = 0x3d;
export const SUPERIEUR = 0x3e;
export const INTERROGATION = 0x3f;
export const CROCHET = 0x5d;

/** Classes of bytes. `simple` must stay 0: the inner loops run while the class is 0. */
export const CLASSE = {
  simple: 0,
  /** `>` in text; `<`, `>` and `&` in a CDATA section: legal, but not to be copied as they are. */
  aEchapper: 1,
  /** Above 0x7F in an encoding of one byte per character. */
  haut: 2,
  inferieur: 3,
  esperluette: 4,
  /** CR in text; tab, LF and CR in an attribute. */
  fin: 5,
  /** Not a character (XML 1.0, production 2), or the mark that ends our buffer. */
  interdit: 6,
  /** `"` and `'` in an attribute; `]` in a CDATA section. */
  cloture: 7,
} as const;

export interface TablesOctets {
  readonly encodage: EncodageXml;
  readonly texte: Uint8Array;
  readonly cdata: Uint8Array;
  readonly attribut: Uint8Array;
  /** Unicode of each byte value, null for UTF-8. */
  readonly unicode: Uint16Array | null;
}

/** 1 for the bytes a name may hold; those above 0x7F are judged once per distinct name (`noms.ts`). */
export const NOM: Uint8Array = table((c) => (c >= 0x80 || /[\w.:-]/.test(String.fromCharCode(c)) ? 1 : 0));
/** 1 for the bytes a name may begin with, `:` put aside: namespaces forbid it. */
export const DEBUT_NOM: Uint8Array = table((c) =>
  c >= 0x80 || /[A-Za-z_]/.test(String.fromCharCode(c)) ? 1 : 0,
);
/** 1 for white space (production 3). */
export const ESPACE: Uint8Array = table((c) => (c === 0x20 || c === 0x09 || c === LF || c === CR ? 1 : 0));

function table(classe: (c: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, c) => classe(c));
}

/** ISO-8859-15 is ISO-8859-1 but for these eight. */
const LATIN9: Readonly<Record<number, number>> = {
  0xa4: 0x20ac,
  0xa6: 0x160,
  0xa8: 0x161,
  0xb4: 0x17d,
  0xb8: 0x17e,
  0xbc: 0x152,
  0xbd: 0x153,
  0xbe: 0x178,
};

function classeHaute(encodage: EncodageXml): number {
  if (encodage === 'UTF-8') return CLASSE.simple;
  return encodage === 'US-ASCII' ? CLASSE.interdit : CLASSE.haut;
}

function classeCommune(c: number, haute: number): number {
  if (c >= 0x80) return haute;
  return c < 0x20 && c !== 0x09 && c !== LF && c !== CR ? CLASSE.interdit : CLASSE.simple;
}

function classeTexte(c: number): number {
  if (c === SUPERIEUR) return CLASSE.aEchapper;
  if (c === INFERIEUR) return CLASSE.inferieur;
  if (c === ESPERLUETTE) return CLASSE.esperluette;
  return c === CR ? CLASSE.fin : CLASSE.simple;
}

function classeCdata(c: number): number {
  if (c === SUPERIEUR || c === INFERIEUR || c === ESPERLUETTE) return CLASSE.aEchapper;
  if (c === CROCHET) return CLASSE.cloture;
  return c === CR ? CLASSE.fin : CLASSE.simple;
}

function classeAttribut(c: number): number {
  if (c === GUILLEMET || c === APOSTROPHE) return CLASSE.cloture;
  if (c === INFERIEUR) return CLASSE.inferieur;
  if (c === ESPERLUETTE) return CLASSE.esperluette;
  return c === 0x09 || c === LF || c === CR ? CLASSE.fin : CLASSE.simple;
}

function construire(encodage: EncodageXml): TablesOctets {
  const haute = classeHaute(encodage);
  const avec = (propre: (c: number) => number) => table((c) => classeCommune(c, haute) || propre(c));
  const unicode = (c: number): number => {
    if (encodage === 'US-ASCII' && c >= 0x80) return 0xffff;
    return encodage === 'ISO-8859-15' ? (LATIN9[c] ?? c) : c;
  };
  return {
    encodage,
    texte: avec(classeTexte),
    cdata: avec(classeCdata),
    attribut: avec(classeAttribut),
    unicode: encodage === 'UTF-8' ? null : Uint16Array.from({ length: 256 }, (_, c) => unicode(c)),
  };
}

/** The tables of each encoding; never written to. */
export const TABLES: Readonly<Record<EncodageXml, TablesOctets>> = {
  'UTF-8': construire('UTF-8'),
  'US-ASCII': construire('US-ASCII'),
  'ISO-8859-1': construire('ISO-8859-1'),
  'ISO-8859-15': construire('ISO-8859-15'),
};

/** Production [2] Char of XML 1.0. */
export function estCaractere(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === LF || code === CR;
  if (code < 0xd800) return true;
  return (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code <= 0x10ffff);
}
