import { beforeAll, describe, expect, test } from 'vitest';
import { imprimer, type SectionImprimee } from '../../../../src/formats/pdf/imprime.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { Balisage } from './structure.ts';

/** Where everything stands on the sheets, in points from the upper left corner. */

interface Texte {
  readonly x: number;
  /** Of the line on which the letters stand. */
  readonly y: number;
  readonly corps: number;
  readonly gras: boolean;
}

interface Feuille {
  readonly textes: readonly Texte[];
  /** x, y, width, height, and whether it is filled in. */
  readonly boites: readonly (readonly [number, number, number, number, boolean])[];
}

const arrondi = (n: number): number => Math.round(n * 100) / 100;

function lire(contenu: string, grasse: string | undefined): Feuille {
  const textes = [...contenu.matchAll(/^1 0 0 1 (\S+) (\S+) Tm\n\/(F\d+) (\S+) Tf$/gm)].map(
    ([, x, y, police, corps]) => ({
      x: arrondi(Number(x)),
      y: arrondi(841.89 - Number(y)),
      corps: Number(corps),
      gras: police === grasse,
    }),
  );
  const boites = [...contenu.matchAll(/^(\S+) (\S+) (\S+) (\S+) re\n(?:.*\n){0,3}?(f|S)$/gm)].map(
    ([, x, y, l, h, geste]) => {
      const [a = 0, b = 0, c = 0, d = 0] = [x, y, l, h].map((n) => arrondi(Number(n)));
      return [a, b, c, d, geste === 'f'] as const;
    },
  );
  return { textes, boites };
}

async function imprime(sections: readonly SectionImprimee[], pied = 'Pied'): Promise<readonly Feuille[]> {
  const octets = await imprimer({ titre: 'Titre', entete: 'Mairie', pied, date: 0 as Instant, sections });
  const pages = new Balisage(octets).pages();
  // the title is the first that is written in bold letters
  const grasse = /\/(F\d+) 16 Tf/.exec(pages[0]?.contenu ?? '')?.[1];
  return pages.map(({ contenu }) => lire(contenu, grasse));
}

/** From the top of a line to the letters: half of what is between lines, and the ascent of the font (1.069). */
const debut = (y: number, corps: number, interligne: number): number =>
  arrondi(y + (interligne - corps * 1.36) / 2 + corps * 1.069);
const texte = (x: number, y: number): Texte => ({ x, y: debut(y, 9, 12.5), corps: 9, gras: false });
const fort = (x: number, y: number): Texte => ({ ...texte(x, y), gras: true });
const titre = (y: number): Texte => ({ x: 50, y: debut(y, 11.5, 16), corps: 11.5, gras: true });
/** What is not the foot of the page. */
const corps = ({ textes }: Feuille = { textes: [], boites: [] }): readonly Texte[] =>
  textes.filter((t) => t.corps !== 8);

const COLONNES = [
  { titre: 'A', part: 4 },
  { titre: 'B', part: 2 },
  { titre: 'C', part: 2 },
];
const lignes = (n: number): string => Array.from({ length: n }, () => 'ligne').join('\n');
const paragraphe = (n: number): SectionImprimee => ({
  type: 'texte',
  titre: 'Long',
  paragraphes: [lignes(n)],
});
const tableau = (rangees: readonly (readonly string[])[]): SectionImprimee => ({
  type: 'tableau',
  titre: 'Tableau',
  colonnes: COLONNES,
  lignes: rangees,
});

describe('one sheet', () => {
  let feuilles: readonly Feuille[];
  beforeAll(async () => {
    feuilles = await imprime([
      {
        type: 'fiche',
        titre: 'Fiche',
        lignes: [
          ['Nature', 'Une'],
          ['Objet', lignes(3)],
        ],
      },
      tableau([['a', 'b', 'c']]),
      { type: 'texte', titre: 'Texte', paragraphes: ['Un', 'Deux'] },
    ]);
  });

  test('in whose name, the title, then each section under its own', async () => {
    expect(feuilles).toHaveLength(1);
    const vus = corps(feuilles[0]);
    expect(vus.slice(0, 3)).toEqual([
      texte(50, 50),
      { x: 50, y: debut(69.5, 16, 21), corps: 16, gras: true },
      titre(108.5),
    ]);
    expect(vus.filter((t) => t.corps === 11.5)).toEqual([titre(108.5), titre(210.5), titre(287.5)]);
    expect(vus.slice(-2)).toEqual([texte(50, 307.5), texte(50, 323)]);
  });

  test('a list: the words in bold on a ground, each row as high as its highest cell', () => {
    const [mots, choses] = [141.51, 353.77];
    expect(feuilles[0]?.boites.slice(0, 6)).toEqual([
      [50, 128.5, mots, 19.5, true],
      [50, 128.5, mots, 19.5, false],
      [191.51, 128.5, choses, 19.5, false],
      [50, 148, mots, 44.5, true],
      [50, 148, mots, 44.5, false],
      [191.51, 148, choses, 44.5, false],
    ]);
    expect(corps(feuilles[0]).slice(3, 9)).toEqual([
      fort(55, 132),
      texte(196.51, 132),
      fort(55, 151.5),
      texte(196.51, 151.5),
      texte(196.51, 164),
      texte(196.51, 176.5),
    ]);
  });

  test('a table: its columns share the width, its header is in bold on a ground', () => {
    const colonnes = [
      [50, 247.64],
      [297.64, 123.82],
      [421.46, 123.82],
    ] as const;
    expect(feuilles[0]?.boites.slice(6)).toEqual([
      ...colonnes.flatMap(([x, l]) => [
        [x, 230.5, l, 19.5, true],
        [x, 230.5, l, 19.5, false],
      ]),
      ...colonnes.map(([x, l]) => [x, 250, l, 19.5, false]),
    ]);
    expect(corps(feuilles[0]).slice(10, 16)).toEqual([
      ...colonnes.map(([x]) => fort(x + 5, 234)),
      ...colonnes.map(([x]) => texte(x + 5, 253.5)),
    ]);
  });

  test('the foot: who says so on the left, the number of the page against the right margin', () => {
    const [pied, numero, ...autres] = feuilles[0]?.textes.filter((t) => t.corps === 8) ?? [];
    expect([pied, autres]).toEqual([{ x: 50, y: debut(799.89, 8, 11), corps: 8, gras: false }, []]);
    expect(numero).toMatchObject({ y: pied?.y });
    // « page 1 sur 1 » in letters of 8 points
    expect(545.28 - (numero?.x ?? 0)).toBeGreaterThan(40);
    expect(545.28 - (numero?.x ?? 0)).toBeLessThan(55);
  });

  test('a foot too long for its line is cut there', async () => {
    const [feuille] = await imprime([], 'mot '.repeat(200));
    expect(feuille?.textes.filter((t) => t.corps === 8)).toHaveLength(2);
  });
});

describe('from one sheet to the next', () => {
  test('a paragraph fills each to its foot', async () => {
    const feuilles = await imprime([paragraphe(200)]);
    expect(feuilles.map((f) => corps(f).filter((t) => t.corps === 9).length)).toEqual([53, 58, 58, 32]);
    expect(corps(feuilles[1])[0]).toEqual(texte(50, 50));
    expect(corps(feuilles[0]).at(-1)).toEqual(texte(50, 128.5 + 51 * 12.5));
  });

  test('a title keeps three lines under it, or goes over', async () => {
    const suite: SectionImprimee = { type: 'texte', titre: 'Suite', paragraphes: ['x'] };
    const titres = async (n: number) =>
      (await imprime([paragraphe(n), suite])).map((f) => corps(f).filter((t) => t.corps === 11.5));
    expect(await titres(45)).toEqual([[titre(108.5), titre(708)]]);
    expect(await titres(46)).toEqual([[titre(108.5)], [titre(50)]]);
  });

  test('rows go over whole, under the header again', async () => {
    const feuilles = await imprime([tableau(Array.from({ length: 70 }, () => ['a', 'b', 'c']))]);
    const rangees = feuilles.map((f) => corps(f).filter((t) => t.corps === 9 && !t.gras && t.x === 55));
    expect(rangees.map((r) => r.length)).toEqual([32, 36, 2]);
    expect(feuilles.map((f) => corps(f).filter((t) => t.corps === 9 && t.gras).length)).toEqual([3, 3, 3]);
    expect(rangees[1]?.[0]).toEqual(texte(55, 73));
  });

  test('a row that a page would hold is not cut', async () => {
    const feuilles = await imprime([
      tableau([
        [lignes(40), '', ''],
        [lignes(20), '', ''],
      ]),
    ]);
    const parFeuille = feuilles.map((f) => corps(f).filter((t) => t.x === 55 && !t.gras).length);
    expect(parFeuille).toEqual([40, 20]);
  });

  test('one that no page would hold is cut where each ends', async () => {
    const feuilles = await imprime([tableau([[lignes(200), 'b', 'c']])]);
    const parFeuille = feuilles.map((f) => corps(f).filter((t) => t.x === 55 && !t.gras).length);
    expect(parFeuille).toEqual([50, 56, 56, 38]);
    expect(corps(feuilles[1]).filter((t) => t.x !== 55 && !t.gras)).toEqual([]);
  });

  test('a table begins with a row under its header, or on the next', async () => {
    const haut: SectionImprimee = {
      type: 'tableau',
      titre: 'Tableau',
      colonnes: [{ titre: lignes(6), part: 1 }],
      lignes: [['a']],
    };
    const boites = async (n: number) => (await imprime([paragraphe(n), haut])).map((f) => f.boites.length);
    // header 82, row 19.5: 101.5 after the 34 of the title
    expect([await boites(41), await boites(42)]).toEqual([[3], [0, 3]]);
  });
});
