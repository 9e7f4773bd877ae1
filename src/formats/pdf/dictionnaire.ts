/**
 * Top-level keys of a PDF dictionary (ISO 32000-1, 7.2 and 7.3). Only lexical: enough to tell `/Encrypt` of the
 * trailer from the same letters inside a string or a nested dictionary.
 */

type Jeton =
  | { readonly type: 'ferme'; readonly fin: number }
  /** Type null: a word with its text, a string or a stray delimiter without. */
  | { readonly type: 'nom' | 'ouvre' | null; readonly texte: string; readonly fin: number };

/** A name may hide letters behind `#xx` (7.3.5): `/Encr#79pt` is `/Encrypt`. */
function nomClair(brut: string): string {
  return brut.replace(/#([0-9A-Fa-f]{2})/g, (_, hexa: string) =>
    String.fromCharCode(Number.parseInt(hexa, 16)),
  );
}

/** @param marque a global expression. @returns where it is first found from `depuis` on, the end otherwise. */
function trouver(texte: string, marque: RegExp, depuis: number): number {
  marque.lastIndex = depuis;
  return marque.exec(texte)?.index ?? texte.length;
}

/** White space and delimiters (7.2.2) end a name or a word. */
function finOrdinaire(texte: string, debut: number): number {
  return trouver(texte, /[\0\t\n\f\r ()<>[\]{}/%]/g, debut);
}

/** Strings nest their parentheses unless escaped (7.3.4.2). */
function finChaine(texte: string, debut: number): number {
  let niveau = 0;
  for (let i = debut; i < texte.length; i += 1) {
    const c = texte.charAt(i);
    if (c === '\\') i += 1;
    else if (c === '(') niveau += 1;
    else if (c === ')') niveau -= 1;
    if (niveau === 0) return i + 1;
  }
  return texte.length;
}

function jeton(texte: string, i: number): Jeton {
  const c = texte.charAt(i);
  const deux = texte.slice(i, i + 2);
  if (deux === '<<') return { type: 'ouvre', texte: '', fin: i + 2 };
  if (deux === '>>') return { type: 'ferme', fin: i + 2 };
  if (c === '[') return { type: 'ouvre', texte: '', fin: i + 1 };
  if (c === ']') return { type: 'ferme', fin: i + 1 };
  if (c === '(') return { type: null, texte: '', fin: finChaine(texte, i) };
  if (c === '<') return { type: null, texte: '', fin: trouver(texte, />/g, i) + 1 };
  if (c === '/') {
    const fin = finOrdinaire(texte, i + 1);
    return { type: 'nom', texte: nomClair(texte.slice(i + 1, fin)), fin };
  }
  const fin = finOrdinaire(texte, i);
  return { type: null, texte: texte.slice(i, fin), fin: Math.max(fin, i + 1) };
}

/** Position of the next token, white space and comments passed. */
function prochain(texte: string, depuis: number): number {
  let i = trouver(texte, /[^\0\t\n\f\r ]/g, depuis);
  while (texte.charAt(i) === '%') i = trouver(texte, /[^\0\t\n\f\r ]/g, trouver(texte, /[\r\n]/g, i));
  return i;
}

/**
 * Reads the dictionary that begins at `debut`.
 * @param texte bytes as Latin-1; a dictionary cut by the end of the text gives the keys seen so far.
 * @returns key → first word or name of its value (`''` for anything else), or null when no dictionary begins there.
 */
export function lireDictionnaire(texte: string, debut: number): ReadonlyMap<string, string> | null {
  let i = prochain(texte, debut);
  if (!texte.startsWith('<<', i)) return null;
  const cles = new Map<string, string>();
  let niveau = 0;
  let cle: string | null = null;
  while (i < texte.length) {
    const j = jeton(texte, i);
    if (cle !== null && j.type !== 'ferme') {
      // Two entries of one name: the one that means something wins, lest a second `null` hide a lock.
      if (!cles.has(cle) || j.texte !== 'null') cles.set(cle, j.texte);
      cle = null;
    } else if (niveau === 1 && j.type === 'nom') cle = j.texte;
    if (j.type === 'ouvre') niveau += 1;
    else if (j.type === 'ferme') niveau -= 1;
    if (niveau === 0) break;
    i = prochain(texte, j.fin);
  }
  return cles;
}
