import { PREFIXE_XML } from '../espaces.ts';
import type { Balise, SessionXml } from '../evenements.ts';
import { valeurAttribut } from '../valeurs.ts';

/** An `xml:…` attribute in force. */
export interface AttributXml {
  readonly nom: number;
  readonly valeur: string;
  readonly profondeur: number;
}

/**
 * Attributes `xml:lang`, `xml:space`… of the open elements: Canonical XML 1.0 (§2.4) copies those of the ancestors
 * left out onto the apex.
 */
export class Heritage {
  readonly #pile: AttributXml[] = [];
  readonly #session: SessionXml;

  constructor(session: SessionXml) {
    this.#session = session;
  }

  entrer(balise: Balise): void {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (this.#session.noms.prefixes[balise.attQualifie[k] as number] !== PREFIXE_XML) continue;
      const nom = balise.attNom[k] as number;
      const valeur = valeurAttribut(balise, k, this.#session.unicode);
      this.#pile.push({ nom, valeur, profondeur: balise.profondeur });
    }
  }

  sortir(profondeur: number): void {
    while (this.#pile.length > 0 && this.#pile.at(-1)?.profondeur === profondeur) this.#pile.pop();
  }

  /** Nearest first; one per name; none that the tag bears itself. */
  pour(balise: Balise): AttributXml[] {
    const vus = new Set<number>(balise.attNom.subarray(0, balise.nombre));
    const herites: AttributXml[] = [];
    for (const attribut of this.#pile.toReversed()) {
      if (vus.has(attribut.nom)) continue;
      vus.add(attribut.nom);
      herites.push(attribut);
    }
    return herites;
  }
}
