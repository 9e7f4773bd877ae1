const BLANC = /[ \t\r\n]/;

/** @returns place just after the string that opens at `debut`. */
function finChaine(texte: string, debut: number): number {
  let i = debut + 1;
  while (i < texte.length && texte[i] !== '"') i += texte[i] === '\\' ? 2 : 1;
  return i + 1;
}

/**
 * First key of a valid JSON text that one reader would hide from another, or null. Given twice: `JSON.parse` keeps the
 * last one in silence, others the first (RFC 7493, 2.3). `__proto__`: a name that JavaScript gives another sense.
 */
export function cleTrompeuse(texte: string): { readonly cle: string; readonly repetee: boolean } | null {
  const ouverts: (Set<string> | null)[] = [];
  let i = 0;
  while (i < texte.length) {
    const c = texte[i];
    if (c === '"') {
      const fin = finChaine(texte, i);
      let suite = fin;
      while (BLANC.test(texte[suite] ?? '')) suite += 1;
      const cles = ouverts.at(-1);
      if (texte[suite] === ':' && cles instanceof Set) {
        const cle = JSON.parse(texte.slice(i, fin)) as string;
        if (cles.has(cle) || cle === '__proto__') return { cle, repetee: cles.has(cle) };
        cles.add(cle);
      }
      i = fin;
      continue;
    }
    if (c === '{') ouverts.push(new Set());
    else if (c === '[') ouverts.push(null);
    else if (c === '}' || c === ']') ouverts.pop();
    i += 1;
  }
  return null;
}
