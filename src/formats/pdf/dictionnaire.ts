/**
 * Top-level keys of a PDF dictionary (ISO 32000-1, 7.2 and 7.3). Only lexical: enough to tell `/Encrypt` of the
 * trailer from the same letters inside a string or a nested dictionary.
 */

const BLANCS = '\0\t\n\f\r ';
const DELIMITEURS = '()<>[]{}/%';

/** A value, known only when it is a name or a word. */
type Jeton =
  | { readonly type: 'nom' | 'mot'; readonly texte: string; readonly fin: number }
  | { readonly type: 'ouvre' | 'ferme' | 'autre'; readonly texte: ''; readonly fin: number };

/** A name may hide letters behind `#xx` (7.3.5): `/Encr#79pt` is `/Encrypt`. */
function nomClair(brut: string): string {
  return brut.replace(/#([0-9A-Fa-f]{2})/g, (_, hexa: string) =>
    String.fromCharCode(Number.parseInt(hexa, 16)),
  );
}

function finOrdinaire(texte: string, debut: number): number {
  let i = debut;
  while (i < texte.length && !BLANCS.includes(texte.charAt(i)) && !DELIMITEURS.includes(texte.charAt(i)))
    i += 1;
  return i;
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

function finApres(texte: string, marque: RegExp, debut: number): number {
  marque.lastIndex = debut;
  return marque.test(texte) ? marque.lastIndex : texte.length;
}

function autre(fin: number): Jeton {
  return { type: 'autre', texte: '', fin };
}

function jeton(texte: string, i: number): Jeton {
  const c = texte.charAt(i);
  const deux = texte.slice(i, i + 2);
  if (deux === '<<' || c === '[') return { type: 'ouvre', texte: '', fin: i + (c === '[' ? 1 : 2) };
  if (deux === '>>' || c === ']') return { type: 'ferme', texte: '', fin: i + (c === ']' ? 1 : 2) };
  if (c === '(') return autre(finChaine(texte, i));
  if (c === '<') return autre(finApres(texte, />/g, i));
  if (c === '/') {
    const fin = finOrdinaire(texte, i + 1);
    return { type: 'nom', texte: nomClair(texte.slice(i + 1, fin)), fin };
  }
  const fin = finOrdinaire(texte, i);
  return fin === i ? autre(i + 1) : { type: 'mot', texte: texte.slice(i, fin), fin };
}

/** Position of the next token, white space and comments passed. */
function prochain(texte: string, depuis: number): number {
  let i = depuis;
  for (;;) {
    while (i < texte.length && BLANCS.includes(texte.charAt(i))) i += 1;
    if (texte.charAt(i) !== '%') return i;
    i = finApres(texte, /[\r\n]/g, i);
  }
}

/**
 * Reads the dictionary that begins at `debut`.
 * @param texte bytes as Latin-1; a dictionary cut by the end of the text gives the keys seen so far.
 * @returns key → first word or name of its value (`''` for anything else), or null when no dictionary begins there.
 */
export function lireDictionnaire(texte: string, debut: number): ReadonlyMap<string, string> | null {
  let i = prochain(texte, debut);
  if (texte.slice(i, i + 2) !== '<<') return null;
  const cles = new Map<string, string>();
  let niveau = 0;
  let cle: string | null = null;
  while (i < texte.length) {
    const j = jeton(texte, i);
    if (niveau === 1 && cle !== null && j.type !== 'ferme') {
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
