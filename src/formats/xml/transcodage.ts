import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Leniency on encodings, for what others write: bytes are made such as the tokeniser reads them, strictly. Where they
 * are changed the announcement is too, at the same length: lines and columns stay those of the file.
 */

/** Given the chunks of a document in order, the first of which holds the declaration. `dernier`: none will follow. */
export type Transcodeur = (octets: Uint8Array, dernier: boolean) => Uint8Array;

/** A head of that many bytes holds any XML declaration. */
export const TETE_XML = 1024;

const UTF8_LONG = 'UTF-8'.length;
const UTF8: readonly string[] = ['UTF-8', 'UTF8'];
const UN_OCTET: readonly string[] = [
  'ISO-8859-1',
  'ISO-LATIN-1',
  'LATIN1',
  'ISO-8859-15',
  'US-ASCII',
  'ASCII',
];
const WINDOWS: readonly string[] = ['WINDOWS-1252', 'CP1252'];

/** The byte-order mark, decoded, is no part of the text; as bytes, it is three characters. */
const ANNONCE =
  /^((?:\xef\xbb\xbf)?<\?xml[ \t\r\n][^>]*?[ \t\r\n])(encoding[ \t\r\n]*=[ \t\r\n]*["'])([A-Za-z][\w.-]*)(?=["'])/;

/** The bytes 0x80 to 0x9F in Windows-1252; the five that mean nothing stay controls, as in ISO-8859-1. */
const WINDOWS_80 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

const enBuffer = (octets: Uint8Array): Buffer =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);

/** Announces UTF-8; the rest of the declaration is for the tokeniser to judge. */
function annoncer(texte: string): string {
  const [avant = '', tete = '', cle = '', nom = ''] = ANNONCE.exec(texte) ?? [];
  if (nom === '') return texte;
  return `${tete}${' '.repeat(Math.max(0, nom.length - UTF8_LONG))}${cle}UTF-8${texte.slice(avant.length)}`;
}

/** What is UTF-8 under another name. */
function sansAnnonce(): Transcodeur {
  let debut = true;
  return (octets) => {
    if (!debut) return octets;
    debut = false;
    const tete = enBuffer(octets.subarray(0, TETE_XML)).toString('latin1');
    return Buffer.concat([Buffer.from(annoncer(tete), 'latin1'), octets.subarray(TETE_XML)]);
  };
}

function parTexte(lire: (octets: Buffer, dernier: boolean) => string): Transcodeur {
  let debut = true;
  return (octets, dernier) => {
    const texte = lire(enBuffer(octets), dernier);
    const sortie = Buffer.from(debut ? annoncer(texte) : texte, 'utf8');
    debut = false;
    return sortie;
  };
}

function windows(): Transcodeur {
  return parTexte((octets) =>
    octets.toString('latin1').replace(/[\x80-\x9f]/g, (c) => WINDOWS_80.charAt(c.charCodeAt(0) - 0x80)),
  );
}

/** What stands for an ill-formed sequence: the tokeniser refuses it, as XML does. */
const INTERDIT = '\uffff';

function utf16(ordre: 'petit' | 'grand'): Transcodeur {
  let reste: Buffer = Buffer.alloc(0);
  let premier = true;
  return parTexte((octets, dernier) => {
    const tout = Buffer.concat([reste, octets]);
    // never between the two bytes of a unit, nor between the two units of a character
    const pair = tout.length - (tout.length % 2);
    const unites = Buffer.from(tout.subarray(0, pair));
    if (ordre === 'grand') unites.swap16();
    const texte = unites.toString('utf16le');
    const coupe = !dernier && /[\ud800-\udbff]$/.test(texte) ? 2 : 0;
    reste = tout.subarray(pair - coupe);
    const debut = premier && texte.startsWith('\ufeff') ? 1 : 0;
    premier &&= texte === '';
    const lu = texte.slice(debut, texte.length - coupe / 2).replace(/\p{Cs}/gu, INTERDIT);
    return dernier && reste.length > 0 ? lu + INTERDIT : lu;
  });
}

/**
 * @param octets the document, or its head (`TETE_XML` bytes).
 * @param entier the document is all there, and bytes that are UTF-8 are believed rather than the prologue: the
 * ministry's simulator writes UTF-8 and says ISO-8859-1, and multi-byte UTF-8 hardly ever happens by chance.
 * @returns null when the tokeniser is to be given the bytes as they are, be it to refuse them.
 */
export function transcodeur(octets: Uint8Array, entier: boolean): Transcodeur | null {
  const vue = enBuffer(octets);
  // by their mark, or by `<` where it was forgotten
  const tete = vue.toString('latin1', 0, TETE_XML);
  if (/^(?:\xfe\xff|\0<)/.test(tete)) return utf16('grand');
  if (/^(?:\xff\xfe|<\0)/.test(tete)) return utf16('petit');
  const annonce = ANNONCE.exec(tete)?.[3]?.toUpperCase() ?? 'UTF-8';
  if (UTF8.includes(annonce)) return null;
  if (tete.startsWith('\xef\xbb\xbf')) return sansAnnonce();
  if (!UN_OCTET.includes(annonce) && !WINDOWS.includes(annonce)) return null;
  if (entier && isUtf8(vue) && !isAscii(vue)) return sansAnnonce();
  return WINDOWS.includes(annonce) ? windows() : null;
}
