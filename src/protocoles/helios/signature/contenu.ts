import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../../../formats/xml/evenements.ts';
import { decoder, valeurAttribut } from '../../../formats/xml/valeurs.ts';
import { LieuxSignature } from './lieux.ts';

/**
 * The content of a PES as a run of bytes in which the same content always reads the same, whatever software wrote it:
 * names with their namespaces, attributes in order, values and text decoded, comments and instructions. What signing may
 * change is told apart as marks, and the signatures themselves are left out, where the norm puts them and nowhere else.
 * White space before a text, and alone between two tags, says nothing in PES v2, whose values are attributes.
 */

/** What may differ between a file and the same file signed. */
export interface Jalon {
  readonly type: 'id' | 'infoDematerialisee';
  /** As written; null when absent. */
  readonly valeur: string | null;
}

/** What is told since it was last taken. Offsets count from the start of `octets`. */
export interface Portion {
  readonly octets: Buffer;
  readonly jalons: readonly { readonly place: number; readonly jalon: Jalon }[];
  /** Where some of it stands in the file, both in increasing order. */
  readonly reperes: readonly { readonly place: number; readonly octet: number }[];
}

/** Controls that XML forbids: no content can imitate them. */
const SIGNE = { ouvre: 1, espace: 2, attribut: 3, valeur: 4, contenu: 5, ferme: 6, commentaire: 7, fin: 8 };
const INSTRUCTION = 0x0e;

const CAPACITE = 1 << 16;

function blanc(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

export class ContenuCanonique implements Recepteur {
  /** Signatures left out. */
  signatures = 0;
  #session: SessionXml | null = null;
  #lieux: LieuxSignature | null = null;
  #nomId = -1;
  #nomV = -1;
  #octets: Buffer = Buffer.allocUnsafe(CAPACITE);
  #taille = 0;
  #jalons: { place: number; jalon: Jalon }[] = [];
  #reperes: { place: number; octet: number }[] = [];
  /** Bytes of each name as told, by the integer of the qualified name: it stands for one name, but where a prefix is bound anew. */
  readonly #noms: { readonly nom: number; readonly octets: Buffer }[] = [];
  /** Depth of the signature that is being left out, 0 when none. */
  #omise = 0;
  /** Depth of the InfoDematerialisee that is open and told as a mark, 0 when none. */
  #info = 0;
  /** Depth of the header that still owes its mark, 0 when none. */
  #entete = 0;
  /** The text node that is open has shown more than white space. */
  #parle = false;

  commencer(session: SessionXml): void {
    this.#session = session;
    this.#lieux = new LieuxSignature(session);
    this.#nomId = session.noms.nom('', 'Id');
    this.#nomV = session.noms.nom('', 'V');
  }

  /** Hands over what was told since the last time. */
  prendre(): Portion {
    const portion = {
      octets: this.#octets.subarray(0, this.#taille),
      jalons: this.#jalons,
      reperes: this.#reperes,
    };
    this.#octets = Buffer.allocUnsafe(CAPACITE);
    this.#taille = 0;
    this.#jalons = [];
    this.#reperes = [];
    return portion;
  }

  ouvrir(balise: Balise): void {
    if (this.#omise > 0) return;
    const lieu = this.#lieux?.entrer(balise) ?? 'ailleurs';
    if (lieu === 'signature') {
      this.#omise = balise.profondeur;
      this.signatures += 1;
      return;
    }
    if (lieu === 'infoDematerialisee' && this.#annonce(balise)) return;
    const signable = lieu === 'racine' || lieu === 'bordereau';
    if (lieu === 'entete') this.#entete = balise.profondeur;
    this.#ouvrirOrdinaire(balise, signable);
  }

  /** @returns whether it is one that the norm knows: an attribute V or none at all. */
  #annonce(balise: Balise): boolean {
    const session = this.#session as SessionXml;
    const nu = balise.nombre === 0;
    if (!nu && (balise.nombre > 1 || balise.attNom[0] !== this.#nomV)) return false;
    const valeur = nu ? null : valeurAttribut(balise, 0, session.unicode);
    this.#marquer({ type: 'infoDematerialisee', valeur });
    this.#info = balise.profondeur;
    this.#entete = 0;
    return true;
  }

  #ouvrirOrdinaire(balise: Balise, signable: boolean): void {
    this.#reperer(balise.debut);
    this.#parle = false;
    this.#octet(SIGNE.ouvre);
    this.#nom(balise.qualifie, balise.nom);
    if (balise.nombre === 1) this.#attribut(balise, 0, signable);
    else if (balise.nombre > 1) this.#attributs(balise, signable);
    this.#octet(SIGNE.contenu);
    if (signable) this.#marquer({ type: 'id', valeur: balise.id });
  }

  #attributs(balise: Balise, signable: boolean): void {
    const { noms } = this.#session as SessionXml;
    const cle = (k: number): string => {
      const nom = balise.attNom[k] as number;
      return `${noms.uri(noms.espaceDe(nom))}\0${noms.localDe(nom)}`;
    };
    const rangs = Array.from({ length: balise.nombre }, (_, k) => ({ k, cle: cle(k) }));
    rangs.sort((a, b) => (a.cle < b.cle ? -1 : 1));
    for (const { k } of rangs) this.#attribut(balise, k, signable);
  }

  #attribut(balise: Balise, k: number, signable: boolean): void {
    const nom = balise.attNom[k] as number;
    if (signable && nom === this.#nomId) return;
    this.#octet(SIGNE.attribut);
    this.#nom(balise.attQualifie[k] as number, nom);
    this.#octet(SIGNE.valeur);
    const [debut = 0, fin = 0] = [balise.attDebut[k], balise.attFin[k]];
    // 0: the bytes are the value, in ASCII or in UTF-8
    if (balise.attEtat[k] === 0) this.#copier(balise.octets, debut, fin);
    else this.#ecrire(valeurAttribut(balise, k, this.#session?.unicode ?? null));
  }

  #nom(qualifie: number, nom: number): void {
    let connu = this.#noms[qualifie];
    if (connu?.nom !== nom) {
      connu = { nom, octets: this.#composer(qualifie, nom) };
      this.#noms[qualifie] = connu;
    }
    this.#copier(connu.octets, 0, connu.octets.length);
  }

  #composer(qualifie: number, nom: number): Buffer {
    const { noms } = this.#session as SessionXml;
    const [espace, ecrit] = [noms.uri(noms.espaceDe(nom)), noms.qualifieDe(qualifie)];
    return Buffer.concat([Buffer.from(espace), Buffer.of(SIGNE.espace), Buffer.from(ecrit)]);
  }

  fermer({ profondeur, debut }: Fermante): void {
    if (this.#omise > 0) {
      if (profondeur === this.#omise) this.#omise = 0;
      return;
    }
    if (profondeur === this.#info) {
      this.#info = 0;
      return;
    }
    if (profondeur === this.#entete) {
      this.#marquer({ type: 'infoDematerialisee', valeur: null });
      this.#entete = 0;
    }
    this.#reperer(debut);
    this.#parle = false;
    this.#octet(SIGNE.ferme);
  }

  texte({ octets, debut, fin, direct }: Passage): void {
    if (this.#omise > 0) return;
    let i = debut;
    if (!this.#parle) {
      while (i < fin && blanc(octets[i] as number)) i += 1;
      if (i === fin) return;
      this.#parle = true;
      this.#reperer(i);
    }
    if (direct) this.#copier(octets, i, fin);
    else this.#ecrire(decoder(octets.subarray(i, fin), this.#session?.unicode ?? null));
  }

  caractere(code: number, indice: number): void {
    if (this.#omise > 0 || (!this.#parle && blanc(code))) return;
    if (!this.#parle) this.#reperer(indice);
    this.#parle = true;
    this.#ecrire(String.fromCodePoint(code));
  }

  commentaire(passage: Passage): void {
    if (this.#omise === 0) this.#aPart(SIGNE.commentaire, passage);
  }

  instruction(cible: string, passage: Passage): void {
    if (this.#omise === 0) this.#aPart(INSTRUCTION, passage, `${cible} `);
  }

  #aPart(signe: number, { octets, debut, fin }: Passage, tete = ''): void {
    this.#reperer(debut);
    this.#parle = false;
    this.#octet(signe);
    const corps = decoder(octets.subarray(debut, fin), this.#session?.unicode ?? null);
    this.#ecrire(`${tete}${corps.replace(/\r\n?/g, '\n')}`);
    this.#octet(SIGNE.fin);
  }

  finir(): void {}

  #marquer(jalon: Jalon): void {
    this.#jalons.push({ place: this.#taille, jalon });
  }

  #reperer(indice: number): void {
    this.#reperes.push({ place: this.#taille, octet: (this.#session?.base ?? 0) + indice });
  }

  #place(longueur: number): void {
    const voulue = this.#taille + longueur;
    if (voulue <= this.#octets.length) return;
    const plusGrand = Buffer.allocUnsafe(Math.max(voulue, this.#octets.length * 2));
    this.#octets.copy(plusGrand, 0, 0, this.#taille);
    this.#octets = plusGrand;
  }

  #octet(valeur: number): void {
    this.#place(1);
    this.#octets[this.#taille] = valeur;
    this.#taille += 1;
  }

  #copier(source: Buffer, debut: number, fin: number): void {
    this.#place(fin - debut);
    source.copy(this.#octets, this.#taille, debut, fin);
    this.#taille += fin - debut;
  }

  #ecrire(texte: string): void {
    this.#place(texte.length * 3);
    this.#taille += this.#octets.write(texte, this.#taille, 'utf8');
  }
}
