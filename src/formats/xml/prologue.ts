import { isAscii, isUtf8 } from 'node:buffer';

/**
 * What stands before the root element: encoding and document type. Read by our own means so that a DOCTYPE is
 * refused before any parser sees it, whatever the encoding.
 */

/** Bytes ready for the parser, and the encoding to impose on it whatever the prologue says. */
export type Source =
  | { readonly type: 'prete'; readonly octets: Buffer; readonly encodage: string }
  | { readonly type: 'refusee'; readonly motif: string };

export type Prologue =
  | { readonly type: 'racine'; readonly nom: string }
  | { readonly type: 'doctype'; readonly nom: string }
  | { readonly type: 'inconnu' };

/** Encodings of one byte per character, all compatible with ASCII: the scan below stays right. */
const UN_OCTET: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'ISO-8859-1',
  LATIN1: 'ISO-8859-1',
  'ISO-8859-15': 'ISO-8859-15',
  'WINDOWS-1252': 'WINDOWS-1252',
  CP1252: 'WINDOWS-1252',
  'US-ASCII': 'US-ASCII',
  ASCII: 'US-ASCII',
};

const DECLARATION = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

function utf16(octets: Buffer): Source | null {
  const grand = octets[0] === 0xfe && octets[1] === 0xff;
  if (!grand && !(octets[0] === 0xff && octets[1] === 0xfe)) return null;
  const texte = new TextDecoder(grand ? 'utf-16be' : 'utf-16le').decode(octets);
  return { type: 'prete', octets: Buffer.from(texte, 'utf8'), encodage: 'UTF-8' };
}

/**
 * Settles the encoding. The ministry's simulator writes UTF-8 under a prologue that says ISO-8859-1:
 * valid multi-byte UTF-8 hardly ever happens by chance, so the bytes are believed rather than the prologue.
 */
export function preparer(brut: Uint8Array): Source {
  const octets = Buffer.from(brut.buffer, brut.byteOffset, brut.byteLength);
  const large = utf16(octets);
  if (large !== null) return large;
  if (octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) {
    return { type: 'prete', octets: octets.subarray(3), encodage: 'UTF-8' };
  }
  const annonce = DECLARATION.exec(octets.toString('latin1', 0, 256))?.[1] ?? 'UTF-8';
  if (annonce.toUpperCase() === 'UTF-8') return { type: 'prete', octets, encodage: 'UTF-8' };
  const simple = UN_OCTET[annonce.toUpperCase()];
  if (simple === undefined) return { type: 'refusee', motif: `encodage « ${annonce} » non pris en charge` };
  const encodage = isUtf8(octets) && !isAscii(octets) ? 'UTF-8' : simple;
  return { type: 'prete', octets, encodage };
}

function commencePar(octets: Buffer, position: number, motif: string): boolean {
  return octets.toString('latin1', position, position + motif.length) === motif;
}

function sauterBlancs(octets: Buffer, depuis: number): number {
  let i = depuis;
  while (octets[i] === 0x20 || octets[i] === 0x09 || octets[i] === 0x0a || octets[i] === 0x0d) i += 1;
  return i;
}

/** A name ends at white space, `/`, `>` or `[`; beyond 1000 bytes it is not one. */
function nomA(octets: Buffer, debut: number): string {
  return /^[^\s/>[<&=]+/.exec(octets.toString('utf8', debut, debut + 1000))?.[0] ?? '';
}

/** Walks over declaration, comments and processing instructions up to the DOCTYPE or the root. Linear. */
export function lirePrologue(octets: Buffer): Prologue {
  let i = 0;
  for (;;) {
    i = sauterBlancs(octets, i);
    if (commencePar(octets, i, '<!DOCTYPE')) {
      return { type: 'doctype', nom: nomA(octets, sauterBlancs(octets, i + 9)) };
    }
    const fermeture = commencePar(octets, i, '<?') ? '?>' : commencePar(octets, i, '<!--') ? '-->' : null;
    if (fermeture === null) {
      const nom = octets[i] === 0x3c ? nomA(octets, i + 1) : '';
      return nom === '' || nom.startsWith('!') ? { type: 'inconnu' } : { type: 'racine', nom };
    }
    const fin = octets.indexOf(fermeture, i + (fermeture === '-->' ? 4 : 2), 'latin1');
    if (fin < 0) return { type: 'inconnu' };
    i = fin + fermeture.length;
  }
}
