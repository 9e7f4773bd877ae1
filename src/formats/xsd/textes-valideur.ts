import type { Fermante, Passage, PositionXml } from '../xml/evenements.ts';
import type { Cadre } from './cadres.ts';
import { extrait } from './constats.ts';
import { type Juge, MODE } from './juges.ts';
import { CONTENU } from './schema.ts';
import type { Suivi } from './suivi.ts';
import { debutDe, type FauteTexte, TexteFlux } from './texte-flux.ts';

const blanc = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

/** Text of elements: values of simple contents, and text where there may be none. */
export class TextesValideur {
  readonly #suivi: Suivi;
  readonly #flux: TexteFlux;
  #debut: PositionXml = { octet: 0, ligne: 1, colonne: 1 };

  constructor(suivi: Suivi, max: number) {
    this.#suivi = suivi;
    this.#flux = new TexteFlux(max);
  }

  /** An element of simple content opens; `indice` is its `<`. */
  commencer(cadre: Cadre, indice: number): void {
    this.#debut = this.#suivi.lecture.situer(indice);
    const fixe = cadre.element?.artefact.fixe ?? null;
    this.#flux.commencer(cadre.type.juge as Juge, this.#suivi.lecture.unicode, fixe !== null);
  }

  ajouter(cadre: Cadre, p: Passage): void {
    if (p.fin === p.debut) return;
    if (cadre.nil) this.#interdire(cadre, p.debut, this.#montrer(p, p.debut));
    else if (cadre.type.contenu === CONTENU.simple) this.#signaler(cadre, this.#flux.ajouter(p));
    else if (cadre.type.contenu !== CONTENU.mixte) this.#verifier(cadre, p);
  }

  ajouterCaractere(cadre: Cadre, code: number, indice: number): void {
    if (!cadre.nil && cadre.type.contenu === CONTENU.simple) {
      this.#signaler(cadre, this.#flux.ajouterCaractere(code, indice));
      return;
    }
    if (
      cadre.nil ||
      cadre.type.contenu === CONTENU.vide ||
      (cadre.type.contenu === CONTENU.elements && !blanc(code))
    ) {
      this.#interdire(cadre, indice, String.fromCodePoint(code));
    }
  }

  #verifier(cadre: Cadre, p: Passage): void {
    const { octets, fin } = p;
    let i = p.debut;
    if (cadre.type.contenu === CONTENU.elements) while (i < fin && blanc(octets[i] as number)) i += 1;
    if (i < fin) this.#interdire(cadre, i, this.#montrer(p, i));
  }

  #montrer(p: Passage, indice: number): string {
    return debutDe(p, indice, this.#suivi.lecture.unicode);
  }

  #nom(cadre: Cadre): string {
    return this.#suivi.lecture.noms.qualifieDe(cadre.qualifie);
  }

  #interdire(cadre: Cadre, indice: number, valeur: string): void {
    if (cadre.texteSignale) return;
    cadre.texteSignale = true;
    const permis = cadre.type.contenu === CONTENU.vide ? 'doit être vide' : 'ne contient que des éléments';
    const raison = cadre.nil ? 'est déclaré vide (xsi:nil)' : permis;
    this.#suivi.constater({
      code: 'XSD-008',
      message: `Du texte n’a pas sa place ici : « ${this.#nom(cadre)} » ${raison}.`,
      ou: indice,
      element: cadre.octet,
      valeur: valeur.trim(),
    });
  }

  #signaler(cadre: Cadre, faute: FauteTexte | null): void {
    if (faute !== null) this.#refuser(cadre, { ...faute, ou: faute.indice });
  }

  #refuser(
    cadre: Cadre,
    vu: { readonly ou: number | PositionXml; readonly valeur: string; readonly attendu: string },
  ): void {
    this.#suivi.constater({
      code: 'XSD-007',
      message: `La valeur « ${extrait(vu.valeur)} » de « ${this.#nom(cadre)} » n’est pas admise ; attendu : ${vu.attendu}.`,
      ou: vu.ou,
      element: cadre.octet,
      valeur: vu.valeur,
      attendu: vu.attendu,
    });
  }

  /** The element of simple content closes. */
  juger(cadre: Cadre, fermante: Fermante): void {
    const flux = this.#flux;
    if (cadre.nil || cadre.perdu) return;
    const declaration = cadre.element?.artefact;
    // an empty element takes the value that its declaration gives (3.3.1)
    if (!flux.vu && (declaration?.defaut ?? declaration?.fixe ?? null) !== null) return;
    if (flux.trop) return this.#tropLong(cadre, fermante);
    const fixe = declaration?.fixe ?? null;
    const attendu = this.#attendu(cadre, fixe);
    if (attendu !== null) this.#refuser(cadre, { ou: this.#debut, valeur: flux.texte, attendu });
  }

  #attendu(cadre: Cadre, fixe: string | null): string | null {
    const juge = cadre.type.juge as Juge;
    const flux = this.#flux;
    if (juge.mode !== MODE.entier && fixe === null) return flux.juger();
    const suivi = this.#suivi;
    suivi.ici = this.#debut;
    suivi.elementIci = cadre.octet;
    suivi.suiteIci = '';
    const attendu = juge.juger(flux.texte, suivi);
    return attendu === null && fixe !== null && !juge.egale(flux.texte, fixe) ? `« ${fixe} »` : attendu;
  }

  #tropLong(cadre: Cadre, fermante: Fermante): void {
    this.#suivi.constater({
      code: 'XSD-014',
      message: `Le texte de « ${this.#nom(cadre)} » est trop long pour être jugé.`,
      ou: fermante.debut,
      element: cadre.octet,
      valeur: this.#flux.texte,
    });
  }
}
