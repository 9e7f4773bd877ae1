import { lirePolice } from './police-fichier.ts';
import { couperEnLignes, nettoyerTexte } from './imprime-texte.ts';
import { PoliceTrueType } from './truetype.ts';

/** The sheets of a printed form: where the pen is, what is read aloud, and what is only seen. */

type Doc = PDFKit.PDFDocument;
export type Balise = PDFKit.PDFStructureElement;

/** Points. A4, and its margins. */
const PAGE = { largeur: 595.28, hauteur: 841.89 } as const;
const MARGE = 50;
const BAS = PAGE.hauteur - 60;
export const LARGEUR = PAGE.largeur - 2 * MARGE;
export const ENCRE = '#1a1a1a';

export type Style = keyof typeof STYLES;
const STYLES = {
  H1: { police: 'grasse', corps: 16, interligne: 21, avant: 4 },
  H2: { police: 'grasse', corps: 11.5, interligne: 16, avant: 14 },
  texte: { police: 'reguliere', corps: 9, interligne: 12.5, avant: 0 },
  fort: { police: 'grasse', corps: 9, interligne: 12.5, avant: 0 },
  pied: { police: 'reguliere', corps: 8, interligne: 11, avant: 0 },
} as const;

export interface Identite {
  readonly titre: string;
  readonly entete: string;
  /** Milliseconds since 1970. */
  readonly date: number;
}

/**
 * One letter, one glyph. Left to itself, the font makes ṣ of an s and a dot, and pdfkit, which gives a glyph the meaning it
 * first sees, would then have every s copied out as ṣ.
 */
const SANS_SUBSTITUTION: Readonly<Record<string, false>> = {
  ccmp: false,
  locl: false,
  rlig: false,
  liga: false,
  clig: false,
  calt: false,
  rclt: false,
  frac: false,
  numr: false,
  dnom: false,
};

const PRODUCTEUR = 'vaguemestre';
/** What a title must have under it on its page. */
const SUITE_DE_TITRE = 48;

type Polices = Readonly<Record<'reguliere' | 'grasse', PoliceTrueType>>;

export class Feuilles {
  readonly doc: Doc;
  readonly #polices: Polices;
  readonly #racine: Balise;
  readonly #octets: Promise<Buffer>;
  /** Points from the top. */
  y = MARGE;

  private constructor(doc: Doc, polices: Polices) {
    this.doc = doc;
    this.#polices = polices;
    this.#octets = new Promise((resoudre, rejeter) => {
      const morceaux: Buffer[] = [];
      doc.on('data', (morceau: Buffer) => void morceaux.push(morceau));
      doc.on('end', () => resoudre(Buffer.concat(morceaux)));
      doc.on('error', rejeter);
    });
    this.#racine = doc.struct('Document');
    doc.addStructure(this.#racine);
  }

  /** pdfkit takes a third of a second to load: only whoever prints waits for it. */
  static async ouvrir({ titre, entete, date }: Identite): Promise<Feuilles> {
    const { default: PDFDocument } = await import('pdfkit');
    const [reguliere, grasse] = [lirePolice('reguliere'), lirePolice('grasse')];
    const polices = { reguliere: new PoliceTrueType(reguliere), grasse: new PoliceTrueType(grasse) };
    const net = (texte: string): string => nettoyerTexte(texte, polices.reguliere).replaceAll('\n', ' ');
    const doc = new PDFDocument({
      size: [PAGE.largeur, PAGE.hauteur],
      margin: 0,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: 'fr-FR',
      tagged: true,
      displayTitle: true,
      info: {
        Title: net(titre),
        Author: net(entete),
        Creator: PRODUCTEUR,
        Producer: PRODUCTEUR,
        CreationDate: new Date(date),
      },
    });
    doc.registerFont('reguliere', reguliere).registerFont('grasse', grasse);
    return new Feuilles(doc, polices);
  }

  /** Something that is seen and not read aloud. */
  orner(dessiner: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.doc.markContent('Artifact', { type });
    dessiner();
    this.doc.endMarkedContent();
  }

  /** What `dessiner` draws is content of this element. */
  lire(balise: Balise, type: string, dessiner: () => void): void {
    balise.add(this.doc.markStructureContent(type));
    dessiner();
    this.doc.endMarkedContent();
  }

  /** A new element, at the end of another one or of the document. */
  baliser(type: string, parent = this.#racine, portee?: 'Row' | 'Column'): Balise {
    // `scope` is one that the types of pdfkit do not have yet
    const options: PDFKit.Mixins.StructureElementOptions & { readonly scope?: string } =
      portee === undefined ? {} : { scope: portee };
    const balise = this.doc.struct(type, options);
    parent.add(balise);
    return balise;
  }

  /** Points left on this page. */
  get reste(): number {
    return BAS - this.y;
  }

  /** Points of a whole page. */
  get pleine(): number {
    return BAS - MARGE;
  }

  tourner(): void {
    this.doc.addPage();
    this.y = MARGE;
  }

  #choisir(style: Style): Doc {
    const { police, corps } = STYLES[style];
    return this.doc.font(police).fontSize(corps);
  }

  interligne(style: Style): number {
    return STYLES[style].interligne;
  }

  /** Points. Advances alone: kerning, which draws letters together, is left out. */
  #largeur(texte: string, style: Style): number {
    const { police, corps } = STYLES[style];
    let total = 0;
    for (const c of texte)
      total += this.#polices[police].chasse(this.#polices[police].glyphe(c.codePointAt(0) ?? 0));
    return (total * corps) / 1000;
  }

  couper(texte: string, largeur: number, style: Style): readonly string[] {
    const net = nettoyerTexte(texte, this.#polices[STYLES[style].police]);
    return couperEnLignes(net, largeur, (t) => this.#largeur(t, style));
  }

  /** Lines from this place downwards; the pen does not move. */
  poser(
    lignes: readonly string[],
    { x, y, style }: { readonly x: number; readonly y: number; readonly style: Style },
  ): void {
    const { interligne, corps } = STYLES[style];
    const doc = this.#choisir(style).fillColor(ENCRE);
    // fontkit takes features to be left out as an object, which the types of pdfkit do not say
    const features = SANS_SUBSTITUTION as unknown as PDFKit.Mixins.OpenTypeFeatures[];
    const options = { lineBreak: false, features };
    for (const [rang, ligne] of lignes.entries()) {
      const haut = y + rang * interligne + (interligne - corps * 1.36) / 2;
      if (ligne !== '') doc.text(ligne, x, haut, options);
    }
  }

  titrer(texte: string, style: 'H1' | 'H2'): void {
    const { avant, interligne } = STYLES[style];
    const lignes = this.couper(texte, LARGEUR, style);
    if (avant + lignes.length * interligne + SUITE_DE_TITRE > this.reste) this.tourner();
    else this.y += avant;
    this.lire(this.baliser(style), style, () => this.poser(lignes, { x: MARGE, y: this.y, style }));
    this.y += lignes.length * interligne + 4;
  }

  /** Runs over to as many pages as it takes. */
  paragraphe(texte: string): void {
    const lignes = this.couper(texte, LARGEUR, 'texte');
    const pas = this.interligne('texte');
    const balise = this.baliser('P');
    for (let rang = 0; rang < lignes.length; ) {
      if (this.reste < pas) this.tourner();
      const prises = lignes.slice(rang, rang + Math.max(1, Math.floor(this.reste / pas)));
      this.lire(balise, 'P', () => this.poser(prises, { x: MARGE, y: this.y, style: 'texte' }));
      this.y += prises.length * pas;
      rang += prises.length;
    }
    this.y += 3;
  }

  #numeroter(pied: string): void {
    const { start, count } = this.doc.bufferedPageRange();
    const [ligne = ''] = this.couper(pied, LARGEUR - 80, 'pied');
    for (let page = start; page < start + count; page += 1) {
      this.doc.switchToPage(page);
      const numero = `page ${page - start + 1} sur ${count}`;
      const droite = MARGE + LARGEUR - this.#largeur(numero, 'pied');
      this.orner(() => {
        this.poser([ligne], { x: MARGE, y: BAS + 18, style: 'pied' });
        this.poser([numero], { x: droite, y: BAS + 18, style: 'pied' });
      }, 'Pagination');
    }
  }

  /** @returns the whole file; nothing can be added afterwards. */
  terminer(pied: string): Promise<Buffer> {
    this.#numeroter(pied);
    this.#racine.end();
    this.doc.end();
    return this.#octets;
  }

  /** Left edge of the text. */
  get gauche(): number {
    return MARGE;
  }
}
