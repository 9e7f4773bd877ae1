import { isUtf8 } from 'node:buffer';

/** Length announced by a first byte; 1 for one that announces nothing. */
function longueur(octet: number): number {
  if (octet < 0xc0) return 1;
  if (octet < 0xe0) return 2;
  return octet < 0xf0 ? 3 : 4;
}

/** @returns where a sequence cut by `fin` begins, `fin` itself when none is. */
export function coupe(octets: Buffer, debut: number, fin: number): number {
  for (let i = fin - 1; i >= debut && i >= fin - 3; i -= 1) {
    const c = octets[i] as number;
    if (c < 0x80) return fin;
    if (c >= 0xc0) return i + longueur(c) > fin ? i : fin;
  }
  return fin;
}

/** U+FFFE and U+FFFF are well-formed UTF-8 and no characters of XML. */
function nonCaractere(octets: Buffer, debut: number, fin: number): number {
  const vue = octets.subarray(debut, fin);
  for (let i = vue.indexOf(0xef); i >= 0; i = vue.indexOf(0xef, i + 1)) {
    if (vue[i + 1] === 0xbf && (vue[i + 2] as number) >= 0xbe) return debut + i;
  }
  return -1;
}

function sequenceValide(octets: Buffer, i: number, fin: number): boolean {
  const n = longueur(octets[i] as number);
  return i + n <= fin && isUtf8(octets.subarray(i, i + n));
}

/** @returns index of the first sequence that is not a character of XML in UTF-8, or -1. */
export function fauteUtf8(octets: Buffer, debut: number, fin: number): number {
  if (isUtf8(octets.subarray(debut, fin))) return nonCaractere(octets, debut, fin);
  let i = debut;
  while (i < fin && sequenceValide(octets, i, fin)) i += longueur(octets[i] as number);
  const avant = nonCaractere(octets, debut, i);
  return avant < 0 ? i : avant;
}
