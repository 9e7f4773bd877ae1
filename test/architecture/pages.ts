import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const RACINE = join(import.meta.dirname, '..', '..');

/** A fenced block of a page. */
export interface Bloc {
  readonly langue: string;
  readonly texte: string;
}

/** One page of the documentation, cut into what a reader types and what he reads. */
export interface Page {
  /** From the root of the repository. */
  readonly nom: string;
  readonly texte: string;
  readonly blocs: readonly Bloc[];
  /** Without its fenced blocks. */
  readonly prose: string;
  /** Inline code, white space collapsed. */
  readonly citations: readonly string[];
}

/** A page may cite several lines of code; a block may hold anything but its own fence. */
const BLOC = /^( *)```(\w*)\n([\s\S]*?)\n\1```$/gm;

function lirePage(nom: string): Page {
  const texte = readFileSync(join(RACINE, nom), 'utf8');
  const blocs = [...texte.matchAll(BLOC)].map(([, marge = '', langue = '', corps = '']) => ({
    langue,
    texte: corps
      .split('\n')
      .map((l) => (l.startsWith(marge) ? l.slice(marge.length) : l))
      .join('\n'),
  }));
  const prose = texte.replace(BLOC, '');
  const citations = [...prose.matchAll(/`([^`]+)`/g)].map(([, c = '']) => c.replace(/\s+/g, ' ').trim());
  return { nom, texte, blocs, prose, citations };
}

export function lirePages(): readonly Page[] {
  const docs = readdirSync(join(RACINE, 'docs'), { recursive: true, encoding: 'utf8' });
  const noms = docs.filter((f) => f.endsWith('.md')).map((f) => `docs/${f}`);
  return ['README.md', 'CHANGELOG.md', ...noms.toSorted()].map(lirePage);
}

/** Heading as an anchor of the usual renderers: lower case, punctuation dropped, spaces as hyphens. */
function ancre(titre: string): string {
  return titre
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

export function titres({ prose }: Page): readonly string[] {
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, titre = '']) => titre);
}

export function ancres(page: Page): ReadonlySet<string> {
  const posees = [...page.prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return new Set([...titres(page).map(ancre), ...posees]);
}

/** Words of each simple command of a shell text: quotes undone, continuation lines joined, operators cut. */
export function commandes(texte: string): readonly (readonly string[])[] {
  const toutes: string[][] = [[]];
  let mot: string | null = null;
  const finirMot = (): void => {
    if (mot !== null) toutes.at(-1)?.push(mot);
    mot = null;
  };
  const jetons = texte
    .replaceAll('\\\n', ' ')
    .matchAll(/'([^']*)'|"([^"]*)"|([ \t]+)|(#.*)|([\n;|&<>()]+)|([^\s'";|&<>()]+)/g);
  for (const [tout, simple, double, blanc, commentaire, operateur] of jetons) {
    const cite = simple ?? double;
    if (cite !== undefined) mot = (mot ?? '') + cite;
    else if (blanc !== undefined) finirMot();
    else if (operateur !== undefined || (commentaire !== undefined && mot === null)) {
      finirMot();
      toutes.push([]);
    } else mot = (mot ?? '') + tout;
  }
  finirMot();
  return toutes.filter((mots) => mots.length > 0);
}

/** What follows the name of our program in a command, or undefined when it calls another one. */
export function appel(mots: readonly string[]): readonly string[] | undefined {
  const [premier = '', ...suite] = mots;
  if (/^[A-Z_]+=/.test(premier) && !premier.startsWith('ExecStart=')) return appel(suite);
  if (/^(ExecStart=)?\S*\/node$/.test(premier)) return appel(suite);
  return /^(\S*\/)?vaguemestre$/.test(premier) ? suite : undefined;
}
