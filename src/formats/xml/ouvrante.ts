import { BaliseLue } from './balise.ts';
import { VALEUR } from './evenements.ts';
import { type Flot, INCOMPLET } from './flot.ts';
import { apresAttribut, apresElement, GENRE, NOM_COUPE, NOM_ID, NOM_INVALIDE } from './noms.ts';
import {
  BARRE,
  BLANC,
  CLASSE,
  DEBUT_NOM,
  EGAL,
  ESPACE,
  ESPERLUETTE,
  APOSTROPHE,
  GUILLEMET,
  SUPERIEUR,
} from './octets.ts';
import { Patrons } from './patrons.ts';

/** Answer of `#selonPatron` that is no index. */
const AUTREMENT = -3;

/**
 * Scans start tags; it is itself the event delivered, reused from tag to tag. Once the bytes are read, `nommage.ts`
 * gives names their meaning.
 */
export class Ouvrante extends BaliseLue {
  readonly #flot: Flot;
  readonly #patrons = new Patrons();
  /** Name before the one being read, of the element or of an attribute. */
  #precedent = 0;
  /** State of the value last read. */
  #etat = 0;

  constructor(flot: Flot) {
    super(flot.limites.attributs);
    this.#flot = flot;
  }

  /** Reads the bytes of the tag whose `<` is at `debut`, a name begun after it. @returns the index after its `>`. */
  lire(debut: number): number {
    const flot = this.#flot;
    const trace = apresElement(this.qualifie);
    const attendu = flot.noms.attendu(trace);
    this.octets = flot.octets;
    this.debut = debut;
    this.declarations = 0;
    this.id = null;
    if (attendu >= 0 && this.#patrons.suit(flot.vue, debut, attendu)) {
      const fin = this.#selonPatron(attendu);
      if (fin !== AUTREMENT) return fin;
    }
    const qualifie = flot.noms.lire(debut + 1, trace);
    if (qualifie < 0) return this.#nomFaux(qualifie, debut + 1);
    this.qualifie = qualifie;
    this.finNom = flot.noms.apres;
    this.#precedent = qualifie;
    this.nombre = 0;
    this.fin = this.#attributs(this.finNom);
    this.soignee = this.fin >= 0 && this.#soignee();
    if (this.soignee) this.#retenir();
    return this.fin;
  }

  /** The head is the one awaited. @returns index after `>`, or AUTREMENT: what follows it is not of the pattern. */
  #selonPatron(qualifie: number): number {
    const { debut, octets } = this;
    const patrons = this.#patrons;
    const att = patrons.attQualifies[qualifie] as number;
    const apresTete = debut + (patrons.longueurs[qualifie] as number);
    let j = apresTete;
    if (att >= 0) {
      const classes = this.#flot.tables.attribut;
      while (classes[octets[j] as number] === 0) j += 1;
      if (octets[j] === GUILLEMET) this.#etat = 0;
      else j = this.#valeur(apresTete, GUILLEMET);
      if (j < 0) return j;
      this.attFin[0] = j;
      j += 1;
    }
    while (ESPACE[octets[j] as number] !== 0) j += 1;
    const vide = octets[j] === BARRE;
    if (vide) j += 1;
    if (octets[j] !== SUPERIEUR) return AUTREMENT;
    const finNom = debut + 1 + (this.#flot.noms.longueur[qualifie] as number);
    this.qualifie = qualifie;
    this.finNom = finNom;
    this.vide = vide;
    this.soignee = true;
    this.fin = j + 1;
    this.nombre = 0;
    if (att < 0) return j + 1;
    this.nombre = 1;
    this.attQualifie[0] = att;
    this.attNom[0] = patrons.attNoms[qualifie] as number;
    this.attDebutNom[0] = finNom + 1;
    this.attFinNom[0] = apresTete - 2;
    this.attDebut[0] = apresTete;
    this.attEtat[0] = this.#etat;
    return j + 1;
  }

  /** Whether the tag just read is what `Balise.soignee` says. */
  #soignee(): boolean {
    const { noms } = this.#flot;
    if (this.nombre > 1 || this.declarations > 0) return false;
    if (noms.ascii[this.qualifie] === 0) return false;
    if (this.nombre === 0) return true;
    const q = this.attQualifie[0] as number;
    const debut = this.attDebut[0] as number;
    return (
      noms.genre[q] === GENRE.simple &&
      noms.ascii[q] !== 0 &&
      noms.nu(q) !== NOM_ID &&
      this.attDebutNom[0] === this.finNom + 1 &&
      this.octets[this.finNom] === BLANC &&
      debut === (this.attFinNom[0] as number) + 2 &&
      this.octets[debut - 1] === GUILLEMET
    );
  }

  /** Names the attribute of a tag that is as `Balise.soignee` says, and keeps its head. */
  #retenir(): void {
    const { noms } = this.#flot;
    const q = this.nombre === 0 ? -1 : (this.attQualifie[0] as number);
    const attribut = { qualifie: q, nom: q < 0 ? -1 : noms.nu(q) };
    this.attNom[0] = attribut.nom;
    const fin = q < 0 ? this.finNom : this.attDebut[0];
    this.#patrons.retenir(this.qualifie, this.octets.subarray(this.debut, fin), attribut);
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
