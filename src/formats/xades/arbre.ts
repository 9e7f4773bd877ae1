import type { Balise, Passage, SessionXml } from '../xml/evenements.ts';
import { decoder, valeurAttribut } from '../xml/valeurs.ts';

/** A `ds:Signature` as a small tree: it is read whole, what it signs never is. */
export interface Noeud {
  readonly espace: string;
  readonly nom: string;
  /** Key `{namespace}local`, or `local` without namespace. */
  readonly attributs: ReadonlyMap<string, string>;
  readonly enfants: readonly Noeud[];
  /** Direct text, references resolved. */
  readonly texte: string;
  /** Offset of its `<` in the file. */
  readonly debut: number;
}

interface EnCours {
  readonly espace: string;
  readonly nom: string;
  readonly attributs: ReadonlyMap<string, string>;
  readonly enfants: EnCours[];
  texte: string;
  readonly debut: number;
}

/** A signature with a long chain of certificates weighs 30 kB; each bound stops whoever would fill the memory. */
export const LIMITES_SIGNATURE = { elements: 1000, caracteres: 1 << 20 } as const;

/** Grows one tree from the events between a start tag and its end. */
export class Arbre {
  readonly racine: EnCours;
  readonly #pile: EnCours[];
  readonly #session: SessionXml;
  #elements = 1;
  #caracteres = 0;

  constructor(balise: Balise, session: SessionXml) {
    this.#session = session;
    this.racine = this.#noeud(balise);
    this.#pile = [this.racine];
  }

  /** Beyond the limits nothing more is kept. */
  get tropGros(): boolean {
    return this.#elements > LIMITES_SIGNATURE.elements || this.#caracteres > LIMITES_SIGNATURE.caracteres;
  }

  #noeud(balise: Balise): EnCours {
    const { noms, unicode, base } = this.#session;
    const attributs = new Map<string, string>();
    for (let k = 0; k < balise.nombre; k += 1) {
      const nom = balise.attNom[k] ?? 0;
      const uri = noms.uri(noms.espaceDe(nom));
      const valeur = valeurAttribut(balise, k, unicode);
      this.#caracteres += valeur.length;
      attributs.set(uri === '' ? noms.localDe(nom) : `{${uri}}${noms.localDe(nom)}`, valeur);
    }
    const espace = noms.uri(noms.espaceDe(balise.nom));
    const nom = noms.localDe(balise.nom);
    return { espace, nom, attributs, enfants: [], texte: '', debut: base + balise.debut };
  }

  ouvrir(balise: Balise): void {
    this.#elements += 1;
    if (this.tropGros) return;
    const noeud = this.#noeud(balise);
    this.#pile.at(-1)?.enfants.push(noeud);
    this.#pile.push(noeud);
  }

  fermer(): void {
    if (!this.tropGros) this.#pile.pop();
  }

  texte(passage: Passage): void {
    this.#caracteres += passage.fin - passage.debut;
    const haut = this.#pile.at(-1);
    if (this.tropGros || haut === undefined) return;
    haut.texte += decoder(passage.octets.subarray(passage.debut, passage.fin), this.#session.unicode);
  }

  caractere(code: number): void {
    this.#caracteres += 1;
    const haut = this.#pile.at(-1);
    if (!this.tropGros && haut !== undefined) haut.texte += String.fromCodePoint(code);
  }
}

/** Children of this name, in order. */
export function enfants(noeud: Noeud | undefined, espace: string, nom: string): readonly Noeud[] {
  return noeud?.enfants.filter((e) => e.nom === nom && e.espace === espace) ?? [];
}

/** The first descendant along these names, all of one namespace. */
export function descendre(noeud: Noeud | undefined, espace: string, ...noms: string[]): Noeud | undefined {
  let ici = noeud;
  for (const nom of noms) ici = enfants(ici, espace, nom)[0];
  return ici;
}
