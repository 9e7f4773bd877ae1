import { APOSTROPHE, DIESE, ESPERLUETTE, GUILLEMET, INFERIEUR, POINT_VIRGULE, SUPERIEUR } from './octets.ts';

/** The five entities of XML and character references, read on bytes. */

const X = 0x78;
/** Beyond any character: digits are no longer added up. */
const DEMESURE = 0x110000;

/** First letters of the five, as read in one number: `amp;` is 0x616d703b. */
const AMP = 0x616d703b;
const LT = 0x6c743b;
const GT = 0x67743b;
const QUOT = 0x71756f74;
const APOS = 0x61706f73;

/** Character of the reference last read. */
export interface Reference {
  code: number;
}

function nommee(octets: Buffer, i: number, vers: Reference): number {
  const trois = ((octets[i] as number) << 16) | ((octets[i + 1] as number) << 8) | (octets[i + 2] as number);
  if (trois === LT || trois === GT) {
    vers.code = trois === LT ? INFERIEUR : SUPERIEUR;
    return i + 3;
  }
  const quatre = (trois << 8) | (octets[i + 3] as number);
  if (quatre === AMP) {
    vers.code = ESPERLUETTE;
    return i + 4;
  }
  if ((quatre !== QUOT && quatre !== APOS) || octets[i + 4] !== POINT_VIRGULE) return -1;
  vers.code = quatre === QUOT ? GUILLEMET : APOSTROPHE;
  return i + 5;
}

/** Value of a digit in base 10 or 16, -1 when it is none. */
function chiffre(c: number, base: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const bas = c | 0x20;
  return base === 16 && bas >= 0x61 && bas <= 0x66 ? bas - 0x57 : -1;
}

function numerique(octets: Buffer, i: number, vers: Reference): number {
  const base = octets[i] === X ? 16 : 10;
  let j = base === 16 ? i + 1 : i;
  const premier = j;
  let code = 0;
  for (let v = chiffre(octets[j] as number, base); v >= 0; v = chiffre(octets[j] as number, base)) {
    code = code >= DEMESURE ? DEMESURE : code * base + v;
    j += 1;
  }
  if (j === premier || octets[j] !== POINT_VIRGULE) return -1;
  vers.code = code;
  return j + 1;
}

/**
 * @param debut index of `&`; the bytes end with one that no reference holds.
 * @returns index after `;`, or -1: cut, unknown or malformed.
 */
export function lireReference(octets: Buffer, debut: number, vers: Reference): number {
  return octets[debut + 1] === DIESE ? numerique(octets, debut + 2, vers) : nommee(octets, debut + 1, vers);
}
