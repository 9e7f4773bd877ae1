import type { Balise } from '../xml/evenements.ts';
import type { JokerArtefact } from './artefact.ts';
import type { Cadre } from './cadres.ts';
import { listeAttendus } from './constats.ts';
import { admet } from './jokers.ts';
import { CONTENU, type ModelePret, SUITE } from './schema.ts';
import type { Suivi } from './suivi.ts';

/** Answers of `avancer` that are no declaration. */
export const SANS_DECLARATION = -1;
export const A_SAUTER = -2;

/** Elements against the content models of their parents. */
export class Contenus {
  /** Rank of the element last taken, 0 when it has none. */
  rang = 0;
  readonly #suivi: Suivi;

  constructor(suivi: Suivi) {
    this.#suivi = suivi;
  }

  /**
   * Moves the parent by one child.
   * @returns the row of its declaration, SANS_DECLARATION (judged as xs:anyType), A_SAUTER (not judged).
   */
  avancer(parent: Cadre, balise: Balise): number {
    this.rang = 0;
    const modele = parent.type.modele;
    if (parent.nil) return this.#horsPlace(parent, balise, 'est déclaré vide (xsi:nil)');
    if (modele === null) {
      const raison = parent.type.contenu === CONTENU.vide ? 'doit être vide' : 'ne contient que du texte';
      return this.#horsPlace(parent, balise, raison);
    }
    parent.enfants = true;
    const nom = this.#suivi.rangDe(balise.nom);
    if (parent.perdu) return modele.secours.get(nom) ?? A_SAUTER;
    const { suites, debuts } = modele;
    const fin = debuts[parent.etat + 1] as number;
    for (let k = debuts[parent.etat] as number; k < fin; k += SUITE.largeur) {
      if (suites[k] === nom && nom >= 0 && this.#compter(parent, modele, suites[k + SUITE.rang] as number)) {
        parent.etat = suites[k + SUITE.cible] as number;
        return suites[k + SUITE.element] as number;
      }
    }
    for (const j of modele.jokers[parent.etat] ?? []) {
      if (!admet(j.joker.espaces, this.#suivi.uriDe(balise.nom))) continue;
      parent.etat = j.cible;
      return this.#joker(balise, j.joker);
    }
    return this.#inattendu(parent, balise, modele);
  }

  /** @returns false when the parent already has the only one it may. */
  #compter(parent: Cadre, modele: ModelePret, rang: number): boolean {
    if (rang < 0) return true;
    const { compteurs } = this.#suivi.pile;
    const n = (compteurs[parent.compteurs + rang] as number) + 1;
    if (modele.artefact.genre === 'tous') {
      if (n > 1) return false;
    } else this.rang = n;
    compteurs[parent.compteurs + rang] = n;
    return true;
  }

  #joker(balise: Balise, joker: JokerArtefact): number {
    if (joker.processus === 'skip') return A_SAUTER;
    const declare = this.#suivi.schema.racines.get(this.#suivi.rangDe(balise.nom));
    if (declare !== undefined) return declare;
    if (joker.processus === 'lax') return SANS_DECLARATION;
    const nom = this.#nom(balise);
    this.#suivi.constater({
      code: 'XSD-012',
      message: `L’élément « ${nom} » n’est déclaré dans aucun schéma.`,
      ou: balise.debut,
      element: this.#suivi.lecture.base + balise.debut,
      suite: `/${nom}`,
    });
    return A_SAUTER;
  }

  #nom(balise: Balise): string {
    return this.#suivi.lecture.noms.qualifieDe(balise.qualifie);
  }

  #nomParent(parent: Cadre): string {
    return this.#suivi.lecture.noms.qualifieDe(parent.qualifie);
  }

  /** What may come now, or the end. */
  attendus(cadre: Cadre): string {
    const modele = cadre.type.modele;
    const fin = this.complet(cadre) ? this.#nomParent(cadre) : null;
    if (modele === null) return listeAttendus([], fin);
    const noms: string[] = [];
    const bout = modele.debuts[cadre.etat + 1] as number;
    for (let k = modele.debuts[cadre.etat] as number; k < bout; k += SUITE.largeur) {
      const rang = modele.suites[k + SUITE.rang] as number;
      const pris = modele.artefact.genre === 'tous' && this.#compte(cadre, rang) > 0;
      if (!pris) noms.push(this.#suivi.schema.localDe(modele.suites[k] as number));
    }
    if ((modele.jokers[cadre.etat] ?? []).length > 0) noms.push('*');
    return listeAttendus(noms, fin);
  }

  #compte(cadre: Cadre, rang: number): number {
    return this.#suivi.pile.compteurs[cadre.compteurs + rang] as number;
  }

  /** Whether the element may end here. */
  complet(cadre: Cadre): boolean {
    const modele = cadre.type.modele;
    if (modele === null || cadre.perdu || cadre.nil) return true;
    const { artefact } = modele;
    if (artefact.genre === 'automate') return modele.accepte[cadre.etat] === 1;
    if (artefact.facultatif && !cadre.enfants) return true;
    return artefact.membres.every((m, k) => !m.requis || this.#compte(cadre, k) > 0);
  }

  #horsPlace(parent: Cadre, balise: Balise, raison: string): number {
    if (!parent.perdu) this.#constater(parent, balise, { raison, attendu: '' });
    parent.perdu = true;
    return A_SAUTER;
  }

  #inattendu(parent: Cadre, balise: Balise, modele: ModelePret): number {
    this.#constater(parent, balise, { raison: null, attendu: this.attendus(parent) });
    parent.perdu = true;
    return modele.secours.get(this.#suivi.rangDe(balise.nom)) ?? A_SAUTER;
  }

  #constater(
    parent: Cadre,
    balise: Balise,
    { raison, attendu }: { readonly raison: string | null; readonly attendu: string },
  ): void {
    const nom = this.#nom(balise);
    const cause = raison === null ? `attendu : ${attendu}` : `« ${this.#nomParent(parent)} » ${raison}`;
    this.#suivi.constater({
      code: 'XSD-002',
      message: `L’élément « ${nom} » n’a pas sa place ici dans « ${this.#nomParent(parent)} » ; ${cause}.`,
      ou: balise.debut,
      element: this.#suivi.lecture.base + balise.debut,
      suite: `/${nom}`,
      attendu,
    });
  }
}
