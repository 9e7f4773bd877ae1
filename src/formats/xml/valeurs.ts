import { type Balise, VALEUR } from './evenements.ts';

/** From the raw bytes of the tokeniser to the text they stand for. For what must be read as text, not for the hot way. */

/** @param unicode of each byte value, null for UTF-8. The bytes are known to be valid. */
export function decoder(octets: Buffer, unicode: Uint16Array | null): string {
  if (unicode === null) return octets.toString('utf8');
  const latin1 = octets.toString('latin1');
  if (unicode[0xa4] === 0xa4) return latin1;
  return latin1.replace(/[\x80-\xff]/g, (c) => String.fromCharCode(unicode[c.charCodeAt(0)] ?? 0));
}

const NOMMEES: Readonly<Record<string, number>> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 };

/** @param corps what stands between `&` and `;`, checked by the tokeniser. */
function caractere(corps: string): string {
  if (!corps.startsWith('#')) return String.fromCodePoint(NOMMEES[corps] ?? 0xfffd);
  const code = corps.startsWith('#x') ? Number.parseInt(corps.slice(2), 16) : Number(corps.slice(1));
  return String.fromCodePoint(code);
}

/**
 * A value as a parser gives it: each tab and line end a space (XML 1.0, 3.3.3), references resolved, nothing trimmed.
 * @param octets raw value, checked by the tokeniser.
 */
export function valeurDe(octets: Buffer, unicode: Uint16Array | null): string {
  return decoder(octets, unicode)
    .replace(/\r\n|[\t\n\r]/g, ' ')
    .replace(/&([^;]*);/g, (_, corps: string) => caractere(corps));
}

/** What stands for something else than itself. */
const A_RESOUDRE = VALEUR.reference | VALEUR.blanc;

/** Value of the attribute of row `k`. */
export function valeurAttribut(balise: Balise, k: number, unicode: Uint16Array | null): string {
  const { octets } = balise;
  const debut = balise.attDebut[k] as number;
  const fin = balise.attFin[k] as number;
  const etat = balise.attEtat[k] as number;
  if ((etat & A_RESOUDRE) !== 0) return valeurDe(octets.subarray(debut, fin), unicode);
  if ((etat & VALEUR.haut) !== 0) return decoder(octets.subarray(debut, fin), unicode);
  return octets.toString(unicode === null ? 'utf8' : 'latin1', debut, fin);
}
