import { LecteurCdata, LecteurTexte } from './contenu.ts';
import { lireTete } from './declaration.ts';
import type { LimitesXml, Recepteur, RefusXml } from './evenements.ts';
import { LecteurFermante } from './fermante.ts';
import { Flot, INCOMPLET, REFUSE } from './flot.ts';
import { inconnue, lireCommentaire, lireInstruction, LONGUEUR_SECTION, reconnaitre } from './hors-balise.ts';
import { Nommage, type RegleIds } from './nommage.ts';
import { BARRE, DEBUT_NOM, ESPACE, EXCLAMATION, INFERIEUR, INTERROGATION } from './octets.ts';
import { Ouvrante } from './ouvrante.ts';
import { Tampon } from './tampon.ts';

/** Wide enough for the largest PES and its pieces, narrow enough for every attack of `crypto.md` §9. */
export const LIMITES_XML: LimitesXml = {
  octets: 1_000_000_000,
  profondeur: 256,
  balise: 1 << 20,
  attributs: 256,
  noms: 10_000,
  ids: 1_000_000,
  erreurs: 100,
};

export interface OptionsXml {
  readonly limites?: Partial<LimitesXml>;
  /** `uniques` (default): two elements with the same `Id` are refused, for a signature would point at either. */
  readonly ids?: RegleIds;
  /** Asked every 128 KiB: true when the time granted has passed. */
  readonly echu?: () => boolean;
}

/**
 * Reads XML 1.0 with namespaces as a stream of bytes and tells `recepteur`. Without DTD, so without entities of
 * its own; memory is bounded by the limits whatever the size of the file.
 *
 * `ecrire` as many times as needed, then `finir`. The first refusal ends the reading and is given again to every
 * later call; what was told before it must be forgotten by the receivers.
 */
export class AnalyseurXml {
  readonly #flot: Flot;
  readonly #tampon: Tampon;
  readonly #ouvrante: Ouvrante;
  readonly #nommage: Nommage;
  readonly #fermante: LecteurFermante;
  readonly #texte: LecteurTexte;
  readonly #cdata: LecteurCdata;
  readonly #echu: () => boolean;
  #commence = false;
  #racineVue = false;
  /** Where a declaration would have been; -1 once anything but white space was read. */
  #seuil = -1;

  constructor(recepteur: Recepteur, options: OptionsXml = {}) {
    const limites = { ...LIMITES_XML, ...options.limites };
    const flot = new Flot(limites, recepteur);
    this.#flot = flot;
    this.#tampon = new Tampon(flot);
    this.#ouvrante = new Ouvrante(flot);
    this.#nommage = new Nommage(flot, this.#ouvrante, options.ids ?? 'uniques');
    this.#fermante = new LecteurFermante(flot);
    this.#texte = new LecteurTexte(flot);
    this.#cdata = new LecteurCdata(flot);
    this.#echu = options.echu ?? (() => false);
  }

  /** @param octets of any length; nothing of it is kept. */
  ecrire(octets: Uint8Array): RefusXml | null {
    const flot = this.#flot;
    let depuis = 0;
    while (flot.refus === null && depuis < octets.length) {
      depuis += this.#tampon.remplir(octets, depuis);
      if (this.#tampon.pret) this.#tourner();
    }
    return flot.refus;
  }

  finir(): RefusXml | null {
    const flot = this.#flot;
    if (flot.refus !== null || flot.dernier) return flot.refus;
    flot.dernier = true;
    this.#tourner();
    if (flot.refus === null) this.#conclure();
    if (flot.refus === null) flot.recepteur.finir();
    return flot.refus;
  }

  #conclure(): void {
    const flot = this.#flot;
    if (this.#tampon.rempli > 0)
      flot.refuser('finInattendue', 0, { valeur: 'une balise ou une référence n’est pas finie' });
    else if (flot.profondeur > 0) {
      const valeur = `l’élément « ${flot.noms.qualifieDe(this.#fermante.ouvert)} » n’est pas fermé`;
      flot.refuser('finInattendue', 0, { valeur });
    } else if (!this.#racineVue) flot.refuser('sansRacine', 0);
  }

  /** Reads as far as the buffer goes. */
  #tourner(): void {
    const flot = this.#flot;
    let lu = 0;
    if (this.#echu()) flot.refuser('delai', 0);
    else if (!this.#commence) lu = this.#commencer();
    if (flot.refus !== null || !this.#commence) return;
    this.#tampon.ouvrir();
    lu = this.#jetons(lu);
    if (flot.refus === null) this.#tampon.fermer(lu);
  }

  /** @returns index after the head, once it can be read. */
  #commencer(): number {
    const flot = this.#flot;
    const tete = lireTete(flot.octets, this.#tampon.rempli, flot.dernier);
    if (tete.type === 'coupee') return 0;
    if (tete.type === 'refusee') {
      flot.reperes.commencer(false, tete.indice);
      flot.refuser(tete.cle, tete.indice, { valeur: tete.valeur });
      return 0;
    }
    this.#commence = true;
    if (tete.apres === tete.marque) this.#seuil = tete.apres;
    flot.choisir(tete.encodage, tete.marque);
    flot.recepteur.commencer(flot);
    return tete.apres;
  }

  /** The loop over tokens. @returns index of what could not be read yet. */
  #jetons(debut: number): number {
    const flot = this.#flot;
    const octets = flot.octets;
    const fin = flot.fin;
    let i = debut;
    if (this.#cdata.dedans && i < fin) i = this.#cdata.lire(i);
    while (i < fin && i >= 0 && flot.refus === null && !this.#cdata.dedans) {
      const texte = octets[i] !== INFERIEUR;
      const suite = texte ? this.#caracteres(i) : this.#balisage(i);
      if (suite === INCOMPLET) return i;
      i = suite;
      // a text stops before a `<`, or before what the buffer cuts
      if (texte && octets[i] !== INFERIEUR) return i;
    }
    return i;
  }

  #caracteres(i: number): number {
    const flot = this.#flot;
    if (flot.profondeur > 0) return this.#texte.lire(i);
    let j = i;
    while (ESPACE[flot.octets[j] as number] !== 0) j += 1;
    return j >= flot.fin || flot.octets[j] === INFERIEUR ? j : flot.refuser('texteHorsRacine', j);
  }

  #balisage(i: number): number {
    const flot = this.#flot;
    const c = flot.octets[i + 1] as number;
    let fin = INCOMPLET;
    if (c === BARRE) fin = this.#fermante.lire(i);
    else if (DEBUT_NOM[c] !== 0) fin = this.#ouvrir(i);
    else if (c === INTERROGATION) fin = this.#instruction(i);
    else if (c === EXCLAMATION) return this.#declaration(i);
    else fin = inconnue(flot, i);
    return fin - i > flot.limites.balise || fin === INCOMPLET ? this.#mesurer(i, fin) : fin;
  }

  /** A tag too long is refused wherever the chunks of the file happen to cut it. */
  #mesurer(i: number, fin: number): number {
    const { limites, fin: limite } = this.#flot;
    if ((fin === INCOMPLET ? limite : fin) - i <= limites.balise) return fin;
    return this.#flot.refuser('limiteBalise', i, { valeur: limites.balise });
  }

  #ouvrir(i: number): number {
    const flot = this.#flot;
    const balise = this.#ouvrante;
    const fin = balise.lire(i);
    if (fin < 0 || this.#nommage.nommer() < 0) return fin < 0 ? fin : REFUSE;
    if (balise.profondeur === 1) {
      if (this.#racineVue) {
        return flot.refuser('secondeRacine', i, { valeur: flot.noms.qualifieDe(balise.qualifie) });
      }
      this.#racineVue = true;
    }
    this.#fermante.ouvrir(balise);
    return fin;
  }

  #instruction(i: number): number {
    const flot = this.#flot;
    const blancs = this.#seuil >= 0 && !this.#racineVue && flot.base + i > this.#seuil;
    const fin = lireInstruction(flot, i, blancs);
    if (fin >= 0) this.#seuil = -1;
    return fin;
  }

  #declaration(i: number): number {
    const flot = this.#flot;
    const quoi = reconnaitre(flot, i);
    if (quoi === 'coupe') return INCOMPLET;
    this.#seuil = -1;
    if (quoi === 'commentaire') return this.#mesurer(i, lireCommentaire(flot, i));
    if (quoi === 'doctype') return flot.refuser('doctype', i);
    if (quoi === 'autre' || flot.profondeur === 0) return flot.refuser('declarationInconnue', i);
    this.#cdata.dedans = true;
    return this.#cdata.lire(i + LONGUEUR_SECTION);
  }
}
