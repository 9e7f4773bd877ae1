import { cleTrompeuse } from './json.ts';

/** JSON written by hand: what is wrong is told with its place, which `JSON.parse` does not always give. */

export type LectureJson =
  | { readonly type: 'lu'; readonly valeur: unknown }
  /** `motif`: French. `ligne`, `colonne`: from 1. */
  | { readonly type: 'illisible'; readonly motif: string; readonly ligne: number; readonly colonne: number };

/** What may come next. */
type Attente = 'valeur' | 'valeur ou ]' | 'clé' | 'clé ou }' | ':' | 'suite';

const MOTIFS: Readonly<Record<Attente, string>> = {
  valeur: 'une valeur est attendue ici',
  'valeur ou ]': 'une valeur ou « ] » est attendue ici',
  clé: 'un nom entre guillemets est attendu ici',
  'clé ou }': 'un nom entre guillemets ou « } » est attendu ici',
  ':': 'deux-points attendu ici',
  suite: 'une virgule ou une fermeture est attendue ici',
};

const MOT = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ECHAPPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const BLANCS = /[ \t\r\n]*/y;

function avancer(motif: RegExp, texte: string, debut: number): number | null {
  motif.lastIndex = debut;
  return motif.test(texte) ? motif.lastIndex : null;
}

/** @returns place after the string that opens at `debut`, or null with the place of the fault in `faute`. */
function sauterTexte(texte: string, debut: number): { fin: number } | { faute: number } {
  for (let i = debut + 1; i < texte.length; ) {
    const code = texte.charCodeAt(i);
    if (code === 0x22) return { fin: i + 1 };
    const suivant = code === 0x5c ? avancer(ECHAPPE, texte, i) : code < 0x20 ? null : i + 1;
    if (suivant === null) return { faute: i };
    i = suivant;
  }
  return { faute: texte.length };
}

const apres = (ouverts: readonly string[], c: string): Attente =>
  c === ',' ? (ouverts.at(-1) === '{' ? 'clé' : 'valeur') : 'suite';

/** First fault of a text that is not JSON. */
function trouverFaute(texte: string): { place: number; motif: string } {
  const ouverts: string[] = [];
  let attente: Attente = 'valeur';
  for (let i = 0; ; ) {
    i = avancer(BLANCS, texte, i) ?? i;
    const c = texte[i] ?? '';
    const finie = attente === 'suite' && ouverts.length === 0;
    if (c === '') return { place: i, motif: finie ? 'JSON illisible' : 'le texte s’arrête trop tôt' };
    if (finie) return { place: i, motif: 'rien n’est attendu après la fin du document' };
    const fermante = ouverts.at(-1) === '{' ? '}' : ']';
    const valeurAttendue = attente.startsWith('valeur');
    if (c === '"' && (valeurAttendue || attente.startsWith('clé'))) {
      const saut = sauterTexte(texte, i);
      if ('faute' in saut) return { place: saut.faute, motif: 'ce texte est mal fermé ou mal échappé' };
      i = saut.fin;
      attente = valeurAttendue ? 'suite' : ':';
    } else if (valeurAttendue && (c === '{' || c === '[')) {
      ouverts.push(c);
      attente = c === '{' ? 'clé ou }' : 'valeur ou ]';
      i += 1;
    } else if (c === fermante && (attente === 'suite' || attente.endsWith(fermante))) {
      ouverts.pop();
      attente = 'suite';
      i += 1;
    } else if ((c === ':' && attente === ':') || (c === ',' && attente === 'suite')) {
      attente = c === ':' ? 'valeur' : apres(ouverts, c);
      i += 1;
    } else {
      const fin = valeurAttendue ? avancer(MOT, texte, i) : null;
      if (fin === null) return { place: i, motif: MOTIFS[attente] };
      i = fin;
      attente = 'suite';
    }
  }
}

/** Never throws. A name given twice is refused too: two readers would not see the same document. */
export function lireJson(brut: string): LectureJson {
  const texte = brut.replace(/^\uFEFF/, '');
  try {
    const valeur: unknown = JSON.parse(texte);
    const trompeuse = cleTrompeuse(texte);
    if (trompeuse === null) return { type: 'lu', valeur };
    const motif = trompeuse.repetee ? 'ce nom est écrit deux fois' : 'ce nom n’est pas admis';
    const place = texte.lastIndexOf(JSON.stringify(trompeuse.cle));
    return situer(texte, { place: Math.max(0, place), motif: `« ${trompeuse.cle} » : ${motif}` });
  } catch {
    return situer(texte, trouverFaute(texte));
  }
}

function situer(texte: string, { place, motif }: { place: number; motif: string }): LectureJson {
  const avant = texte.slice(0, place).split('\n');
  return {
    type: 'illisible',
    motif,
    ligne: avant.length,
    colonne: (avant.at(-1) ?? '').length + 1,
  };
}
