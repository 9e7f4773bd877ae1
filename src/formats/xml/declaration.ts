import type { EncodageXml } from './evenements.ts';
import type { CleRefus } from './refus.ts';

/** The head of a file: byte-order mark and XML declaration (production 23). */

export type Tete =
  | { readonly type: 'coupee' }
  /** `marque`: bytes of the byte-order mark; `apres`: index after the declaration. */
  | { readonly type: 'lue'; readonly encodage: EncodageXml; readonly marque: number; readonly apres: number }
  | { readonly type: 'refusee'; readonly cle: CleRefus; readonly indice: number; readonly valeur: string };

/** A declaration has no reason to be longer; without its end by then, there is none. */
const DECLARATION_MAX = 1024;

const E = '[ \\t\\r\\n]';
const DECLARATION = new RegExp(
  `^<\\?xml${E}+version${E}*=${E}*(?:"([\\w.:-]+)"|'([\\w.:-]+)')` +
    `(?:${E}+encoding${E}*=${E}*(?:"([A-Za-z][\\w.-]*)"|'([A-Za-z][\\w.-]*)'))?` +
    `(?:${E}+standalone${E}*=${E}*(?:"(?:yes|no)"|'(?:yes|no)'))?${E}*\\?>$`,
);

/** Names of encodings, as IANA and libxml2 both take them. */
const ENCODAGES: Readonly<Record<string, EncodageXml>> = {
  'UTF-8': 'UTF-8',
  UTF8: 'UTF-8',
  'US-ASCII': 'US-ASCII',
  ASCII: 'US-ASCII',
  'ISO-8859-1': 'ISO-8859-1',
  'ISO-LATIN-1': 'ISO-8859-1',
  LATIN1: 'ISO-8859-1',
  'ISO-8859-15': 'ISO-8859-15',
};

function refusee(cle: CleRefus, indice = 0, valeur = ''): Tete {
  return { type: 'refusee', cle, indice, valeur };
}

/** Encodings that show in their first bytes and whose `<` is not the byte 0x3C alone. */
function etranger(octets: Buffer, fin: number): string | null {
  const [a, b] = [octets[0], fin > 1 ? octets[1] : -1];
  if ((a === 0xfe && b === 0xff) || (a === 0xff && b === 0xfe)) return 'UTF-16';
  if ((a === 0 && b === 0x3c) || (a === 0x3c && b === 0)) return 'UTF-16';
  return a === 0 && b === 0 ? 'UTF-32' : null;
}

function lue(encodage: EncodageXml, marque: number, apres: number): Tete {
  return { type: 'lue', encodage, marque, apres };
}

/** @param texte the whole declaration. */
function juger(texte: string, marque: number): Tete {
  const m = DECLARATION.exec(texte);
  if (m === null) return refusee('declaration', marque);
  const version = m[1] ?? m[2] ?? '';
  if (version !== '1.0') return refusee('version', marque, version);
  const annonce = m[3] ?? m[4] ?? 'UTF-8';
  const encodage = ENCODAGES[annonce.toUpperCase()];
  if (encodage === undefined) return refusee('encodage', marque, annonce);
  if (marque > 0 && encodage !== 'UTF-8') return refusee('encodageContraire', marque, annonce);
  return lue(encodage, marque, marque + texte.length);
}

/**
 * Reads the head of a file in `octets[0, fin)`.
 * @param dernier nothing comes after `fin`.
 */
export function lireTete(octets: Buffer, fin: number, dernier: boolean): Tete {
  if (fin === 0) return dernier ? refusee('vide') : { type: 'coupee' };
  if (fin < 9 && !dernier) return { type: 'coupee' };
  const autre = etranger(octets, fin);
  if (autre !== null) return refusee('encodage', 0, autre);
  const marque = fin > 2 && octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? 3 : 0;
  if (!/^<\?xml[ \t\r\n]/.test(octets.toString('latin1', marque, Math.min(fin, marque + 6)))) {
    return lue('UTF-8', marque, marque);
  }
  const tete = octets.toString('latin1', marque, Math.min(fin, marque + DECLARATION_MAX));
  const long = tete.indexOf('?>') + 2;
  if (long > 1) return juger(tete.slice(0, long), marque);
  return tete.length < DECLARATION_MAX && !dernier ? { type: 'coupee' } : refusee('declaration', marque);
}
