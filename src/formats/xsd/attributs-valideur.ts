import { type Balise, VALEUR } from '../xml/evenements.ts';
import { valeurAttribut } from '../xml/valeurs.ts';
import { extrait } from './constats.ts';
import { admet } from './jokers.ts';
import { type Juge, MODE } from './juges.ts';
import { OctetsJuges } from './octets-juges.ts';
import type { AttributPret, TypePret } from './schema.ts';
import { type Suivi, XSI } from './suivi.ts';

/** What a single byte per character lets pass without decoding: nothing to resolve, nothing to replace. */
const TEL_QUEL = VALEUR.guillemet | VALEUR.haut;

/** The attributes of one start tag, against the type of its element. */
export class AttributsValideur {
  readonly #suivi: Suivi;
  readonly #connus = new OctetsJuges();

  constructor(suivi: Suivi) {
    this.#suivi = suivi;
  }

  /** Value of `xsi:type` or `xsi:nil` (as `quel`), null when absent. */
  xsi(balise: Balise, quel: number): { readonly valeur: string; readonly indice: number } | null {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (this.#suivi.rangDe(balise.attNom[k] as number) !== quel) continue;
      const valeur = valeurAttribut(balise, k, this.#suivi.lecture.unicode);
      return { valeur: valeur.trim(), indice: balise.attDebut[k] as number };
    }
    return null;
  }

  /** Whether the tag bears `xsi:type` or `xsi:nil`. */
  aXsi(balise: Balise): boolean {
    for (let k = 0; k < balise.nombre; k += 1) {
      const rang = this.#suivi.rangDe(balise.attNom[k] as number);
      if (rang === XSI.type || rang === XSI.nil) return true;
    }
    return false;
  }

  juger(balise: Balise, type: TypePret): void {
    let requis = 0;
    const { attNoms } = type;
    for (let k = 0; k < balise.nombre; k += 1) {
      const rang = this.#suivi.rangDe(balise.attNom[k] as number);
      let i = 0;
      while (i < attNoms.length && attNoms[i] !== rang) i += 1;
      if (i === attNoms.length || rang < 0) {
        if (rang >= XSI.aucun) this.#libre(balise, k, type);
        continue;
      }
      const attribut = type.attributs[i] as AttributPret;
      if (attribut.requis) requis += 1;
      this.#valeur(balise, k, attribut);
    }
    if (requis < type.requis) this.#manquants(balise, type);
  }

  #nom(balise: Balise, k: number): string {
    return this.#suivi.lecture.noms.qualifieDe(balise.attQualifie[k] as number);
  }

  #element(balise: Balise): string {
    return this.#suivi.lecture.noms.qualifieDe(balise.qualifie);
  }

  /** An attribute that the type does not name: a wildcard lets it in, or nothing does. */
  #libre(balise: Balise, k: number, type: TypePret): void {
    const suivi = this.#suivi;
    const nom = balise.attNom[k] as number;
    const { joker } = type;
    const admis = joker !== null && admet(joker.espaces, suivi.uriDe(nom));
    if (admis && joker.processus === 'skip') return;
    const globale = admis ? suivi.schema.attributs.get(suivi.rangDe(nom)) : undefined;
    if (globale !== undefined) return this.#valeur(balise, k, globale);
    if (admis && joker.processus === 'lax') return;
    const ecrit = this.#nom(balise, k);
    const quoi = admis ? 'n’est déclaré dans aucun schéma' : 'n’est pas prévu ici';
    suivi.constater({
      code: admis ? 'XSD-012' : 'XSD-004',
      message: `L’attribut « ${ecrit} » de « ${this.#element(balise)} » ${quoi}.`,
      ou: balise.attDebutNom[k] as number,
      element: suivi.lecture.base + balise.debut,
      suite: `/@${ecrit}`,
      attendu: type.attributs.map((a) => suivi.schema.localDe(a.nom)).join(', '),
    });
  }

  #manquants(balise: Balise, type: TypePret): void {
    const suivi = this.#suivi;
    const presents = new Set<number>();
    for (let k = 0; k < balise.nombre; k += 1) presents.add(suivi.rangDe(balise.attNom[k] as number));
    for (const a of type.attributs) {
      if (!a.requis || presents.has(a.nom)) continue;
      const nom = suivi.schema.localDe(a.nom);
      suivi.constater({
        code: 'XSD-005',
        message: `L’attribut « ${nom} » manque à « ${this.#element(balise)} ».`,
        ou: balise.debut,
        element: suivi.lecture.base + balise.debut,
        suite: `/@${nom}`,
        attendu: `l’attribut « ${nom} »`,
      });
    }
  }

  #valeur(balise: Balise, k: number, attribut: AttributPret): void {
    const { juge } = attribut;
    if (attribut.fixe === null && juge.mode === MODE.libre) return;
    const simple = ((balise.attEtat[k] as number) & ~TEL_QUEL) === 0 && attribut.fixe === null;
    const debut = balise.attDebut[k] as number;
    const fin = balise.attFin[k] as number;
    if (simple && this.#court(juge, fin - debut)) return;
    if (simple) {
      this.#connus.montrer(balise.octets, debut, fin);
      if (this.#connus.connu(juge)) return;
    }
    const valeur = valeurAttribut(balise, k, this.#suivi.lecture.unicode);
    const suivi = this.#suivi;
    suivi.ici = debut;
    suivi.elementIci = suivi.lecture.base + balise.debut;
    suivi.suiteIci = juge.effets ? `/@${this.#nom(balise, k)}` : '';
    let attendu = juge.juger(valeur, suivi);
    if (attendu === null && attribut.fixe !== null && !juge.egale(valeur, attribut.fixe)) {
      attendu = `« ${attribut.fixe} »`;
    }
    if (attendu !== null) this.#refuser(balise, k, { valeur, attendu });
    else if (simple) this.#connus.retenir();
  }

  /** A text bounded in length only, whose bytes already say that it fits. */
  #court(juge: Juge, octets: number): boolean {
    if (juge.mode !== MODE.longueur) return false;
    const f = juge.facettes;
    if (this.#suivi.lecture.unicode !== null) return juge.controlerLongueur(octets) === null;
    return f.longueur < 0 && (f.longueurMax < 0 || octets <= f.longueurMax) && octets >= f.longueurMin * 4;
  }

  #refuser(balise: Balise, k: number, vu: { readonly valeur: string; readonly attendu: string }): void {
    const suivi = this.#suivi;
    const nom = this.#nom(balise, k);
    suivi.constater({
      code: 'XSD-006',
      message:
        `La valeur « ${extrait(vu.valeur)} » de l’attribut « ${nom} » de « ${this.#element(balise)} » ` +
        `n’est pas admise ; attendu : ${vu.attendu}.`,
      ou: balise.attDebut[k] as number,
      element: suivi.lecture.base + balise.debut,
      suite: `/@${nom}`,
      valeur: vu.valeur,
      attendu: vu.attendu,
    });
  }
}
