import type { Expression } from './glushkov.ts';

/**
 * Reads a regular expression of XML Schema (Datatypes, appendix F). A leaf is a set of characters written as a class
 * of JavaScript under the flag `v`, where subtraction exists; every literal is written by its code point, so that no
 * punctuation of one language is taken for syntax of the other.
 */

export type LectureMotif =
  | { readonly type: 'lu'; readonly expression: Expression<string> }
  | { readonly type: 'refus'; readonly motif: string };

const BLANCS = ' \\t\\n\\r';
/** NameStartChar and NameChar of XML 1.0 fifth edition, colon included: what `\i` and `\c` stand for. */
const NOM_DEBUT =
  ':A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NOM_SUITE = `${NOM_DEBUT}.0-9\\-\\xB7\\u0300-\\u036F\\u203F\\u2040`;

const MULTIPLES: Readonly<Record<string, string>> = {
  s: `[${BLANCS}]`,
  S: `[^${BLANCS}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '[^\\p{P}\\p{Z}\\p{C}]',
  W: '[\\p{P}\\p{Z}\\p{C}]',
  i: `[${NOM_DEBUT}]`,
  I: `[^${NOM_DEBUT}]`,
  c: `[${NOM_SUITE}]`,
  C: `[^${NOM_SUITE}]`,
};

const SIMPLES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const ECHAPPES = '\\|.?*+(){}-[]^';
const CATEGORIES = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/;
/** Blocks of Unicode that French schemas have a use for; JavaScript knows none. */
const BLOCS: Readonly<Record<string, string>> = {
  IsBasicLatin: '\\u{0}-\\u{7F}',
  'IsLatin-1Supplement': '\\u{80}-\\u{FF}',
  'IsLatinExtended-A': '\\u{100}-\\u{17F}',
  'IsLatinExtended-B': '\\u{180}-\\u{24F}',
};

const litteral = (c: string): string => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;

type Atome =
  | { readonly genre: 'caractere'; readonly c: string }
  | { readonly genre: 'classe'; readonly source: string };

/** Raised to leave the recursion, caught in `lireMotif`; carries the reason in French. */
class Illisible extends SyntaxError {}

class LecteurMotif {
  readonly #c: readonly string[];
  #i = 0;

  constructor(texte: string) {
    this.#c = [...texte];
  }

  #refuser(motif: string): never {
    throw new Illisible(motif);
  }

  #ici(): string {
    return this.#c[this.#i] ?? '';
  }

  #prendre(): string {
    const c = this.#c[this.#i];
    if (c === undefined) this.#refuser('il s’arrête trop tôt');
    this.#i += 1;
    return c;
  }

  tout(): Expression<string> {
    const expression = this.#choix();
    if (this.#i < this.#c.length) this.#refuser(`« ${this.#ici()} » n’y a pas sa place`);
    return expression;
  }

  #choix(): Expression<string> {
    const termes = [this.#suite()];
    while (this.#ici() === '|') {
      this.#i += 1;
      termes.push(this.#suite());
    }
    return termes.length === 1 ? (termes[0] as Expression<string>) : { genre: 'choix', termes };
  }

  #suite(): Expression<string> {
    const termes: Expression<string>[] = [];
    while (this.#i < this.#c.length && this.#ici() !== '|' && this.#ici() !== ')') {
      termes.push(this.#quantifie(this.#atome()));
    }
    return termes.length === 1 ? (termes[0] as Expression<string>) : { genre: 'suite', termes };
  }

  #quantifie(terme: Expression<string>): Expression<string> {
    const signe = this.#ici();
    if (signe === '{') return this.#bornes(terme);
    const bornes: Readonly<Record<string, readonly [number, number]>> = {
      '?': [0, 1],
      '*': [0, Number.POSITIVE_INFINITY],
      '+': [1, Number.POSITIVE_INFINITY],
    };
    const b = bornes[signe];
    if (b === undefined) return terme;
    this.#i += 1;
    return { genre: 'fois', terme, min: b[0], max: b[1] };
  }

  #bornes(terme: Expression<string>): Expression<string> {
    const fin = this.#c.indexOf('}', this.#i);
    const m = /^(\d{1,9})(?:(,)(\d{1,9})?)?$/.exec(
      this.#c.slice(this.#i + 1, fin < 0 ? this.#i : fin).join(''),
    );
    if (m === null) this.#refuser('une répétition entre accolades est mal écrite');
    this.#i = fin + 1;
    const min = Number(m[1]);
    const max = m[3] !== undefined ? Number(m[3]) : m[2] === undefined ? min : Number.POSITIVE_INFINITY;
    if (max < min) this.#refuser('une répétition a ses bornes à l’envers');
    return { genre: 'fois', terme, min, max };
  }

  #atome(): Expression<string> {
    const c = this.#prendre();
    if (c === '(') {
      const dedans = this.#choix();
      if (this.#prendre() !== ')') this.#refuser('une parenthèse n’est pas fermée');
      return dedans;
    }
    if (c === '[') return { genre: 'feuille', feuille: this.#classe() };
    if (c === '.') return { genre: 'feuille', feuille: '[^\\n\\r]' };
    if (c === '\\') {
      const atome = this.#echappement();
      return { genre: 'feuille', feuille: atome.genre === 'classe' ? atome.source : litteral(atome.c) };
    }
    if ('?*+){}]'.includes(c)) this.#refuser(`« ${c} » doit y être précédé d’une barre oblique inverse`);
    return { genre: 'feuille', feuille: litteral(c) };
  }

  #echappement(): Atome {
    const c = this.#prendre();
    const multiple = MULTIPLES[c];
    if (multiple !== undefined) return { genre: 'classe', source: multiple };
    if (c === 'p' || c === 'P') return { genre: 'classe', source: this.#propriete(c) };
    const simple = SIMPLES[c] ?? (ECHAPPES.includes(c) ? c : null);
    if (simple === null) this.#refuser(`l’échappement « \\${c} » n’existe pas`);
    return { genre: 'caractere', c: simple };
  }

  #propriete(lettre: string): string {
    const fin = this.#c.indexOf('}', this.#i);
    if (this.#ici() !== '{' || fin < 0) this.#refuser(`« \\${lettre} » doit être suivi d’une catégorie`);
    const nom = this.#c.slice(this.#i + 1, fin).join('');
    this.#i = fin + 1;
    if (CATEGORIES.test(nom)) return `\\${lettre}{${nom}}`;
    const bloc = BLOCS[nom];
    if (bloc === undefined) this.#refuser(`la catégorie « ${nom} » n’est pas connue`);
    return lettre === 'p' ? `[${bloc}]` : `[^${bloc}]`;
  }

  /** After `[`: members, then maybe `-[…]`, then `]`. */
  #classe(): string {
    const nie = this.#ici() === '^';
    if (nie) this.#i += 1;
    let corps = '';
    let moins = '';
    let premier = true;
    while (this.#ici() !== ']') {
      if (this.#ici() === '-' && this.#c[this.#i + 1] === '[' && !premier) {
        this.#i += 2;
        moins = this.#classe();
        if (this.#ici() !== ']') this.#refuser('une soustraction doit terminer sa classe');
        break;
      }
      corps += this.#membre(premier);
      premier = false;
    }
    this.#i += 1;
    if (corps === '') this.#refuser('une classe est vide');
    const classe = `[${nie ? '^' : ''}${corps}]`;
    return moins === '' ? classe : `[${classe}--${moins}]`;
  }

  #membre(premier: boolean): string {
    const debut = this.#unite();
    if (debut.genre === 'classe') return debut.source;
    const tiret = debut.c === '-' && this.#c[this.#i - 2] !== '\\';
    if (tiret && !premier && this.#ici() !== ']') this.#refuser('un tiret y est ambigu');
    if (tiret || this.#ici() !== '-' || '][-'.includes(this.#c[this.#i + 1] ?? ']')) return litteral(debut.c);
    this.#i += 1;
    const fin = this.#unite();
    if (fin.genre === 'classe' || (fin.c.codePointAt(0) ?? 0) < (debut.c.codePointAt(0) ?? 0)) {
      this.#refuser('un intervalle y est mal écrit');
    }
    return `${litteral(debut.c)}-${litteral(fin.c)}`;
  }

  #unite(): Atome {
    const c = this.#prendre();
    if (c === '\\') return this.#echappement();
    if (c === '[') this.#refuser('un crochet y est ambigu');
    return { genre: 'caractere', c };
  }
}

export function lireMotif(texte: string): LectureMotif {
  try {
    return { type: 'lu', expression: new LecteurMotif(texte).tout() };
  } catch (e) {
    if (e instanceof Illisible) return { type: 'refus', motif: e.message };
    throw e;
  }
}
