import { type Expression, positionsDe } from './glushkov.ts';
import { AutomateMotif } from './motif-automate.ts';
import { lireMotif } from './motif-lecture.ts';

/** A compiled pattern: whether it matches the whole of a value. */
export type EssaiMotif = (valeur: string) => boolean;

/**
 * What JavaScript's matcher may be given. That many trials per character at lengths so far apart are so many at any length:
 * they do not grow faster than it.
 */
const ESSAIS_PAR_CARACTERE = 128;
const LONGUEURS = [2 ** 6, 2 ** 10, 2 ** 14, 2 ** 18];
const LIMITES = { positions: 4000, pas: 20_000 };

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

/** `voies`: ways through an expression; `essais`: what it takes to try them all. May be infinite, or NaN beyond. */
interface Cout {
  readonly voies: number;
  readonly essais: number;
}

/** JavaScript's matcher tries one way after the other: at most so many on a value of `longueur` characters. */
function cout(e: Expression<string>, longueur: number): Cout {
  switch (e.genre) {
    case 'feuille':
      return { voies: 1, essais: 1 };
    case 'suite':
      return e.termes.reduce(
        ({ voies, essais }: Cout, terme) => {
          const c = cout(terme, longueur);
          return { voies: voies * c.voies, essais: essais + voies * c.essais };
        },
        { voies: 1, essais: 0 },
      );
    case 'choix': {
      const couts = e.termes.map((t) => cout(t, longueur));
      return {
        voies: couts.reduce((n, c) => n + c.voies, 0),
        essais: couts.reduce((n, c) => n + c.essais, 0),
      };
    }
    case 'fois': {
      // a character is taken every time, or every time beyond the least number
      const max = Math.min(e.max, longueur + (e.terme.genre === 'feuille' ? 0 : e.min));
      return coutFois(cout(e.terme, longueur), Math.min(e.min, max), max);
    }
    default:
      return e satisfies never;
  }
}

function coutFois({ voies: v, essais }: Cout, min: number, max: number): Cout {
  const une = essais + 1;
  if (v === 1) return { voies: max - min + 1, essais: une * max };
  return { voies: (v ** (max + 1) - v ** min) / (v - 1), essais: (une * (v ** max - 1)) / (v - 1) };
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
  const essais = (longueur: number): number => cout(lecture.expression, longueur).essais;
  if (LONGUEURS.every((l) => essais(l) <= ESSAIS_PAR_CARACTERE * l)) {
    return { type: 'compile', essai: (valeur) => regexp.test(valeur), source: js };
  }
  const positions = positionsDe(lecture.expression, LIMITES);
  if (positions === null) return { type: 'refus', motif: 'ses répétitions sont trop nombreuses' };
  const automate = new AutomateMotif(positions);
  return { type: 'compile', essai: (valeur) => automate.admet(valeur), source: js };
}
