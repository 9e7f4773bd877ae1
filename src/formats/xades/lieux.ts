import type { Balise, SessionXml } from '../xml/evenements.ts';
import { valeurAttribut } from '../xml/valeurs.ts';
import type { ElementSuivi, Place } from './releve-types.ts';
import type { LieuProfil, ProfilXades } from './profil.ts';

interface Lieu {
  readonly place: Place;
  /** Names under the root, as integers. */
  readonly chemin: readonly number[];
  readonly etiquette: readonly number[];
  readonly attribut: number;
}

/** Says what each element of a file is for its profile, from the path that leads to it. */
export class Lieux {
  readonly #lieux: readonly Lieu[];
  readonly #racine: number;
  readonly #pile: number[] = [0];
  readonly #profondeurMax: number;
  readonly #session: SessionXml;
  #ouvert: ElementSuivi | null = null;
  #lieuOuvert: Lieu | null = null;

  constructor(profil: ProfilXades, session: SessionXml) {
    const { noms } = session;
    const nom = (local: string): number => noms.nom('', local);
    const lieu =
      (place: Place) =>
      (l: LieuProfil): Lieu => ({
        place,
        chemin: l.chemin.map(nom),
        etiquette: [...l.chemin, ...l.etiquette.chemin].map(nom),
        attribut: nom(l.etiquette.attribut),
      });
    this.#session = session;
    this.#racine = noms.nom(profil.racine.espace, profil.racine.local);
    this.#lieux = [...profil.unites.map(lieu('unite')), ...profil.pieces.map(lieu('piece'))];
    this.#profondeurMax = 1 + Math.max(0, ...this.#lieux.map((l) => l.etiquette.length));
  }

  /** @returns the place of the element that opens; `ailleurs` for all but a few. */
  entrer(balise: Balise): Place {
    const { profondeur } = balise;
    if (profondeur > this.#profondeurMax) return 'ailleurs';
    this.#pile[profondeur - 1] = balise.nom;
    if (profondeur === 1) return balise.nom === this.#racine ? 'racine' : 'ailleurs';
    if (this.#pile[0] !== this.#racine) return 'ailleurs';
    if (this.#ouvert?.etiquette === '') this.#etiqueter(balise);
    for (const lieu of this.#lieux) {
      if (!this.#est(lieu.chemin, profondeur)) continue;
      this.#lieuOuvert = lieu;
      return lieu.place;
    }
    return 'ailleurs';
  }

  /** The element whose place was just told. */
  suivre(element: ElementSuivi): void {
    this.#ouvert = element;
  }

  #est(chemin: readonly number[], profondeur: number): boolean {
    return chemin.length === profondeur - 1 && chemin.every((nom, k) => nom === this.#pile[k + 1]);
  }

  #etiqueter(balise: Balise): void {
    const lieu = this.#lieuOuvert;
    const ouvert = this.#ouvert;
    if (lieu === null || ouvert === null || !this.#est(lieu.etiquette, balise.profondeur)) return;
    for (let k = 0; k < balise.nombre; k += 1) {
      if (balise.attNom[k] !== lieu.attribut) continue;
      ouvert.etiquette = valeurAttribut(balise, k, this.#session.unicode).slice(0, 80);
    }
  }
}
