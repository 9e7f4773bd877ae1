/** Bindings of prefixes to namespaces as elements open and close (Namespaces in XML 1.0, third edition). */

export const NS_XML = 'http://www.w3.org/XML/1998/namespace';
export const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';

export const PREFIXE_AUCUN = 0;
export const PREFIXE_XML = 1;
export const PREFIXE_XMLNS = 2;
export const ESPACE_AUCUN = 0;
export const ESPACE_XML = 1;
/** No namespace: the prefix has none to give. */
export const NON_LIE = -1;

/** RFC 3986, absolute, at least one character after the scheme: what canonical XML and libxml2 both take. */
const LIBRE = "[\\w.~!$&'()*+,;=:@/-]|%[\\dA-Fa-f]{2}";
const AUTORITE = "(?:[\\w.~!$&'()*+,;=:-]*@)?[\\w.~!$&'()*+,;=-]*(?::\\d+)?(?=[/?#]|$)";
const ABSOLUE = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.-]*:(?=.)(?://${AUTORITE}|(?!//))(?:${LIBRE})*(?:\\?(?:${LIBRE}|\\?)*)?(?:#(?:${LIBRE}|\\?)*)?$`,
);

export type VerdictEspace = 'admis' | 'relatif' | 'reserve';

/** Whether a document may declare this (§3 for the reserved names, §2.2 for relative addresses). */
export function jugerDeclaration(prefixe: string, uri: string): VerdictEspace {
  if (prefixe === 'xmlns' || uri === NS_XMLNS) return 'reserve';
  if ((prefixe === 'xml') !== (uri === NS_XML)) return 'reserve';
  if (uri === '') return prefixe === '' ? 'admis' : 'reserve';
  return ABSOLUE.test(uri) ? 'admis' : 'relatif';
}

/** Twice the room, same content. */
export function agrandir(tableau: Int32Array, remplissage = 0): Int32Array {
  const grand = new Int32Array(tableau.length * 2).fill(remplissage);
  grand.set(tableau);
  return grand;
}

export class Espaces {
  /** Namespace of each prefix, now. */
  liaisons: Int32Array = new Int32Array(16).fill(NON_LIE);
  readonly prefixes: string[] = [];
  readonly uris: string[] = [];
  readonly #rangPrefixe = new Map<string, number>();
  readonly #rangUri = new Map<string, number>();
  /** Undo list: prefix, what it was bound to, and the depth of the element that bound it anew. */
  readonly #pilePrefixe: number[] = [];
  readonly #pileAvant: number[] = [];
  readonly #pileProfondeur: number[] = [];
  /** Depth of the last of the list, 0 when it is empty. */
  #sommet = 0;

  constructor() {
    for (const nom of ['', 'xml', 'xmlns']) this.prefixe(nom);
    for (const uri of ['', NS_XML]) this.uri(uri);
    this.liaisons[PREFIXE_AUCUN] = ESPACE_AUCUN;
    this.liaisons[PREFIXE_XML] = ESPACE_XML;
  }

  prefixe(nom: string): number {
    const connu = this.#rangPrefixe.get(nom);
    if (connu !== undefined) return connu;
    const rang = this.prefixes.push(nom) - 1;
    this.#rangPrefixe.set(nom, rang);
    if (rang >= this.liaisons.length) this.liaisons = agrandir(this.liaisons, NON_LIE);
    return rang;
  }

  trouverPrefixe(nom: string): number {
    return this.#rangPrefixe.get(nom) ?? -1;
  }

  uri(uri: string): number {
    const connu = this.#rangUri.get(uri);
    if (connu !== undefined) return connu;
    const rang = this.uris.push(uri) - 1;
    this.#rangUri.set(uri, rang);
    return rang;
  }

  /** Binds a prefix until the element at this depth closes. */
  lier(prefixe: number, espace: number, profondeur: number): void {
    this.#pilePrefixe.push(prefixe);
    this.#pileAvant.push(this.liaisons[prefixe] as number);
    this.#pileProfondeur.push(profondeur);
    this.#sommet = profondeur;
    this.liaisons[prefixe] = espace;
  }

  /** The element at this depth closes. */
  sortir(profondeur: number): void {
    while (this.#sommet === profondeur) {
      const prefixe = this.#pilePrefixe.pop() as number;
      this.liaisons[prefixe] = this.#pileAvant.pop() as number;
      this.#pileProfondeur.pop();
      this.#sommet = this.#pileProfondeur.at(-1) ?? 0;
    }
  }
}
