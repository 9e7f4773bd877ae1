import { type Balise, VALEUR } from './evenements.ts';
import { type Flot, INCOMPLET } from './flot.ts';
import { apresAttribut, apresElement, GENRE, NOM_COUPE, NOM_INVALIDE } from './noms.ts';
import {
  BARRE,
  CLASSE,
  DEBUT_NOM,
  EGAL,
  ESPACE,
  ESPERLUETTE,
  APOSTROPHE,
  GUILLEMET,
  SUPERIEUR,
} from './octets.ts';

/**
 * Scans start tags; it is itself the event delivered, reused from tag to tag. Once the bytes are read, `nommage.ts`
 * gives names their meaning.
 */
export class Ouvrante implements Balise {
  octets: Buffer = Buffer.alloc(0);
  debut = 0;
  finNom = 0;
  fin = 0;
  vide = false;
  nom = 0;
  qualifie = 0;
  profondeur = 0;
  id: string | null = null;
  nombre = 0;
  readonly attNom: Int32Array;
  readonly attQualifie: Int32Array;
  readonly attDebutNom: Int32Array;
  readonly attFinNom: Int32Array;
  readonly attDebut: Int32Array;
  readonly attFin: Int32Array;
  readonly attEtat: Uint8Array;
  declarations = 0;
  readonly declPrefixe: Int32Array;
  readonly declEspace: Int32Array;
  /** Declarations as written, put aside until the whole tag is read. */
  readonly declQualifie: Int32Array;
  readonly declDebutNom: Int32Array;
  readonly declDebut: Int32Array;
  readonly declFin: Int32Array;
  readonly #flot: Flot;
  /** Name before the one being read, of the element or of an attribute. */
  #precedent = 0;
  /** State of the value last read. */
  #etat = 0;

  constructor(flot: Flot) {
    const n = flot.limites.attributs + 1;
    const rangees = () => new Int32Array(n);
    this.attNom = rangees();
    this.attQualifie = rangees();
    this.attDebutNom = rangees();
    this.attFinNom = rangees();
    this.attDebut = rangees();
    this.attFin = rangees();
    this.attEtat = new Uint8Array(n);
    this.declPrefixe = rangees();
    this.declEspace = rangees();
    this.declQualifie = rangees();
    this.declDebutNom = rangees();
    this.declDebut = rangees();
    this.declFin = rangees();
    this.#flot = flot;
  }

  /** Reads the bytes of the tag whose `<` is at `debut`, a name begun after it. @returns the index after its `>`. */
  lire(debut: number): number {
    const flot = this.#flot;
    this.octets = flot.octets;
    this.debut = debut;
    const qualifie = flot.noms.lire(debut + 1, apresElement(this.qualifie));
    if (qualifie < 0) return this.#nomFaux(qualifie, debut + 1);
    this.qualifie = qualifie;
    this.finNom = flot.noms.apres;
    this.#precedent = qualifie;
    this.nombre = 0;
    this.declarations = 0;
    this.id = null;
    this.fin = this.#attributs(this.finNom);
    return this.fin;
  }

  /** @param reponse of the table of names. */
  #nomFaux(reponse: number, debut: number): number {
    const flot = this.#flot;
    if (reponse === NOM_COUPE) return INCOMPLET;
    if (reponse !== NOM_INVALIDE) return flot.refuser('limiteNoms', debut, { valeur: flot.limites.noms });
    return flot.refuser('nom', debut, { valeur: flot.texte(debut, flot.noms.apres) });
  }

  #malformee(quoi: 'nom' | 'espace' | 'egal' | 'guillemet', indice: number): number {
    const flot = this.#flot;
    if (indice >= flot.fin) return INCOMPLET;
    const valeur = flot.texte(this.debut + 1, Math.max(this.finNom, this.debut + 1));
    if (quoi === 'nom') return flot.refuser('balise', indice, { valeur });
    const attendus = { espace: 'un espace manque', egal: '« = » attendu', guillemet: 'guillemet attendu' };
    return flot.refuser('attribut', indice, { valeur, attendu: attendus[quoi] });
  }

  #attributs(debut: number): number {
    const octets = this.octets;
    let j = debut;
    for (;;) {
      const blanc = j;
      while (ESPACE[octets[j] as number] !== 0) j += 1;
      const c = octets[j];
      if (c === SUPERIEUR) {
        this.vide = false;
        return j + 1;
      }
      if (c === BARRE) {
        this.vide = true;
        return octets[j + 1] === SUPERIEUR && j + 1 < this.#flot.fin ? j + 2 : this.#malformee('nom', j + 1);
      }
      if (j === blanc) return this.#malformee('espace', j);
      j = this.#attribut(j);
      if (j < 0) return j;
    }
  }

  #attribut(debut: number): number {
    const flot = this.#flot;
    const octets = this.octets;
    if (DEBUT_NOM[octets[debut] as number] === 0) return this.#malformee('nom', debut);
    const q = flot.noms.lire(debut, apresAttribut(this.#precedent));
    if (q < 0) return this.#nomFaux(q, debut);
    this.#precedent = q;
    const k = this.nombre;
    this.attQualifie[k] = q;
    this.attDebutNom[k] = debut;
    let j = flot.noms.apres;
    this.attFinNom[k] = j;
    while (ESPACE[octets[j] as number] !== 0) j += 1;
    if (octets[j] !== EGAL) return this.#malformee('egal', j);
    j += 1;
    while (ESPACE[octets[j] as number] !== 0) j += 1;
    const guillemet = octets[j] as number;
    if (guillemet !== GUILLEMET && guillemet !== APOSTROPHE) return this.#malformee('guillemet', j);
    const fin = this.#valeur(j + 1, guillemet);
    if (fin < 0) return fin;
    this.attDebut[k] = j + 1;
    this.attFin[k] = fin;
    this.attEtat[k] = this.#etat;
    if (k + this.declarations >= flot.limites.attributs) {
      return flot.refuser('limiteAttributs', debut, { valeur: flot.limites.attributs });
    }
    if ((flot.noms.genre[q] as number) >= GENRE.declarationDefaut) this.#declaration(k);
    else this.nombre = k + 1;
    return fin + 1;
  }

  /** The row just read is no attribute: it is put aside, and its place taken again. */
  #declaration(k: number): void {
    const d = this.declarations;
    this.declQualifie[d] = this.attQualifie[k] as number;
    this.declDebutNom[d] = this.attDebutNom[k] as number;
    this.declDebut[d] = this.attDebut[k] as number;
    this.declFin[d] = this.attFin[k] as number;
    this.declarations = d + 1;
  }

  /** Scans a value; what it holds goes to `#etat`. @returns the index of the closing quote. */
  #valeur(debut: number, guillemet: number): number {
    const octets = this.octets;
    const classes = this.#flot.tables.attribut;
    let etat = 0;
    let j = debut;
    for (;;) {
      let classe = classes[octets[j] as number] as number;
      while (classe === 0) {
        j += 1;
        classe = classes[octets[j] as number] as number;
      }
      if (octets[j] === guillemet) {
        this.#etat = etat;
        return j;
      }
      if (classe === CLASSE.haut) etat |= VALEUR.haut;
      else if (classe === CLASSE.fin) etat |= VALEUR.blanc;
      else if (classe === CLASSE.cloture) etat |= octets[j] === GUILLEMET ? VALEUR.guillemet : 0;
      else if (octets[j] === ESPERLUETTE) {
        const apres = this.#flot.reference(j);
        if (apres < 0) return apres;
        etat |= VALEUR.reference;
        j = apres - 1;
      } else return this.#valeurFausse(j, classe);
      j += 1;
    }
  }

  #valeurFausse(indice: number, classe: number): number {
    return classe === CLASSE.inferieur
      ? this.#flot.refuser('inferieurAttribut', indice)
      : this.#flot.interdit(indice);
  }
}
