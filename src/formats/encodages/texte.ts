import { isUtf8 } from 'node:buffer';

/**
 * Characters of Windows-1252 in the place of the C1 controls of ISO-8859-1 (bytes 0x80 to 0x9F): what word processors
 * type by themselves. The space stands for the five bytes that mean nothing.
 */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const TYPOGRAPHIQUES: ReadonlySet<string> = new Set(WINDOWS_1252);

/** C0 (but tab, line feed and carriage return, which XML allows), delete and C1; lone surrogates; non-characters. */
function estInterdit(code: number): boolean {
  if (code < 0x20) return code !== 0x9 && code !== 0xa && code !== 0xd;
  if (code >= 0x7f && code <= 0x9f) return true;
  if (code >= 0xd800 && code <= 0xdfff) return true;
  return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
}

/**
 * Characters that ISO-8859-1, the character set of ACTES, cannot hold; each once, in order of appearance.
 * `typographiques`: those a word processor puts in (’ “ – … œ €). Forbidden characters are told by `caracteresInterdits`.
 */
export function horsLatin1(texte: string): { typographiques: string[]; autres: string[] } {
  const vus = new Set<string>();
  for (const caractere of texte) {
    const code = caractere.codePointAt(0) ?? 0;
    if (code > 0xff && !estInterdit(code)) vus.add(caractere);
  }
  const tous = [...vus];
  return {
    typographiques: tous.filter((c) => TYPOGRAPHIQUES.has(c)),
    autres: tous.filter((c) => !TYPOGRAPHIQUES.has(c)),
  };
}

/** Characters that have no place in a text meant for people, as `U+XXXX`; each once, in order of appearance. */
export function caracteresInterdits(texte: string): string[] {
  const vus = new Set<string>();
  for (const caractere of texte) {
    const code = caractere.codePointAt(0) ?? 0;
    if (estInterdit(code)) vus.add(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`);
  }
  return [...vus];
}

/**
 * Text of bytes whose encoding nobody announced: UTF-8 when they are valid UTF-8, else ISO-8859-1 with the
 * Windows-1252 characters read as their author saw them. A byte-order mark is dropped.
 */
export function decoder(octets: Uint8Array): string {
  const vue = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (isUtf8(vue)) return vue.toString('utf8').replace(/^\ufeff/, '');
  return vue.toString('latin1').replace(/[\u0080-\u009f]/g, (c) => {
    const vrai = WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80);
    return vrai === ' ' ? c : vrai;
  });
}
