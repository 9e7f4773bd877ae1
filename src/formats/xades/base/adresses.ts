import type { CleConstat } from '../constats.ts';

/** What a ds:Reference designates, and the address that we write for a file (RFC 3986 § 3.3, § 4.2). */

export type Adresse =
  /** The document that carries the signature (`URI=""`). */
  | { readonly type: 'document' }
  /** An element of this document. */
  | { readonly type: 'element'; readonly id: string }
  /** Bytes that the caller gives under this name. */
  | { readonly type: 'fichier'; readonly nom: string }
  | { readonly type: 'refusee'; readonly cle: CleConstat };

const SCHEMA = /^[A-Za-z][A-Za-z0-9+.-]*:|^\/\//;
const NOM_MAX = 1000;

/** A segment of a path, decoded; null for one that goes elsewhere, or that two readers would not read alike. */
function segment(ecrit: string): string | null {
  if (!/^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|[\u00a0-\u{10ffff}]|%[0-9A-Fa-f]{2})+$/u.test(ecrit)) return null;
  try {
    const nom = decodeURIComponent(ecrit);
    return nom === '.' || nom === '..' || /[/\\\p{Cc}\p{Cs}]/u.test(nom) ? null : nom;
  } catch {
    return null;
  }
}

/**
 * Reads the address of a reference.
 * @param fournis names of the files given; an absolute address is followed only when it is one of them, for nothing is
 * ever fetched.
 */
export function lireAdresse(uri: string | undefined, fournis: ReadonlySet<string>): Adresse {
  if (uri === undefined) return { type: 'refusee', cle: 'uriAbsente' };
  if (uri === '') return { type: 'document' };
  if (uri.startsWith('#')) {
    const detourne = uri.includes('xpointer(') || uri === '#';
    return detourne ? { type: 'refusee', cle: 'uriXpointer' } : { type: 'element', id: uri.slice(1) };
  }
  if (SCHEMA.test(uri)) {
    return fournis.has(uri) ? { type: 'fichier', nom: uri } : { type: 'refusee', cle: 'uriExterne' };
  }
  const segments = uri.length > NOM_MAX ? [null] : uri.split('/').map(segment);
  if (segments.includes(null)) return { type: 'refusee', cle: 'uriChemin' };
  return { type: 'fichier', nom: segments.join('/') };
}

/** The address that reads back as this name; null when none does. */
export function ecrireAdresse(nom: string): string | null {
  if (/\p{Cs}/u.test(nom)) return null;
  const uri = nom.split('/').map(encodeURIComponent).join('/');
  const relue = lireAdresse(uri, new Set());
  return relue.type === 'fichier' && relue.nom === nom ? uri : null;
}
