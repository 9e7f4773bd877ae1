import type { Chaine } from './objets.ts';

/** Strings between parentheses or in hexadecimal (ISO 32000-1, 7.3.4). */

const ECHAPPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Bytes are above ASCII too: `[^]` takes any. An end of line that is escaped joins, one that is not is a line feed. */
function deLitterale(texte: string): string {
  return texte.slice(1, -1).replace(/\\([0-7]{1,3}|\r\n|[^])|\r\n?/g, (_, suite?: string) => {
    if (suite === undefined) return '\n';
    if (/^[0-7]/.test(suite)) return String.fromCharCode(Number.parseInt(suite, 8) & 0xff);
    return /^[\r\n]/.test(suite) ? '' : (ECHAPPES[suite] ?? suite);
  });
}

function deHexadecimale(texte: string): string {
  const chiffres = texte.replace(/[^0-9A-Fa-f]/g, '');
  return Buffer.from(chiffres.length % 2 === 0 ? chiffres : `${chiffres}0`, 'hex').toString('latin1');
}

/** Bytes that a string stands for. */
export function octetsDe({ texte }: Chaine): Buffer {
  return Buffer.from(texte.startsWith('(') ? deLitterale(texte) : deHexadecimale(texte), 'latin1');
}

export function chaine(octets: Uint8Array): Chaine {
  const { buffer, byteOffset, byteLength } = octets;
  return { type: 'chaine', texte: `<${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}>` };
}

/** A text string (7.9.2.2) in UTF-16, which says any character. */
export function chaineDeTexte(texte: string): Chaine {
  return chaine(Buffer.from(`\ufeff${texte}`, 'utf16le').swap16());
}
