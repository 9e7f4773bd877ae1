import { type Balise, type Fermante, type Passage, type SessionXml, VALEUR } from '../evenements.ts';
import { BLANC, EGAL, GUILLEMET, INFERIEUR, LF, SUPERIEUR } from '../octets.ts';
import type { Cible } from './cible.ts';
import { EspacesRendus } from './espaces-rendus.ts';
import type { AttributXml } from './heritage.ts';
import { comparerNoms } from './ordre.ts';
import { Sortie } from './sortie.ts';

/** The attribute `k` is written ` nom="…"`: one space before, nothing around `=`, quotation marks. */
function soigne(balise: Balise, k: number): boolean {
  const debut = balise.attDebut[k] as number;
  return (
    balise.octets[(balise.attDebutNom[k] as number) - 1] === BLANC &&
    debut === (balise.attFinNom[k] as number) + 2 &&
    balise.octets[debut - 1] === GUILLEMET
  );
}

/** The canonical form of one element, written as the events come. */
export class Forme {
  readonly sortie: Sortie;
  readonly #session: SessionXml;
  readonly #espaces: EspacesRendus;
  readonly #exclusive: boolean;
  readonly #liste: readonly string[] | null;
  /** UTF-8: names are copied as they are. */
  readonly #multioctet: boolean;

  constructor(cible: Cible, session: SessionXml) {
    this.#session = session;
    this.sortie = new Sortie(cible.puits, session.unicode);
    this.#espaces = new EspacesRendus(session.noms);
    this.#exclusive = cible.mode === 'exclusive';
    this.#liste = this.#exclusive ? (cible.prefixes ?? []) : null;
    this.#multioctet = session.unicode === null;
  }

  /** @param herites `xml:…` attributes that the ancestors left out give to an apex; null below the apex. */
  ouvrir(balise: Balise, herites: readonly AttributXml[] | null): void {
    if (balise.soignee && herites === null && this.#dejaRendu(balise.qualifie)) {
      this.#soignee(balise);
      return;
    }
    const espaces = this.#espaces;
    const declare = herites !== null || balise.declarations > 0;
    if (this.#exclusive) espaces.exclusifs(balise, declare ? this.#liste : null);
    else if (declare) espaces.inclusifs(balise, herites !== null);
    this.sortie.octet(INFERIEUR);
    this.#nom(balise.qualifie);
    if (espaces.aEcrire.length > 0) this.#declarations();
    this.#attributs(balise, herites ?? []);
    if (!balise.vide) this.sortie.octet(SUPERIEUR);
  }

  #dejaRendu(qualifie: number): boolean {
    return !this.#exclusive || this.#espaces.dejaRendu(this.#session.noms.prefixes[qualifie] as number);
  }

  /** The usual tag is canonical as it is written, but for the value. The `>` of an empty one comes with its end. */
  #soignee(balise: Balise): void {
    const { sortie } = this;
    const { octets } = balise;
    let fin = balise.finNom;
    if (balise.nombre === 0) sortie.brut(octets, balise.debut, fin);
    else {
      fin = (balise.attFin[0] as number) + 1;
      if (balise.attEtat[0] === 0) sortie.brut(octets, balise.debut, fin);
      else {
        sortie.brut(octets, balise.debut, balise.attDebut[0] as number);
        this.#valeur(balise, 0);
        sortie.brut(octets, fin - 1, fin);
      }
    }
    if (!balise.vide) sortie.brut(octets, balise.fin - 1, balise.fin);
  }

  #valeur(balise: Balise, k: number): void {
    const debut = balise.attDebut[k] as number;
    const fin = balise.attFin[k] as number;
    const etat = balise.attEtat[k];
    if (etat === 0) this.sortie.brut(balise.octets, debut, fin);
    else if (etat === VALEUR.haut) this.sortie.haut(balise.octets, debut, fin);
    else this.sortie.attribut(balise.octets, debut, fin);
  }

  #ascii(qualifie: number): boolean {
    const { noms } = this.#session;
    return noms.tousAscii || this.#multioctet || noms.ascii[qualifie] === 1;
  }

  #nom(qualifie: number): void {
    const noms = this.#session.noms;
    const debut = noms.debutOctets[qualifie] as number;
    if (this.#ascii(qualifie)) {
      this.sortie.brut(noms.octets, debut, debut + (noms.longueur[qualifie] as number));
    } else this.sortie.chaine(noms.qualifieDe(qualifie));
  }

  #declarations(): void {
    const { noms } = this.#session;
    this.#espaces.trier();
    for (const prefixe of this.#espaces.aEcrire) {
      this.sortie.chaine(prefixe === 0 ? ' xmlns="' : ` xmlns:${noms.nomPrefixe(prefixe)}="`);
      this.sortie.valeur(noms.uri(noms.liaisons[prefixe] as number));
      this.sortie.octet(GUILLEMET);
    }
    this.#espaces.aEcrire.length = 0;
  }

  #attributs(balise: Balise, herites: readonly AttributXml[]): void {
    if (balise.nombre === 1 && herites.length === 0) {
      this.#attribut(balise, 0);
      return;
    }
    const { noms } = this.#session;
    const nomDe = (rang: number): number =>
      rang < balise.nombre ? (balise.attNom[rang] as number) : (herites[rang - balise.nombre]?.nom ?? 0);
    const rangs = Array.from({ length: balise.nombre + herites.length }, (_, k) => k);
    rangs.sort((a, b) => comparerNoms(noms, nomDe(a), nomDe(b)));
    for (const rang of rangs) {
      const herite = herites[rang - balise.nombre];
      if (herite === undefined) this.#attribut(balise, rang);
      else this.#herite(herite);
    }
  }

  #attribut(balise: Balise, k: number): void {
    const sortie = this.sortie;
    const { octets } = balise;
    const qualifie = balise.attQualifie[k] as number;
    if (soigne(balise, k) && this.#ascii(qualifie)) {
      sortie.brut(octets, (balise.attDebutNom[k] as number) - 1, balise.attDebut[k] as number);
    } else {
      sortie.octet(BLANC);
      this.#nom(qualifie);
      sortie.octet(EGAL);
      sortie.octet(GUILLEMET);
    }
    this.#valeur(balise, k);
    sortie.octet(GUILLEMET);
  }

  #herite({ nom, valeur }: AttributXml): void {
    this.sortie.chaine(` xml:${this.#session.noms.localDe(nom)}="`);
    this.sortie.valeur(valeur);
    this.sortie.octet(GUILLEMET);
  }

  fermer(fermante: Fermante): void {
    const { noms } = this.#session;
    const q = fermante.qualifie;
    const nom = noms.debutOctets[q] as number;
    const finNom = nom + (noms.longueur[q] as number);
    if (!this.#ascii(q)) this.sortie.chaine(`${fermante.vide ? '>' : ''}</${noms.qualifieDe(q)}>`);
    else if (fermante.vide) this.sortie.brut(noms.octets, nom - 3, finNom + 1);
    else if (fermante.fin - fermante.debut === finNom - nom + 3)
      this.sortie.brut(fermante.octets, fermante.debut, fermante.fin);
    else this.sortie.brut(noms.octets, nom - 2, finNom + 1);
    this.#espaces.sortir(fermante.profondeur);
  }

  texte(passage: Passage): void {
    if (passage.direct) this.sortie.brut(passage.octets, passage.debut, passage.fin);
    else this.sortie.texte(passage.octets, passage.debut, passage.fin);
  }

  commentaire(passage: Passage): void {
    this.sortie.chaine('<!--');
    this.sortie.libre(passage.octets, passage.debut, passage.fin);
    this.sortie.chaine('-->');
  }

  instruction(cible: string, passage: Passage): void {
    this.sortie.chaine(passage.debut === passage.fin ? `<?${cible}` : `<?${cible} `);
    this.sortie.libre(passage.octets, passage.debut, passage.fin);
    this.sortie.chaine('?>');
  }

  /** What stands outside the root is set apart by line feeds (Canonical XML §2.3). */
  saut(): void {
    this.sortie.octet(LF);
  }
}
