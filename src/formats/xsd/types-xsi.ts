import type { Balise } from '../xml/evenements.ts';
import type { AttributsValideur } from './attributs-valideur.ts';
import type { Cadre } from './cadres.ts';
import { extrait } from './constats.ts';
import type { ElementPret, TypePret } from './schema.ts';
import { type Suivi, XSI } from './suivi.ts';

/** `xsi:type` and `xsi:nil`: what a document may change of its own validation (XSD Structures, 2.6 and 3.3.4). */
export class TypesXsi {
  readonly #suivi: Suivi;
  readonly #attributs: AttributsValideur;

  constructor(suivi: Suivi, attributs: AttributsValideur) {
    this.#suivi = suivi;
    this.#attributs = attributs;
  }

  #refuser(balise: Balise, xsi: { readonly indice: number; readonly valeur: string }, message: string): void {
    const nom = this.#suivi.lecture.noms.qualifieDe(balise.qualifie);
    this.#suivi.constater({
      code: 'XSD-009',
      message,
      ou: xsi.indice,
      element: this.#suivi.lecture.base + balise.debut,
      suite: `/${nom}/@xsi:type`,
      valeur: xsi.valeur,
    });
  }

  /** The type that the tag asks for, when it may; else the declared one. Its element is not on the stack yet. */
  type(balise: Balise, declare: TypePret, element: ElementPret | null): TypePret {
    const xsi = this.#attributs.xsi(balise, XSI.type);
    if (xsi === null) return declare;
    const { valeur } = xsi;
    const demande = this.#nomme(valeur);
    if (demande === null) {
      const message = `xsi:type désigne « ${extrait(valeur)} », qui n’est pas un type du schéma.`;
      this.#refuser(balise, xsi, message);
      return declare;
    }
    const bloque = (element?.artefact.bloque ?? 0) | this.#bloque(declare);
    if (this.#suivi.schema.remplace(demande.rang, declare.rang, bloque)) return demande;
    const message = `xsi:type demande « ${extrait(valeur)} », qui ne peut pas remplacer le type « ${declare.nom} ».`;
    this.#refuser(balise, xsi, message);
    return declare;
  }

  #bloque(type: TypePret): number {
    const artefact = this.#suivi.schema.artefact.types[type.rang];
    return artefact?.genre === 'complexe' ? artefact.bloque : 0;
  }

  #nomme(valeur: string): TypePret | null {
    const { noms } = this.#suivi.lecture;
    const m = /^(?:([^:\s]+):)?([^:\s]+)$/.exec(valeur);
    if (m === null) return null;
    const prefixe = noms.prefixe(m[1] ?? '');
    const espace = prefixe < 0 ? -1 : (noms.liaisons[prefixe] ?? -1);
    return espace < 0 ? null : this.#suivi.schema.typeNomme(noms.uri(espace), m[2] ?? '');
  }

  /** The element is on the stack. */
  nil(balise: Balise, cadre: Cadre): void {
    const xsi = this.#attributs.xsi(balise, XSI.nil);
    if (xsi === null || cadre.element === null) return;
    const { valeur } = xsi;
    let message: string | null = null;
    if (!/^(?:true|false|1|0)$/.test(valeur)) {
      message = `xsi:nil vaut « ${extrait(valeur)} » ; attendu : « true » ou « false ».`;
    } else if (!cadre.element.artefact.nillable) message = 'xsi:nil n’est pas permis sur cet élément.';
    else if (valeur === 'true' || valeur === '1') {
      if (cadre.element.artefact.fixe === null) cadre.nil = true;
      else message = 'xsi:nil n’est pas permis : la valeur de cet élément est imposée.';
    }
    if (message === null) return;
    this.#suivi.constater({
      code: 'XSD-010',
      message,
      ou: xsi.indice,
      element: cadre.octet,
      suite: '/@xsi:nil',
      valeur,
    });
  }
}
