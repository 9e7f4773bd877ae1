import type { NomsXml } from '../evenements.ts';

/** A surrogate stands for a character above all others of 16 bits. */
function poids(unite: number): number {
  return unite >= 0xd800 && unite <= 0xdfff ? unite + 0x10000 : unite;
}

/** Order of Unicode code points, which is the one of their UTF-8 bytes but not of JavaScript strings. */
export function comparer(a: string, b: string): number {
  const commun = Math.min(a.length, b.length);
  for (let i = 0; i < commun; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return poids(x) - poids(y);
  }
  return a.length - b.length;
}

/** Order of attributes: namespace first, none before all, then local name (Canonical XML §2.2). */
export function comparerNoms(noms: NomsXml, a: number, b: number): number {
  const espaces = noms.espaceDe(a) - noms.espaceDe(b);
  if (espaces === 0) return comparer(noms.localDe(a), noms.localDe(b));
  return comparer(noms.uri(noms.espaceDe(a)), noms.uri(noms.espaceDe(b)));
}
