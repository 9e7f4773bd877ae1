import { type BilanContenu, LecteurContenu } from './bilan-contenu.ts';
import { chaineDeTexte } from './chaines.ts';
import type { DocumentPdf } from './document.ts';
import type { MiseAJour } from './mise-a-jour.ts';
import {
  avec,
  type Dictionnaire,
  dictionnaire,
  nom,
  nombre,
  type ObjetPdf,
  type Reference,
  tableau,
} from './objets.ts';
import type { PagePdf } from './pages.ts';
import { Ressources } from './tampon-ressources.ts';
import type { Lieu } from './tampon-lieu.ts';

/** Puts a form on pages: at the end of their content, or as an annotation. */

export interface Empreinte {
  readonly lieu: Lieu;
  readonly forme: Reference;
  readonly texte: string;
}

/** Bytes of the content of one page, then of all: beyond that it is not read, and the page gets an annotation. */
const CONTENU_MAX = 32_000_000;
const CONTENUS_MAX = 256_000_000;
/** Streams of one page. */
const FLUX_MAX = 10_000;
/** What is left open beyond it is no slip of a writer. */
const OUVERTS_MAX = 500;
/** Print, read only, locked, content locked (table 165). */
const DRAPEAUX = 4 + 64 + 128 + 512;

export class PoseTampon {
  readonly #document: DocumentPdf;
  readonly #maj: MiseAJour;
  readonly #mode: 'contenu' | 'annotation';
  readonly #ressources: Ressources;
  /** By what they say: pages of one sort share them. */
  readonly #flux = new Map<string, Reference>();
  readonly #posees = new Set<number>();
  #annotees = 0;
  #reste = CONTENUS_MAX;

  constructor(document: DocumentPdf, maj: MiseAJour, mode: 'contenu' | 'annotation') {
    this.#document = document;
    this.#maj = maj;
    this.#mode = mode;
    this.#ressources = new Ressources(document);
  }

  /** A page that stands in two places of the document is stamped once. */
  poser(page: PagePdf, empreinte: Empreinte): void {
    const { numero } = page.reference;
    if (this.#posees.has(numero)) return;
    this.#posees.add(numero);
    const contenus = this.#contenus(page.dictionnaire.entrees.get('Contents'));
    const bilan = this.#mode === 'contenu' ? this.#lire(contenus) : null;
    if (bilan === null) this.#annotees += 1;
    const dictionnairePage =
      bilan === null ? this.#annoter(page, empreinte) : this.#dessiner(page, empreinte, { contenus, bilan });
    if (dictionnairePage === page.dictionnaire) return;
    this.#maj.remplacer(numero, this.#document.objet(numero), dictionnairePage);
  }

  /** @returns how many pages got an annotation. */
  terminer(): number {
    for (const [numero, objet] of this.#ressources.changes()) {
      this.#maj.remplacer(numero, this.#document.objet(numero), objet);
    }
    return this.#annotees;
  }

  /** `Contents` is a stream, or a list of them. */
  #contenus(valeur: ObjetPdf | undefined): readonly ObjetPdf[] {
    const objet = this.#document.resoudre(valeur);
    if (objet.type === 'tableau') return objet.elements;
    return valeur?.type === 'reference' && objet.type === 'dictionnaire' ? [valeur] : [];
  }

  /** @returns null when nothing sure can be said of what the content leaves open. */
  #lire(contenus: readonly ObjetPdf[]): BilanContenu | null {
    if (contenus.length > FLUX_MAX) return null;
    const lecteur = new LecteurContenu();
    let reste = CONTENU_MAX;
    for (const contenu of contenus) {
      const lu =
        contenu.type === 'reference' ? this.#document.flux(contenu, Math.min(reste, this.#reste)) : null;
      if (lu === null) continue;
      if (lu.type !== 'decode') return null;
      reste -= lu.octets.length;
      this.#reste -= lu.octets.length;
      if (!lecteur.lire(lu.octets)) return null;
    }
    const bilan = lecteur.bilan();
    return bilan.manquants + bilan.ouverts + bilan.marques > OUVERTS_MAX ? null : bilan;
  }

  #fluxDe(contenu: string): Reference {
    const connu = this.#flux.get(contenu);
    if (connu !== undefined) return connu;
    const flux = this.#maj.reserver();
    this.#flux.set(contenu, flux);
    this.#maj.poserFlux(flux, dictionnaire({}), Buffer.from(contenu, 'latin1'));
    return flux;
  }

  #dessiner(
    page: PagePdf,
    { lieu, forme }: Empreinte,
    { contenus, bilan }: { readonly contenus: readonly ObjetPdf[]; readonly bilan: BilanContenu },
  ): Dictionnaire {
    const { nom: nomForme, page: change } = this.#ressources.nommer(page, forme);
    const [x, y] = lieu.origine.map((n) => nombre(n).texte);
    const avant = 'q\n'.repeat(bilan.manquants + 1);
    const fermer = `${bilan.texte ? 'ET\n' : ''}${'EMC\n'.repeat(bilan.marques)}${'Q\n'.repeat(bilan.ouverts + 1)}`;
    const dessin = `/Artifact BMC\nq\n1 0 0 1 ${x} ${y} cm\n/${nomForme} Do\nQ\nEMC\n`;
    const suite = [this.#fluxDe(avant), ...contenus, this.#fluxDe(`\n${fermer}${dessin}`)];
    return avec(change, 'Contents', tableau(suite));
  }

  #annoter({ reference, dictionnaire: page }: PagePdf, { lieu, forme, texte }: Empreinte): Dictionnaire {
    const annotation = this.#maj.reserver();
    this.#maj.poser(
      annotation,
      dictionnaire({
        Type: nom('Annot'),
        Subtype: nom('Stamp'),
        Rect: tableau(lieu.boite.map(nombre)),
        P: reference,
        F: nombre(DRAPEAUX),
        Contents: chaineDeTexte(texte),
        AP: dictionnaire({ N: forme }),
      }),
    );
    return this.#ressources.annoter(page, annotation);
  }
}
