import { type DocumentMutable, ecrireDocument } from './mutants-xml.ts';

/** What is done once at every place of a PES: chance alone seldom puts a boundary value where it bites. */

type Noeud = DocumentMutable['racine'];

const mots = (texte: string): string[] => texte.trim().split(/\s+/);

/** Values with white space in them. */
const ESPACES = ['a b', 'A B', "L'A (B)", ' ', '  ', '', 'a&#10;b', 'ab&#10;cd', '0&#10;0', '&#10;', '&#9;1'];

/** Around every bound of the values of a PES: codes, digits, amounts, dates, lengths, alphabets, empty shells. */
const VALEURS: readonly string[] = [
  ...mots('0 1 2 3 5 00 000 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 18 20 30 50 74 001 013 014 016 099'),
  ...mots('-1 +1 1.0 1.00 1.5 1.234 0.00 0.01 99.99 100.00 01.50 . .5 5. 1e3 nc nC n. nb a A ab Aa0 A_b é Œ'),
  ...mots('1234 12345 123456 1234567 12345678 12345678901234 123456789012345 99999999999999 999999999999.99'),
  ...mots('9999999999999.99 034079 02A079 02B0791 02C079 0340791 034 97 2A 95 96 988 989 132 632 FR FR76'),
  ...mots('2026 02026 -0044 0000 2026-02-28 2026-02-29 2026-2-8 2026-02-28Z 2026-13-01 true false TRUE'),
  ...mots(
    'FR7630001007941234567890185 fr7630001 BDFEFRPP BDFEFRPPCCT BDFEFRP bdfefrpp BDFEFR1O a.pdf a.p a.pdfxx .pdf a/b_c ++A',
  ),
  ...[9, 10, 11, 15, 20, 25, 32, 35, 38, 50, 70, 80, 100, 101, 140, 160, 250, 251].map((n) => 'a'.repeat(n)),
  ...ESPACES,
  '𝄞'.repeat(38),
  'é'.repeat(39),
  '0'.repeat(30),
];

/** One value in `pas`, beginning elsewhere at each place. */
interface Tour {
  readonly pas: number;
  place: number;
}

function* valeurs(n: Noeud, tour: Tour): Generator<string> {
  for (const attribut of n.attributs) {
    if (attribut[0].startsWith('xmlns')) continue;
    const avant = attribut[1];
    tour.place += 1;
    for (let k = tour.place % tour.pas; k < VALEURS.length; k += tour.pas) {
      const valeur = VALEURS[k] as string;
      attribut[1] = valeur;
      yield `@${attribut[0]} = « ${valeur.slice(0, 40)} »`;
    }
    attribut[1] = avant;
  }
}

function* attributs(n: Noeud): Generator<string> {
  const avant = n.attributs;
  for (const [k, [nom]] of avant.entries()) {
    if (nom.startsWith('xmlns')) continue;
    n.attributs = avant.toSpliced(k, 1);
    yield `no @${nom}`;
  }
  for (const ajout of ['V', 'v', 'Id', 'W', 'xml:lang']) {
    if (avant.some(([nom]) => nom === ajout)) continue;
    n.attributs = [...avant, [ajout, 'A1']];
    yield `@${ajout} added`;
  }
  n.attributs = avant;
}

function* contenus(n: Noeud): Generator<string> {
  const avant = n.enfants;
  for (const texte of ['x', ' ', '<X/>', '<Id V="1"/>', '<!-- c -->']) {
    n.enfants = [...avant, texte];
    yield `${texte} at the end`;
  }
  n.enfants = [];
  if (avant.length > 0) yield 'emptied';
  n.enfants = avant;
}

function* fratrie(n: Noeud, parent: Noeud): Generator<string> {
  const avant = parent.enfants;
  const i = avant.indexOf(n);
  const suivant = avant.findIndex((e, k) => k > i && typeof e !== 'string');
  for (const fois of [0, 2, 3]) {
    parent.enfants = avant.toSpliced(i, 1, ...Array.from({ length: fois }, () => n));
    yield `${fois} times`;
  }
  parent.enfants = avant.filter((e) => typeof e === 'string' || e.nom !== n.nom);
  yield 'none left';
  if (suivant > 0) {
    parent.enfants = avant.toSpliced(suivant + 1, 0, n).toSpliced(i, 1);
    yield 'after its neighbour';
  }
  parent.enfants = avant;
  const nom = n.nom;
  for (const autre of ['Inconnu', nom.toLowerCase(), `n:${nom}`]) {
    if (nom.includes(':')) continue;
    n.nom = autre;
    yield `renamed ${autre}`;
  }
  n.nom = nom;
}

function* partout(n: Noeud, parent: Noeud | null, tour: Tour): Generator<string> {
  yield* valeurs(n, tour);
  yield* attributs(n);
  yield* contenus(n);
  if (parent !== null) yield* fratrie(n, parent);
}

/**
 * Every systematic mutation, once per path of names, over all the documents.
 * @param pas 1 tries every value at every place.
 */
export function* systematiques(
  documents: readonly DocumentMutable[],
  pas: number,
): Generator<{ readonly texte: string; readonly fait: string }> {
  const places = new Set<string>();
  const tour: Tour = { pas, place: 0 };
  const descendre = function* (n: Noeud, chemin: string, parent: Noeud | null): Generator<string> {
    const ici = `${chemin}/${n.nom}`;
    if (!places.has(ici)) for (const fait of partout(n, parent, tour)) yield `${ici} ${fait}`;
    places.add(ici);
    // what is inside a signature is not stated
    if (n.nom === 'ds:Signature') return;
    for (const enfant of n.enfants) if (typeof enfant !== 'string') yield* descendre(enfant, ici, n);
  };
  for (const document of documents) {
    const copie = structuredClone(document);
    for (const fait of descendre(copie.racine, '', null)) yield { texte: ecrireDocument(copie), fait };
  }
}
