import type { DocumentPdf } from './document.ts';
import type { PagePdf } from './pages.ts';

/** Where a stamp goes on a page, as its reader sees it (ISO 32000-1, 7.7.3.3, 14.11.2). */

export type CoinTampon = 'haut-gauche' | 'haut-droite' | 'bas-gauche' | 'bas-droite';

/** A corner, or the place of the upper left corner of the stamp, in percent of the visible page from its own. */
export type PositionTampon = CoinTampon | { readonly x: number; readonly y: number };

/** x0, y0, x1, y1 in the units of the page. */
type Boite = readonly [number, number, number, number];

export interface PageVisible {
  readonly boite: Boite;
  /** Clockwise. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Points in one unit of the page. */
  readonly unite: number;
}

/** Points. */
export interface Cadre {
  readonly largeur: number;
  readonly hauteur: number;
}

export interface Lieu {
  /** Turns and scales the stamp, drawn upright from 0, 0 in points. */
  readonly matrice: readonly [number, number, number, number];
  /** Where the origin of the stamp goes. */
  readonly origine: readonly [number, number];
  readonly boite: Boite;
}

/** Points between the stamp and the edges of the page. */
const MARGE = 10;
/** What readers show of a page without box. */
const LETTRE: Boite = [0, 0, 612, 792];
/** Beyond it numbers make no page; the norm stops at 14 400. */
const COTE_MAX = 1_000_000;

function lireBoite(document: DocumentPdf, page: PagePdf, cle: 'MediaBox' | 'CropBox'): Boite | null {
  const valeurs = document.elements(page.herite.get(cle)?.valeur).map((e) => {
    const objet = document.resoudre(e);
    return objet.type === 'nombre' ? objet.valeur : Number.NaN;
  });
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN, d = Number.NaN] = valeurs;
  if (![a, b, c, d].every((n) => Math.abs(n) <= COTE_MAX)) return null;
  const boite: Boite = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  return boite[2] - boite[0] >= 1 && boite[3] - boite[1] >= 1 ? boite : null;
}

function commun(a: Boite, b: Boite): Boite | null {
  const boite: Boite = [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ];
  return boite[2] - boite[0] >= 1 && boite[3] - boite[1] >= 1 ? boite : null;
}

function lireRotation(document: DocumentPdf, page: PagePdf): PageVisible['rotation'] {
  const objet = document.resoudre(page.herite.get('Rotate')?.valeur);
  const degres = objet.type === 'nombre' ? ((objet.valeur % 360) + 360) % 360 : 0;
  return degres === 90 || degres === 180 || degres === 270 ? degres : 0;
}

export function lirePageVisible(document: DocumentPdf, page: PagePdf): PageVisible {
  const media = lireBoite(document, page, 'MediaBox') ?? LETTRE;
  const crop = lireBoite(document, page, 'CropBox') ?? media;
  const unite = document.resoudre(page.dictionnaire.entrees.get('UserUnit'));
  return {
    boite: commun(media, crop) ?? media,
    rotation: lireRotation(document, page),
    unite: unite.type === 'nombre' && unite.valeur >= 0.01 && unite.valeur <= 10_000 ? unite.valeur : 1,
  };
}

interface Places {
  readonly page: Cadre;
  readonly tampon: Cadre;
  readonly marge: number;
}

/** Upper left corner of the stamp on the page as it is seen, y downwards. */
function placer(position: PositionTampon, { page, tampon, marge }: Places): readonly [number, number] {
  const [droite, bas] = [page.largeur - tampon.largeur, page.hauteur - tampon.hauteur];
  if (typeof position === 'string') {
    return [
      position.endsWith('gauche') ? marge : droite - marge,
      position.startsWith('haut') ? marge : bas - marge,
    ];
  }
  const [x, y] = [(position.x / 100) * page.largeur, (position.y / 100) * page.hauteur];
  return [Math.max(0, Math.min(x, droite)), Math.max(0, Math.min(y, bas))];
}

/**
 * Upright for the reader, of its true size whatever the unit, and whole inside the visible page: on one that is too
 * small, reduced.
 */
export function situer(page: PageVisible, cadre: Cadre, position: PositionTampon): Lieu {
  const [x0, y0, x1, y1] = page.boite;
  const couchee = page.rotation === 90 || page.rotation === 270;
  const vue: Cadre = couchee
    ? { largeur: y1 - y0, hauteur: x1 - x0 }
    : { largeur: x1 - x0, hauteur: y1 - y0 };
  const marge = Math.min(MARGE / page.unite, Math.min(vue.largeur, vue.hauteur) / 20);
  const echelle = Math.min(
    1 / page.unite,
    (vue.largeur - 2 * marge) / cadre.largeur,
    (vue.hauteur - 2 * marge) / cadre.hauteur,
  );
  const [l, h] = [cadre.largeur * echelle, cadre.hauteur * echelle];
  const [gauche, haut] = placer(position, {
    page: vue,
    tampon: { largeur: l, hauteur: h },
    marge,
  });
  // u to the right, v upwards, from the lower left corner of what is seen
  const [u, v] = [gauche, vue.hauteur - haut - h];
  const e = echelle;
  switch (page.rotation) {
    case 0:
      return {
        matrice: [e, 0, 0, e],
        origine: [x0 + u, y0 + v],
        boite: [x0 + u, y0 + v, x0 + u + l, y0 + v + h],
      };
    case 90:
      return {
        matrice: [0, e, -e, 0],
        origine: [x1 - v, y0 + u],
        boite: [x1 - v - h, y0 + u, x1 - v, y0 + u + l],
      };
    case 180:
      return {
        matrice: [-e, 0, 0, -e],
        origine: [x1 - u, y1 - v],
        boite: [x1 - u - l, y1 - v - h, x1 - u, y1 - v],
      };
    case 270:
      return {
        matrice: [0, -e, e, 0],
        origine: [x0 + v, y1 - u],
        boite: [x0 + v, y1 - u - l, x0 + v + h, y1 - u],
      };
    default:
      return page.rotation satisfies never;
  }
}
