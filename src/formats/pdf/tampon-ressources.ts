import type { DocumentPdf } from './document.ts';
import {
  avec,
  type Dictionnaire,
  dictionnaire,
  enDictionnaire,
  type ObjetPdf,
  type Reference,
  tableau,
} from './objets.ts';
import type { PagePdf } from './pages.ts';

/**
 * Names of forms in the resources of pages, and annotations in their lists. What several pages share is changed once,
 * where it is: a copy in each page would multiply it.
 */
export class Ressources {
  readonly #document: DocumentPdf;
  readonly #changes = new Map<number, ObjetPdf>();
  /** By holder and form. */
  readonly #noms = new Map<string, string>();

  constructor(document: DocumentPdf) {
    this.#document = document;
  }

  /** Shared objects, as they must become. */
  changes(): ReadonlyMap<number, ObjetPdf> {
    return this.#changes;
  }

  #courant(numero: number): ObjetPdf {
    return this.#changes.get(numero) ?? this.#document.objet(numero).objet;
  }

  /** Follows references to the last one, whose object is no reference. */
  #porteur(valeur: ObjetPdf | undefined): Reference | null {
    let porteur = valeur?.type === 'reference' ? valeur : null;
    for (let n = 0; porteur !== null && n < 10; n += 1) {
      const objet = this.#courant(porteur.numero);
      if (objet.type !== 'reference') return porteur;
      porteur = objet;
    }
    return null;
  }

  /** @returns the name given to a form in these resources, and what they become. */
  #inscrire(
    xobjets: Dictionnaire,
    forme: Reference,
  ): { readonly nom: string; readonly xobjets: Dictionnaire } {
    let rang = 1;
    while (xobjets.entrees.has(`VgmTampon${rang}`)) rang += 1;
    const nom = `VgmTampon${rang}`;
    return { nom, xobjets: avec(xobjets, nom, forme) };
  }

  #inscrireDans(porteur: Reference, forme: Reference, entree: 'objet' | 'XObject' | 'Resources'): string {
    const cle = `${porteur.numero} ${entree} ${forme.numero}`;
    const connu = this.#noms.get(cle);
    if (connu !== undefined) return connu;
    const base = enDictionnaire(this.#courant(porteur.numero)) ?? dictionnaire({});
    const { nom, objet } = this.#ajouter(base, forme, entree);
    this.#changes.set(porteur.numero, objet);
    this.#noms.set(cle, nom);
    return nom;
  }

  /** Adds a form to a list of forms, to resources that hold one, or to a node or page that holds resources; all direct. */
  #ajouter(
    base: Dictionnaire,
    forme: Reference,
    entree: 'objet' | 'XObject' | 'Resources',
  ): { readonly nom: string; readonly objet: Dictionnaire } {
    if (entree === 'objet') {
      const { nom, xobjets } = this.#inscrire(base, forme);
      return { nom, objet: xobjets };
    }
    const dedans = enDictionnaire(base.entrees.get(entree)) ?? dictionnaire({});
    const { nom, objet } = this.#ajouter(dedans, forme, entree === 'XObject' ? 'objet' : 'XObject');
    return { nom, objet: avec(base, entree, objet) };
  }

  /**
   * Gives a form a name that this page can draw it by.
   * @returns that name, and the page, changed when it holds its resources itself.
   */
  nommer(page: PagePdf, forme: Reference): { readonly nom: string; readonly page: Dictionnaire } {
    const herite = page.herite.get('Resources');
    const porteur = this.#porteur(herite?.valeur);
    const ressources = enDictionnaire(porteur === null ? herite?.valeur : this.#courant(porteur.numero));
    const liste = this.#porteur(ressources?.entrees.get('XObject'));
    if (liste !== null) return { nom: this.#inscrireDans(liste, forme, 'objet'), page: page.dictionnaire };
    if (porteur !== null && ressources !== null) {
      return { nom: this.#inscrireDans(porteur, forme, 'XObject'), page: page.dictionnaire };
    }
    if (herite !== undefined && ressources !== null && herite.porteur.numero !== page.reference.numero) {
      return { nom: this.#inscrireDans(herite.porteur, forme, 'Resources'), page: page.dictionnaire };
    }
    const { nom, objet } = this.#ajouter(page.dictionnaire, forme, 'Resources');
    return { nom, page: objet };
  }

  /** Adds an annotation to a page. @returns the page, changed when it holds the list itself. */
  annoter(page: Dictionnaire, annotation: Reference): Dictionnaire {
    const porteur = this.#porteur(page.entrees.get('Annots'));
    const liste = porteur === null ? page.entrees.get('Annots') : this.#courant(porteur.numero);
    const elements = liste?.type === 'tableau' ? liste.elements : [];
    const change = tableau([...elements, annotation]);
    if (porteur === null || liste?.type !== 'tableau') return avec(page, 'Annots', change);
    this.#changes.set(porteur.numero, change);
    return page;
  }
}
