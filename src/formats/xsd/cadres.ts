import type { NomsXml } from '../xml/evenements.ts';
import type { ElementPret, SchemaXsd, TypePret } from './schema.ts';

/** An open element. Reused from one element to the next of the same depth. */
export class Cadre {
  qualifie = 0;
  /** From 1 among those of its name; 0 when there can be but one. */
  rang = 0;
  octet = 0;
  etat = 0;
  /** First of its counters. */
  compteurs = 0;
  nil = false;
  /** A child out of place came: what may follow is no longer known. */
  perdu = false;
  texteSignale = false;
  enfants = false;
  type: TypePret;
  element: ElementPret | null = null;

  constructor(type: TypePret) {
    this.type = type;
  }
}

export class PileCadres {
  hauteur = 0;
  compteurs: Int32Array = new Int32Array(256);
  readonly #cadres: Cadre[] = [];
  readonly #neuf: TypePret;
  #sommetCompteurs = 0;

  constructor(schema: SchemaXsd) {
    this.#neuf = schema.type(0);
  }

  /** The innermost open element; none at the root. */
  sommet(): Cadre | null {
    return this.hauteur === 0 ? null : (this.#cadres[this.hauteur - 1] as Cadre);
  }

  empiler(type: TypePret, element: ElementPret | null): Cadre {
    if (this.hauteur === this.#cadres.length) this.#cadres.push(new Cadre(this.#neuf));
    const cadre = this.#cadres[this.hauteur] as Cadre;
    this.hauteur += 1;
    cadre.type = type;
    cadre.element = element;
    cadre.etat = 0;
    cadre.rang = 0;
    cadre.nil = false;
    cadre.perdu = false;
    cadre.texteSignale = false;
    cadre.enfants = false;
    cadre.compteurs = this.#sommetCompteurs;
    if (type.modele !== null) this.#reserver(type.modele.compteurs);
    return cadre;
  }

  #reserver(nombre: number): void {
    const fin = this.#sommetCompteurs + nombre;
    if (fin > this.compteurs.length) {
      const grands = new Int32Array(fin * 2);
      grands.set(this.compteurs);
      this.compteurs = grands;
    }
    for (let k = this.#sommetCompteurs; k < fin; k += 1) this.compteurs[k] = 0;
    this.#sommetCompteurs = fin;
  }

  depiler(): void {
    this.hauteur -= 1;
    this.#sommetCompteurs = (this.#cadres[this.hauteur] as Cadre).compteurs;
  }

  chemin(noms: NomsXml): string {
    let chemin = '';
    for (let k = 0; k < this.hauteur; k += 1) {
      const c = this.#cadres[k] as Cadre;
      chemin += `/${noms.qualifieDe(c.qualifie)}${c.rang > 0 ? `[${c.rang}]` : ''}`;
    }
    return chemin;
  }
}
