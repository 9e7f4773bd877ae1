import type { Balise, Fermante } from './evenements.ts';
import { type Flot, INCOMPLET } from './flot.ts';
import { ESPACE, NOM, SUPERIEUR } from './octets.ts';

/** Keeps the stack of open elements and reads end tags; it is itself the event delivered. */
export class LecteurFermante implements Fermante {
  octets: Buffer = Buffer.alloc(0);
  debut = 0;
  fin = 0;
  vide = false;
  nom = 0;
  qualifie = 0;
  profondeur = 0;
  readonly #flot: Flot;
  readonly #noms: Int32Array;
  readonly #qualifies: Int32Array;

  constructor(flot: Flot) {
    this.#flot = flot;
    this.#noms = new Int32Array(flot.limites.profondeur + 2);
    this.#qualifies = new Int32Array(flot.limites.profondeur + 2);
  }

  /** Qualified name of the innermost open element. */
  get ouvert(): number {
    return this.#qualifies[this.#flot.profondeur] as number;
  }

  /** An element opens: it is told, and for `<a/>` its end too. */
  ouvrir(balise: Balise): void {
    const flot = this.#flot;
    const p = balise.profondeur;
    if (balise.vide) {
      flot.recepteur.ouvrir(balise);
      this.octets = flot.octets;
      this.debut = balise.fin;
      this.fin = balise.fin;
      this.vide = true;
      this.nom = balise.nom;
      this.qualifie = balise.qualifie;
      this.#fermer(p);
      return;
    }
    flot.profondeur = p;
    this.#noms[p] = balise.nom;
    this.#qualifies[p] = balise.qualifie;
    flot.recepteur.ouvrir(balise);
  }

  /** @param debut index of `</`. @returns index after `>`. */
  lire(debut: number): number {
    const flot = this.#flot;
    const octets = flot.octets;
    this.octets = octets;
    const qualifie = this.#qualifies[flot.profondeur] as number;
    let j = debut + 2;
    if (flot.profondeur === 0 || !flot.noms.meme(j, qualifie)) return this.#autre(debut);
    j += flot.noms.longueur[qualifie] as number;
    while (ESPACE[octets[j] as number] !== 0) j += 1;
    if (octets[j] !== SUPERIEUR) return this.#autre(debut);
    const p = flot.profondeur;
    this.debut = debut;
    this.fin = j + 1;
    this.vide = false;
    this.nom = this.#noms[p] as number;
    this.qualifie = qualifie;
    flot.profondeur = p - 1;
    this.#fermer(p);
    return j + 1;
  }

  #fermer(profondeur: number): void {
    const flot = this.#flot;
    this.profondeur = profondeur;
    flot.recepteur.fermer(this);
    flot.noms.espaces.sortir(profondeur);
  }

  /** Not the tag awaited: cut by the buffer, of another name, or badly written. */
  #autre(debut: number): number {
    const flot = this.#flot;
    let j = debut + 2;
    while (NOM[flot.octets[j] as number] !== 0) j += 1;
    while (ESPACE[flot.octets[j] as number] !== 0) j += 1;
    if (j >= flot.fin) return INCOMPLET;
    const valeur = flot.profondeur === 0 ? 'aucun' : flot.noms.qualifieDe(this.ouvert);
    return flot.refuser('fermante', debut, { valeur });
  }
}
