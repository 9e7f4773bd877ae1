import type { MiseAJour } from './mise-a-jour.ts';
import { dictionnaire, nom, nombre, type Reference, tableau } from './objets.ts';
import { PoliceReduite } from './police.ts';
import { lirePolice } from './police-fichier.ts';
import type { Cadre, Lieu } from './tampon-lieu.ts';
import { PoliceTrueType } from './truetype.ts';

/** The stamp itself: its lines in a box, one form that all pages of one orientation share. */

/** Points; actes.md § E.7 has the figures of a stamp that people know. */
const CORPS = 7;
const INTERLIGNE = 11;
const LARGEUR = 190;
const BORD = 8;
const OPACITE = 0.8;
const BLEU = '0.1 0.2 0.5';

/** Characters of control would be drawn as missing. */
function nettoyer(ligne: string): string {
  return ligne
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}

const arrondi = (n: number): string => nombre(n).texte;

export class DessinTampon {
  readonly cadre: Cadre;
  /** What the stamp says, for readers that cannot see it. */
  readonly texte: string;
  readonly #maj: MiseAJour;
  readonly #lignes: readonly string[];
  readonly #police: PoliceReduite;
  readonly #echelle: number;
  readonly #formes = new Map<string, Reference>();
  #ressources: Reference | null = null;

  constructor(maj: MiseAJour, lignes: readonly string[], echelle: number) {
    this.#maj = maj;
    this.#lignes = lignes.map(nettoyer);
    this.texte = this.#lignes.join('\n');
    this.#police = new PoliceReduite(new PoliceTrueType(lirePolice('reguliere')), this.texte);
    this.#echelle = echelle;
    this.cadre = { largeur: this.#largeur * echelle, hauteur: this.#hauteur * echelle };
  }

  /** A long identifier widens the box. */
  get #largeur(): number {
    const textes = this.#lignes.map((ligne) => CORPS * this.#police.largeur(ligne) + 2 * BORD);
    return textes.reduce((a, b) => Math.max(a, b), LARGEUR);
  }

  get #hauteur(): number {
    return INTERLIGNE * (this.#lignes.length + 1);
  }

  #contenu(): string {
    const [l, h] = [arrondi(this.#largeur - 1), arrondi(this.#hauteur - 1)];
    const debut = this.#hauteur - INTERLIGNE - CORPS / 2;
    const lignes = this.#lignes.map((ligne, rang) => {
      const y = arrondi(debut - rang * INTERLIGNE + 1);
      return `1 0 0 1 ${BORD} ${y} Tm ${this.#police.coder(ligne)} Tj`;
    });
    return [
      '/G gs',
      `1 1 1 rg ${BLEU} RG 0.75 w 0.5 0.5 ${l} ${h} re B`,
      `BT ${BLEU} rg /F ${CORPS} Tf`,
      ...lignes,
      'ET\n',
    ].join('\n');
  }

  #poserRessources(): Reference {
    const ressources = this.#maj.reserver();
    const opacite = dictionnaire({ Type: nom('ExtGState'), CA: nombre(OPACITE), ca: nombre(OPACITE) });
    this.#maj.poser(
      ressources,
      dictionnaire({
        Font: dictionnaire({ F: this.#police.poser(this.#maj) }),
        ExtGState: dictionnaire({ G: opacite }),
      }),
    );
    return ressources;
  }

  /** The form of this orientation and scale; made once. */
  forme({ matrice }: Lieu): Reference {
    const nombres = [...matrice.map((n) => n * this.#echelle), 0, 0].map(nombre);
    const cle = nombres.map((n) => n.texte).join(' ');
    const connue = this.#formes.get(cle);
    if (connue !== undefined) return connue;
    this.#ressources ??= this.#poserRessources();
    const forme = this.#maj.reserver();
    this.#formes.set(cle, forme);
    this.#maj.poserFlux(
      forme,
      dictionnaire({
        Type: nom('XObject'),
        Subtype: nom('Form'),
        BBox: tableau([0, 0, this.#largeur, this.#hauteur].map(nombre)),
        Matrix: tableau(nombres),
        Resources: this.#ressources,
      }),
      Buffer.from(this.#contenu(), 'latin1'),
    );
    return forme;
  }
}
