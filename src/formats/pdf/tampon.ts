import { erreurPdf } from '../../metier/catalogue/pdf.ts';
import { DocumentPdf } from './document.ts';
import { MiseAJour } from './mise-a-jour.ts';
import { Octets, type SourcePdf } from './octets.ts';
import { type PagePdf, parcourirPages } from './pages.ts';
import { type Acces, lireSignatures } from './signatures.ts';
import { DessinTampon } from './tampon-dessin.ts';
import { lirePageVisible, type PositionTampon, situer } from './tampon-lieu.ts';
import { PoseTampon } from './tampon-pose.ts';

export interface DemandeTampon {
  /** At least one; any characters of the Latin script. */
  readonly lignes: readonly string[];
  /** Ranks from 1. */
  readonly pages: 'toutes' | 'premiere' | readonly number[];
  readonly position: PositionTampon;
  /** 1: letters of 7 points. */
  readonly echelle: number;
  /** What to do when its author certified the document against such a change. */
  readonly certifie: 'tamponner' | 'refuser';
}

export interface TamponPose {
  /** Bytes to put after those of the document. */
  readonly ajout: Uint8Array;
  /** Ranks of the pages stamped, in order. */
  readonly pages: readonly number[];
  /** Pages where the stamp is a locked annotation rather than drawn in the content. */
  readonly annotees: number;
  readonly chiffre: boolean;
  /** Signatures that the document bears: they cover it as it was, and readers say that it was changed after them. */
  readonly signatures: number;
  readonly acces: Acces | null;
  /** A signature certifies the document against this change: readers will show that as broken. */
  readonly certifie: boolean;
}

function* choisir(document: DocumentPdf, pages: DemandeTampon['pages']): Generator<PagePdf> {
  if (pages === 'toutes') return yield* parcourirPages(document);
  const voulues = new Set(pages === 'premiere' ? [1] : pages);
  const derniere = [...voulues].reduce((a, b) => Math.max(a, b), 1);
  let total = 0;
  for (const page of parcourirPages(document)) {
    total = page.rang;
    if (voulues.has(page.rang)) yield page;
    if (page.rang >= derniere) return;
  }
  throw erreurPdf('VGM-PDF-004', { page: derniere, total });
}

/**
 * Stamps a PDF by an incremental update: the document is read where it is, and never changed.
 * Throws VGM-PDF-001 to -004, and -007 when it is certified and that is to be respected.
 */
export function tamponnerPdf(source: SourcePdf, demande: DemandeTampon): TamponPose {
  const document = new DocumentPdf(new Octets(source));
  const { nombre: signatures, acces } = lireSignatures(document);
  // an annotation is what level 3 lets others add (table 254)
  const certifie = acces === 1 || acces === 2;
  if (certifie && demande.certifie === 'refuser') throw erreurPdf('VGM-PDF-007');
  const maj = new MiseAJour(document);
  const dessin = new DessinTampon(maj, demande.lignes, demande.echelle);
  const pose = new PoseTampon(document, maj, signatures > 0 ? 'annotation' : 'contenu');
  const pages: number[] = [];
  for (const page of choisir(document, demande.pages)) {
    const lieu = situer(lirePageVisible(document, page), dessin.cadre, demande.position);
    pose.poser(page, { lieu, forme: dessin.forme(lieu), texte: dessin.texte });
    pages.push(page.rang);
  }
  const annotees = pose.terminer();
  const chiffre = document.chiffrement !== null;
  return { ajout: maj.terminer(), pages, annotees, chiffre, signatures, acces, certifie };
}
