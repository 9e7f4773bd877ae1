import { type Expression, type Positions, positionsDe } from './glushkov.ts';
import { lireMotif } from './motif-lecture.ts';

/** A compiled pattern: whether it matches the whole of a value. */
export type EssaiMotif = (valeur: string) => boolean;

/** What JavaScript's matcher may be given when it has several ways to try: 64 characters, cubed, is nothing. */
const LONGUEUR_SURE = 64;
const CHOIX_SURS = 3;
const POSITIONS_MAX = 4000;

function source(e: Expression<string>): string {
  switch (e.genre) {
    case 'feuille':
      return e.feuille;
    case 'suite':
      return e.termes.map(source).join('');
    case 'choix':
      return `(?:${e.termes.map(source).join('|')})`;
    case 'fois': {
      const max = e.max === Number.POSITIVE_INFINITY ? '' : e.max;
      const atome = e.terme.genre === 'feuille' ? source(e.terme) : `(?:${source(e.terme)})`;
      return `${atome}{${e.min},${max}}`;
    }
    default:
      return e satisfies never;
  }
}

/**
 * JavaScript's matcher tries one way after the other: its time grows as the length of the value to the power of the
 * number of places where it may choose, which a repetition of repetitions makes infinite.
 */
function choixPossibles(e: Expression<string>): number {
  switch (e.genre) {
    case 'feuille':
      return 0;
    case 'suite':
      return e.termes.reduce((n, t) => n + choixPossibles(t), 0);
    case 'choix':
      return e.termes.reduce((n, t) => Math.max(n, choixPossibles(t)), 0);
    case 'fois':
      if (e.max <= 1 || e.min === e.max) return choixPossibles(e.terme);
      return e.terme.genre === 'feuille' ? 1 : Number.POSITIVE_INFINITY;
    default:
      return e satisfies never;
  }
}

/** Walks all ways at once. */
function marcheur(p: Positions<string>): EssaiMotif {
  const classes = new Map<string, RegExp>();
  for (const c of p.feuilles) if (!classes.has(c)) classes.set(c, new RegExp(`^${c}$`, 'v'));
  return (valeur) => {
    let actives: Iterable<number> = p.premiers;
    let acceptee = p.vide;
    for (const c of valeur) {
      const connus = new Map<string, boolean>();
      const suite = new Set<number>();
      acceptee = false;
      for (const i of actives) {
        const classe = p.feuilles[i] as string;
        let oui = connus.get(classe);
        if (oui === undefined) connus.set(classe, (oui = classes.get(classe)?.test(c) === true));
        if (!oui) continue;
        if (p.derniers.has(i)) acceptee = true;
        for (const s of p.suivants[i] ?? []) suite.add(s);
      }
      if (suite.size === 0 && !acceptee) return false;
      actives = suite;
    }
    return acceptee;
  };
}

export type MotifCompile =
  | { readonly type: 'compile'; readonly essai: EssaiMotif; readonly source: string }
  | { readonly type: 'refus'; readonly motif: string };

/**
 * Translates a pattern of XML Schema. Refused, with the reason in French, when it is not one or when its meaning
 * cannot be kept.
 */
export function compilerMotif(texte: string): MotifCompile {
  const lecture = lireMotif(texte);
  if (lecture.type === 'refus') return lecture;
  const js = `^(?:${source(lecture.expression)})$`;
  let regexp: RegExp;
  try {
    regexp = new RegExp(js, 'v');
  } catch {
    return { type: 'refus', motif: 'il ne peut pas être traduit' };
  }
  const rapide: EssaiMotif = (valeur) => regexp.test(valeur);
  const choix = choixPossibles(lecture.expression);
  if (choix <= 1) return { type: 'compile', essai: rapide, source: js };
  const positions = positionsDe(lecture.expression, POSITIONS_MAX);
  if (positions === null) return { type: 'refus', motif: 'ses répétitions sont trop nombreuses' };
  const lent = marcheur(positions);
  return {
    type: 'compile',
    essai: (valeur) => (choix <= CHOIX_SURS && valeur.length <= LONGUEUR_SURE ? rapide : lent)(valeur),
    source: js,
  };
}
