import { octetsDe } from '../../../../src/formats/pdf/chaines.ts';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { type Dictionnaire, enEntier, enNom, type ObjetPdf } from '../../../../src/formats/pdf/objets.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { catalogueDe, parcourirPages } from '../../../../src/formats/pdf/pages.ts';

/** The structure tree of a tagged PDF, as whoever listens to it goes through it. */

export interface Element {
  readonly type: string;
  readonly portee: string | null;
  readonly enfants: readonly Element[];
  /** Page and mark of each content that it holds itself. */
  readonly contenus: readonly string[];
}

export class Balisage {
  readonly document: DocumentPdf;
  readonly catalogue: Dictionnaire;
  readonly racine: Element;

  constructor(octets: Uint8Array) {
    this.document = new DocumentPdf(new Octets(octets));
    this.catalogue = catalogueDe(this.document);
    const arbre = this.document.dictionnaire(this.catalogue.entrees.get('StructTreeRoot'));
    this.racine = {
      type: 'racine',
      portee: null,
      contenus: [],
      enfants: this.#elements(arbre?.entrees.get('K')),
    };
  }

  #liste(valeur: ObjetPdf | undefined): readonly ObjetPdf[] {
    const objet = this.document.resoudre(valeur);
    return objet.type === 'tableau' ? objet.elements : valeur === undefined ? [] : [valeur];
  }

  #elements(valeur: ObjetPdf | undefined): Element[] {
    return this.#liste(valeur).flatMap((enfant) => {
      const d = this.document.dictionnaire(enfant);
      return d === null || enNom(d.entrees.get('Type')) === 'MCR' ? [] : [this.#element(d)];
    });
  }

  #element(d: Dictionnaire): Element {
    const page = (p: ObjetPdf | undefined): number => (p?.type === 'reference' ? p.numero : -1);
    const contenus = this.#liste(d.entrees.get('K')).flatMap((k) => {
      const mcid = enEntier(this.document.resoudre(k));
      if (mcid !== null) return [`${page(d.entrees.get('Pg'))} ${mcid}`];
      const marque = this.document.dictionnaire(k);
      if (marque === null || enNom(marque.entrees.get('Type')) !== 'MCR') return [];
      return [
        `${page(marque.entrees.get('Pg') ?? d.entrees.get('Pg'))} ${enEntier(marque.entrees.get('MCID'))}`,
      ];
    });
    const attributs = this.document.dictionnaire(d.entrees.get('A'));
    return {
      type: enNom(d.entrees.get('S')) ?? '',
      portee: enNom(attributs?.entrees.get('Scope')),
      contenus,
      enfants: this.#elements(d.entrees.get('K')),
    };
  }

  /** Contents of the pages, in order, with the number of the page. */
  pages(): readonly { readonly numero: number; readonly contenu: string }[] {
    return [...parcourirPages(this.document)].map(({ reference, dictionnaire }) => {
      const contenus = dictionnaire.entrees.get('Contents');
      const references = contenus?.type === 'reference' ? [contenus] : this.#liste(contenus);
      const textes = references.map((r) => {
        const lu = r.type === 'reference' ? this.document.flux(r, 10_000_000) : null;
        return lu?.type === 'decode' ? Buffer.from(lu.octets).toString('latin1') : '';
      });
      return { numero: reference.numero, contenu: textes.join('\n') };
    });
  }

  texte(valeur: ObjetPdf | undefined): string {
    const objet = this.document.resoudre(valeur);
    return objet.type === 'chaine' ? octetsDe(objet).toString('latin1') : '';
  }
}

/** All elements of a type, in the order of reading. */
export function tous(element: Element, type: string): readonly Element[] {
  return [...(element.type === type ? [element] : []), ...element.enfants.flatMap((e) => tous(e, type))];
}
