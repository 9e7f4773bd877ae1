import { type Balise, type Feuilles, LARGEUR, type Style } from './imprime-feuilles.ts';

/** A table over as many pages as it takes, its header drawn again on each; read aloud, the header comes once. */

export interface Tableau {
  /** A header without title: the first cell of each row names it. */
  readonly colonnes: readonly { readonly titre: string | null; readonly part: number }[];
  readonly lignes: readonly (readonly string[])[];
}

/** Points around the text of a cell. */
const BORD = { x: 5, y: 3.5 } as const;
const FILET = '#8a93a3';
const FOND = '#e8ecf3';

interface Colonne {
  readonly x: number;
  readonly largeur: number;
}

interface Cellule {
  readonly lignes: readonly string[];
  readonly style: Style;
  /** null: only seen. */
  readonly balise: Balise | null;
  readonly type: 'TH' | 'TD';
}

function mesurerColonnes(feuilles: Feuilles, { colonnes }: Tableau): readonly Colonne[] {
  const total = colonnes.reduce((somme, { part }) => somme + part, 0);
  let x = feuilles.gauche;
  return colonnes.map(({ part }) => {
    const largeur = (LARGEUR * part) / total;
    const colonne = { x, largeur };
    x += largeur;
    return colonne;
  });
}

class EcritureTableau {
  readonly #feuilles: Feuilles;
  readonly #tableau: Tableau;
  readonly #colonnes: readonly Colonne[];
  readonly #nomme: boolean;
  readonly #balise: Balise;

  constructor(feuilles: Feuilles, tableau: Tableau) {
    this.#feuilles = feuilles;
    this.#tableau = tableau;
    this.#colonnes = mesurerColonnes(feuilles, tableau);
    this.#nomme = tableau.colonnes.some(({ titre }) => titre !== null);
    this.#balise = feuilles.baliser('Table');
  }

  #couper(texte: string, rang: number, style: Style): readonly string[] {
    const largeur = (this.#colonnes[rang]?.largeur ?? LARGEUR) - 2 * BORD.x;
    return this.#feuilles.couper(texte, largeur, style);
  }

  #entete(parent: Balise | null): readonly Cellule[] {
    return this.#tableau.colonnes.map(({ titre }, rang) => ({
      lignes: this.#couper(titre ?? '', rang, 'fort'),
      style: 'fort',
      balise: parent === null ? null : this.#feuilles.baliser('TH', parent, 'Column'),
      type: 'TH',
    }));
  }

  #rangee(textes: readonly string[]): readonly Cellule[] {
    const parent = this.#feuilles.baliser('TR', this.#balise);
    return this.#colonnes.map((_, rang) => {
      const nomme = !this.#nomme && rang === 0;
      const style = nomme ? 'fort' : 'texte';
      return {
        lignes: this.#couper(textes[rang] ?? '', rang, style),
        style,
        balise: this.#feuilles.baliser(nomme ? 'TH' : 'TD', parent, nomme ? 'Row' : undefined),
        type: nomme ? 'TH' : 'TD',
      };
    });
  }

  #hauteur(nombre: number): number {
    return nombre * this.#feuilles.interligne('texte') + 2 * BORD.y;
  }

  #fond(hauteur: number, titre: boolean): void {
    const { doc, y } = this.#feuilles;
    this.#feuilles.orner(() => {
      for (const [rang, { x, largeur }] of this.#colonnes.entries()) {
        const colore = titre || (!this.#nomme && rang === 0);
        if (colore) doc.rect(x, y, largeur, hauteur).fill(FOND);
        doc.lineWidth(0.5).rect(x, y, largeur, hauteur).stroke(FILET);
      }
    });
  }

  /** Draws lines [debut, fin[ of each cell, in a box of that height. */
  #dessiner(
    cellules: readonly Cellule[],
    { debut, fin, titre }: { debut: number; fin: number; titre: boolean },
  ): void {
    const feuilles = this.#feuilles;
    const hauteur = this.#hauteur(fin - debut);
    this.#fond(hauteur, titre);
    for (const [rang, { lignes, style, balise, type }] of cellules.entries()) {
      const prises = lignes.slice(debut, fin);
      const place = { x: (this.#colonnes[rang]?.x ?? 0) + BORD.x, y: feuilles.y + BORD.y, style };
      const poser = (): void => feuilles.poser(prises, place);
      if (balise === null) feuilles.orner(poser);
      else if (prises.length > 0) feuilles.lire(balise, type, poser);
    }
    feuilles.y += hauteur;
  }

  #hauteurEntete(): number {
    if (!this.#nomme) return 0;
    return this.#hauteur(nombreDe(this.#entete(null)));
  }

  #poserEntete(parent: Balise | null): void {
    if (!this.#nomme) return;
    const cellules = this.#entete(parent);
    this.#dessiner(cellules, { debut: 0, fin: nombreDe(cellules), titre: true });
  }

  #tourner(): void {
    this.#feuilles.tourner();
    this.#poserEntete(null);
  }

  /** On one page when it can be, over several when no page would hold it. */
  #poserRangee(textes: readonly string[]): void {
    const cellules = this.#rangee(textes);
    const nombre = nombreDe(cellules);
    const pleine = this.#feuilles.pleine - this.#hauteurEntete();
    if (this.#hauteur(nombre) > this.#feuilles.reste && this.#hauteur(nombre) <= pleine) this.#tourner();
    for (let debut = 0; debut < nombre; ) {
      if (this.#feuilles.reste < this.#hauteur(1)) this.#tourner();
      const pas = this.#feuilles.interligne('texte');
      const tient = Math.max(1, Math.floor((this.#feuilles.reste - 2 * BORD.y) / pas));
      const fin = Math.min(nombre, debut + tient);
      this.#dessiner(cellules, { debut, fin, titre: false });
      debut = fin;
    }
  }

  ecrire(): void {
    if (this.#nomme) {
      if (this.#feuilles.reste < this.#hauteurEntete() + this.#hauteur(1)) this.#feuilles.tourner();
      this.#poserEntete(this.#feuilles.baliser('TR', this.#balise));
    }
    for (const ligne of this.#tableau.lignes) this.#poserRangee(ligne);
    this.#feuilles.y += 4;
  }
}

const nombreDe = (cellules: readonly Cellule[]): number =>
  cellules.reduce((n, { lignes }) => Math.max(n, lignes.length), 1);

export function ecrireTableau(feuilles: Feuilles, tableau: Tableau): void {
  new EcritureTableau(feuilles, tableau).ecrire();
}
