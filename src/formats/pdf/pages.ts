import { abime, demesure } from './analyseur.ts';
import type { DocumentPdf } from './document.ts';
import { type Dictionnaire, enNom, type ObjetPdf, type Reference } from './objets.ts';

/** Pages in the order of reading, with what they inherit (ISO 32000-1, 7.7.3). */

const NOEUDS_MAX = 200_000;

/** Entries that a page has of its own or from the nodes above it (table 30). */
const HERITABLES = ['Resources', 'MediaBox', 'CropBox', 'Rotate'] as const;
type Heritable = (typeof HERITABLES)[number];

export interface Heritage {
  readonly valeur: ObjetPdf;
  /** The node or page that says it. */
  readonly porteur: Reference;
}

export interface PagePdf {
  /** From 1. */
  readonly rang: number;
  readonly reference: Reference;
  readonly dictionnaire: Dictionnaire;
  /** Its own entry, or the nearest above. */
  readonly herite: ReadonlyMap<Heritable, Heritage>;
}

interface Noeud {
  readonly reference: Reference;
  readonly herite: ReadonlyMap<Heritable, Heritage>;
}

function heriter({ reference, herite }: Noeud, { entrees }: Dictionnaire): ReadonlyMap<Heritable, Heritage> {
  const propres = HERITABLES.flatMap((cle) => {
    const valeur = entrees.get(cle);
    const nul = valeur === undefined || (valeur.type === 'mot' && valeur.texte === 'null');
    return nul ? [] : [[cle, { valeur, porteur: reference }] as const];
  });
  return propres.length === 0 ? herite : new Map([...herite, ...propres]);
}

/** A node has kids; a page that would have some is a page all the same when it says so. */
function estNoeud(document: DocumentPdf, { entrees }: Dictionnaire): boolean {
  const type = enNom(document.resoudre(entrees.get('Type')));
  return type === 'Pages' || (type !== 'Page' && entrees.has('Kids'));
}

function enfants(document: DocumentPdf, dictionnaire: Dictionnaire, herite: Noeud['herite']): Noeud[] {
  return document.elements(dictionnaire.entrees.get('Kids')).map((reference) => {
    if (reference.type !== 'reference') throw abime('une page n’y est pas un objet à part');
    return { reference, herite };
  });
}

export function catalogueDe(document: DocumentPdf): Dictionnaire {
  const catalogue = document.dictionnaire(document.trailer.entrees.get('Root'));
  if (catalogue === null) throw abime('son catalogue manque');
  return catalogue;
}

/**
 * Never trusts `Count`, and walks without recursion: a tree that loops, or has no end, is refused. A page that stands in
 * two places is given twice.
 * Throws VGM-PDF-001 to -003.
 */
export function* parcourirPages(document: DocumentPdf): Generator<PagePdf> {
  const racine = catalogueDe(document).entrees.get('Pages');
  if (racine?.type !== 'reference') throw abime('son arbre des pages manque');
  const pile: Noeud[] = [{ reference: racine, herite: new Map() }];
  const noeuds = new Set<number>();
  let rang = 0;
  for (let noeud = pile.pop(); noeud !== undefined; noeud = pile.pop()) {
    const reference = document.derniere(noeud.reference);
    const dictionnaire = document.dictionnaire(reference);
    if (dictionnaire === null) throw abime('une page manque');
    const herite = heriter({ ...noeud, reference }, dictionnaire);
    if (!estNoeud(document, dictionnaire)) {
      rang += 1;
      yield { rang, reference, dictionnaire, herite };
      continue;
    }
    if (noeuds.has(reference.numero)) throw abime('son arbre des pages tourne en rond');
    noeuds.add(reference.numero);
    const suite = enfants(document, dictionnaire, herite);
    if (rang + pile.length + suite.length > NOEUDS_MAX) throw demesure('il a trop de pages');
    for (const enfant of suite.toReversed()) pile.push(enfant);
  }
  if (rang === 0) throw abime('il n’a pas de page');
}
