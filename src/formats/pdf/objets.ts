/**
 * Objects of a PDF (ISO 32000-1, 7.3). Atoms keep the very letters they were read in, so that an object rewritten with
 * one entry changed says all the rest as its author did.
 */

export interface Nombre {
  readonly type: 'nombre';
  /** 0 when the letters make no number. */
  readonly valeur: number;
  readonly texte: string;
}

/** `null`, `true`, `false`, and any word that means nothing. */
export interface Mot {
  readonly type: 'mot';
  readonly texte: string;
}

export interface Nom {
  readonly type: 'nom';
  /** Latin-1, its `#xx` decoded, without the slash. */
  readonly nom: string;
}

/** Still encrypted, where it stands in an encrypted document outside of an object stream. */
export interface Chaine {
  readonly type: 'chaine';
  /** As read, delimiters included: `chaines.ts` gives its bytes. */
  readonly texte: string;
}

export interface Reference {
  readonly type: 'reference';
  readonly numero: number;
  readonly generation: number;
}

export interface Tableau {
  readonly type: 'tableau';
  readonly elements: readonly ObjetPdf[];
}

export interface Dictionnaire {
  readonly type: 'dictionnaire';
  /** Of two entries of one name, the last. */
  readonly entrees: ReadonlyMap<string, ObjetPdf>;
}

export type ObjetPdf = Nombre | Mot | Nom | Chaine | Reference | Tableau | Dictionnaire;

export const NUL: Mot = { type: 'mot', texte: 'null' };

/** No exponent, four decimals at most: what every reader takes. */
function enTexte(valeur: number): string {
  const texte = valeur.toFixed(4).replace(/\.?0+$/, '');
  return texte === '-0' ? '0' : texte;
}

export function nombre(valeur: number): Nombre {
  return { type: 'nombre', valeur, texte: enTexte(valeur) };
}

export function nom(texte: string): Nom {
  return { type: 'nom', nom: texte };
}

export function reference(numero: number, generation = 0): Reference {
  return { type: 'reference', numero, generation };
}

export function tableau(elements: readonly ObjetPdf[]): Tableau {
  return { type: 'tableau', elements };
}

export function dictionnaire(entrees: Readonly<Record<string, ObjetPdf>>): Dictionnaire {
  return { type: 'dictionnaire', entrees: new Map(Object.entries(entrees)) };
}

/** The same dictionary, this entry set. */
export function avec(base: Dictionnaire, cle: string, valeur: ObjetPdf): Dictionnaire {
  return { type: 'dictionnaire', entrees: new Map(base.entrees).set(cle, valeur) };
}

export function enDictionnaire(objet: ObjetPdf | undefined): Dictionnaire | null {
  return objet?.type === 'dictionnaire' ? objet : null;
}

export function enNom(objet: ObjetPdf | undefined): string | null {
  return objet?.type === 'nom' ? objet.nom : null;
}

/** @returns a whole number, without losing any of it, or null. */
export function enEntier(objet: ObjetPdf | undefined): number | null {
  return objet?.type === 'nombre' && Number.isSafeInteger(objet.valeur) ? objet.valeur : null;
}
