import type { DocumentPdf } from './document.ts';
import { ecrireObjet } from './ecrire.ts';
import {
  type Dictionnaire,
  enDictionnaire,
  enNom,
  type ObjetPdf,
  type Reference,
  reference,
} from './objets.ts';
import { catalogueDe } from './pages.ts';
import type { Entree } from './section.ts';

/**
 * What became of a document after one of its revisions was signed: its objects as they were, held against those that a
 * reader shows now. Other signatures, time-stamps and evidence may come after; whatever else changed is a modification.
 */

export type Suite = 'complements' | 'modifications';

/** Objects that are looked at: a document of more, completed after it was signed, is taken for modified. */
const OBJETS_MAX = 500_000;
/** Bytes of a stream, decoded, to tell whether it is the same. */
const FLUX_MAX = 16_000_000;

/** Entries that say nothing of what is shown. */
const LIBRES_CATALOGUE: ReadonlySet<string> = new Set([
  'DSS',
  'Extensions',
  'Version',
  'Metadata',
  'AcroForm',
]);
const LIBRES_FORMULAIRE: ReadonlySet<string> = new Set(['Fields', 'SigFlags']);
const LIBRES_PAGE: ReadonlySet<string> = new Set(['Annots']);
/** A field that was waiting for its signature, and its place on the page. */
const FIXES_CHAMP = ['T', 'FT', 'Type', 'Subtype', 'Rect', 'P', 'Parent', 'Kids'] as const;
const LIBRES_LIEU: ReadonlySet<string> = new Set(['AP', 'AS', 'F', 'M']);
/** Entries that a form gains with its first visible signature. */
const GAGNES: ReadonlySet<string> = new Set(['DA', 'DR']);

function memeEntree(a: Entree, b: Entree): boolean {
  if (a.type === 'libre' || b.type === 'libre') return a.type === b.type;
  if (a.type === 'place') return b.type === 'place' && a.position === b.position;
  return b.type === 'dans' && a.flux === b.flux;
}

const texte = (objet: ObjetPdf | undefined): string => (objet === undefined ? '' : ecrireObjet(objet, null));
const numeroDe = (objet: ObjetPdf | undefined): number => (objet?.type === 'reference' ? objet.numero : -1);
const type = (d: Dictionnaire | null): string | null => enNom(d?.entrees.get('Type'));

function* references(objet: ObjetPdf): Generator<Reference> {
  if (objet.type === 'reference') yield objet;
  else if (objet.type === 'tableau') for (const e of objet.elements) yield* references(e);
  else if (objet.type === 'dictionnaire') for (const v of objet.entrees.values()) yield* references(v);
}

export class ComparaisonRevisions {
  readonly #avant: DocumentPdf;
  readonly #apres: DocumentPdf;
  #numero = 1;
  #fin = 0;
  #catalogue = -1;
  #formulaire = -1;
  #info = -1;
  #preuves: ReadonlySet<number> = new Set();

  /** @param avant the document as it was signed. */
  constructor(avant: DocumentPdf, apres: DocumentPdf) {
    this.#avant = avant;
    this.#apres = apres;
  }

  /** What cannot change is looked at first. @returns the answer when it is known already. */
  commencer(): Suite | null {
    const [a, b] = [this.#avant, this.#apres];
    const inchanges = ['Root', 'Encrypt'].every(
      (cle) => texte(a.trailer.entrees.get(cle)) === texte(b.trailer.entrees.get(cle)),
    );
    const revisee =
      a.references.depart !== b.references.depart && a.references.origine === b.references.origine;
    this.#fin = Math.max(a.references.premierLibre(), b.references.premierLibre());
    if (!inchanges || !revisee || this.#fin > OBJETS_MAX) return 'modifications';
    this.#catalogue = numeroDe(a.trailer.entrees.get('Root'));
    this.#info = numeroDe(a.trailer.entrees.get('Info'));
    this.#formulaire = numeroDe(catalogueDe(a).entrees.get('AcroForm'));
    this.#preuves = this.#objetsDePreuve();
    return null;
  }

  /** Looks at a few objects more; to be called until it answers. A call that is cut short changes nothing. */
  avancer(): Suite | null {
    for (let n = 0; n < 200; n += 1) {
      if (this.#numero >= this.#fin) return 'complements';
      if (!this.#permis(this.#numero)) return 'modifications';
      this.#numero += 1;
    }
    return null;
  }

  /** DSS, its lists, and what it says of each signature (ETSI EN 319 142-1, 5.4): never shown. */
  #objetsDePreuve(): ReadonlySet<number> {
    const vus = new Set<number>();
    const voir = (objet: ObjetPdf | undefined, niveau: number): void => {
      if (objet?.type === 'reference') vus.add(objet.numero);
      const vu = this.#avant.resoudre(objet);
      if (niveau === 0) return;
      if (vu.type === 'dictionnaire') for (const v of vu.entrees.values()) voir(v, niveau - 1);
    };
    voir(catalogueDe(this.#avant).entrees.get('DSS'), 3);
    return vus;
  }

  #permis(numero: number): boolean {
    const [a, b] = [this.#avant.references.chercher(numero), this.#apres.references.chercher(numero)];
    if (a.type === 'libre') return true;
    const { objet } = this.#avant.objet(numero);
    if (this.#appelle(objet)) return false;
    if (memeEntree(a, b)) return true;
    return b.type !== 'libre' && this.#changePermis(numero, objet, this.#apres.objet(numero).objet);
  }

  /** A signed object waits for one that is only there now: what is shown would no longer be what was signed. */
  #appelle(objet: ObjetPdf): boolean {
    for (const { numero } of references(objet)) {
      const absent = this.#avant.references.chercher(numero).type === 'libre';
      if (absent && this.#apres.references.chercher(numero).type !== 'libre') return true;
    }
    return false;
  }

  // oxlint-disable-next-line max-params -- an object, before and after
  #changePermis(numero: number, avant: ObjetPdf, apres: ObjetPdf): boolean {
    const [a, b] = [enDictionnaire(avant), enDictionnaire(apres)];
    const flux = this.#memeFlux(numero, type(a) === type(b) ? type(a) : null);
    if (flux === 'autre') return false;
    if (flux === 'permis' || texte(avant) === texte(apres)) return true;
    if (flux === 'meme') return false;
    if (numero === this.#info || this.#preuves.has(numero)) return true;
    if (a === null || b === null) return this.#listePermise(avant, apres);
    if (numero === this.#catalogue) return this.#cataloguePermis(a, b);
    if (numero === this.#formulaire) return this.#formulairePermis(a, b);
    if (type(a) === 'Page') return memes(a, b, LIBRES_PAGE) && this.#listesPermises('Annots', a, b);
    return this.#champPermis(a, b);
  }

  #memeFlux(numero: number, sorte: string | null): 'aucun' | 'meme' | 'permis' | 'autre' {
    const ou = reference(numero);
    const [a, b] = [this.#avant.flux(ou, FLUX_MAX), this.#apres.flux(ou, FLUX_MAX)];
    if (a === null && b === null) return 'aucun';
    if (sorte === 'Metadata' || sorte === 'XRef') return 'permis';
    if (a?.type !== 'decode' || b?.type !== 'decode') return 'autre';
    return Buffer.compare(a.octets, b.octets) === 0 ? 'meme' : 'autre';
  }

  #cataloguePermis(a: Dictionnaire, b: Dictionnaire): boolean {
    if (!memes(a, b, LIBRES_CATALOGUE)) return false;
    const [avant, apres] = [a.entrees.get('AcroForm'), b.entrees.get('AcroForm')];
    const neuf = this.#apres.dictionnaire(apres);
    if (neuf === null) return this.#avant.dictionnaire(avant) === null;
    const vide: Dictionnaire = { type: 'dictionnaire', entrees: new Map() };
    return this.#formulairePermis(this.#avant.dictionnaire(avant) ?? vide, neuf);
  }

  #formulairePermis(a: Dictionnaire, b: Dictionnaire): boolean {
    const gagnes = [...GAGNES].filter((cle) => !a.entrees.has(cle));
    return memes(a, b, new Set([...LIBRES_FORMULAIRE, ...gagnes])) && this.#listesPermises('Fields', a, b);
  }

  #listesPermises(cle: string, a: Dictionnaire, b: Dictionnaire): boolean {
    const [avant, apres] = [
      this.#avant.elements(a.entrees.get(cle)),
      this.#apres.elements(b.entrees.get(cle)),
    ];
    return this.#ajoutsPermis(avant, apres);
  }

  #listePermise(a: ObjetPdf, b: ObjetPdf): boolean {
    return a.type === 'tableau' && b.type === 'tableau' && this.#ajoutsPermis(a.elements, b.elements);
  }

  /** All that was listed, in its order, and signatures. */
  #ajoutsPermis(avant: readonly ObjetPdf[], apres: readonly ObjetPdf[]): boolean {
    let rang = 0;
    for (const element of apres) {
      if (rang < avant.length && texte(avant[rang]) === texte(element)) rang += 1;
      else if (!this.#signatureAjoutee(element)) return false;
    }
    return rang === avant.length;
  }

  /** A field of signature that is filled in, or that shows nothing; never something else as well. */
  #signatureAjoutee(element: ObjetPdf): boolean {
    const champ = this.#apres.dictionnaire(element);
    if (champ === null || enNom(champ.entrees.get('FT')) !== 'Sig') return false;
    if (![null, 'Annot'].includes(type(champ)) || champ.entrees.has('Kids')) return false;
    return this.#apres.dictionnaire(champ.entrees.get('V')) !== null || !champ.entrees.has('AP');
  }

  #champPermis(a: Dictionnaire, b: Dictionnaire): boolean {
    if (this.#attendSignature(a)) {
      return FIXES_CHAMP.every((cle) => texte(a.entrees.get(cle)) === texte(b.entrees.get(cle)));
    }
    const parent = this.#avant.dictionnaire(a.entrees.get('Parent'));
    return parent !== null && this.#attendSignature(parent) && memes(a, b, LIBRES_LIEU);
  }

  #attendSignature(champ: Dictionnaire): boolean {
    return (
      enNom(champ.entrees.get('FT')) === 'Sig' && this.#avant.dictionnaire(champ.entrees.get('V')) === null
    );
  }
}

/** The same entries, but those that may change. */
function memes(a: Dictionnaire, b: Dictionnaire, libres: ReadonlySet<string>): boolean {
  const cles = new Set([...a.entrees.keys(), ...b.entrees.keys()]);
  return [...cles].every((cle) => libres.has(cle) || texte(a.entrees.get(cle)) === texte(b.entrees.get(cle)));
}
