/**
 * A compiled schema as plain data: what `JSON.stringify` writes, `JSON.parse` gives back whole. Everything is an
 * index: names in `noms`, types in `types`, and so on; -1 is « none ».
 */

/** Changes with the shape or the meaning below: a cached artefact of another version is compiled again. */
export const VERSION_ARTEFACT = 3;

export const NS_XSD = 'http://www.w3.org/2001/XMLSchema';
export const NS_XSI = 'http://www.w3.org/2001/XMLSchema-instance';

export const BLANCS = { garder: 0, remplacer: 1, reduire: 2 } as const;

/** Ways of deriving a type, as bits. */
export const DERIVATION = { extension: 1, restriction: 2 } as const;

export interface BornesArtefact {
  readonly minInclus: string | null;
  readonly minExclu: string | null;
  readonly maxInclus: string | null;
  readonly maxExclu: string | null;
}

/** Facets in force, those of the base types included. */
export interface FacettesArtefact {
  readonly blancs: number;
  readonly longueur: number;
  readonly longueurMin: number;
  readonly longueurMax: number;
  readonly chiffres: number;
  readonly decimales: number;
  readonly bornes: BornesArtefact;
  /** One row per derivation that has patterns: a value meets one pattern of every row. XSD notation. */
  readonly motifs: readonly (readonly string[])[];
  readonly enumeration: readonly string[] | null;
}

export interface SimpleArtefact {
  readonly genre: 'simple';
  readonly nom: string;
  readonly base: number;
  readonly variete: 'atome' | 'liste' | 'union';
  /** Key of `lexique.ts`, for an atom. */
  readonly lexique: string;
  /** Type of the items of a list. */
  readonly item: number;
  readonly membres: readonly number[];
  readonly facettes: FacettesArtefact;
}

export type EspacesArtefact =
  | { readonly genre: 'tous' }
  /** Any namespace but this one; never « none ». */
  | { readonly genre: 'sauf'; readonly uri: string }
  | { readonly genre: 'parmi'; readonly uris: readonly string[] };

export interface JokerArtefact {
  readonly processus: 'strict' | 'lax' | 'skip';
  readonly espaces: EspacesArtefact;
}

export interface UsageAttribut {
  readonly nom: number;
  readonly requis: boolean;
  readonly type: number;
  readonly fixe: string | null;
}

/** One step of an automaton: this name leads to that state, under this declaration. */
export interface SuiteArtefact {
  readonly nom: number;
  readonly cible: number;
  readonly element: number;
  /** Counter of the elements of this name in their parent, -1 when there can be but one. */
  readonly rang: number;
}

export interface EtatArtefact {
  readonly accepte: boolean;
  readonly suites: readonly SuiteArtefact[];
  readonly jokers: readonly { readonly joker: number; readonly cible: number }[];
}

export interface MembreArtefact {
  readonly nom: number;
  readonly element: number;
  readonly requis: boolean;
}

export type ModeleArtefact =
  | { readonly genre: 'automate'; readonly rangs: number; readonly etats: readonly EtatArtefact[] }
  /** `xs:all`: each at most once, in any order; nothing at all when `facultatif`. */
  | { readonly genre: 'tous'; readonly facultatif: boolean; readonly membres: readonly MembreArtefact[] };

export interface ComplexeArtefact {
  readonly genre: 'complexe';
  readonly nom: string;
  readonly base: number;
  readonly derivation: number;
  readonly abstrait: boolean;
  readonly bloque: number;
  readonly contenu: 'vide' | 'simple' | 'elements' | 'mixte';
  /** Simple type of the text, when `contenu` is simple. */
  readonly valeur: number;
  readonly modele: number;
  readonly attributs: readonly UsageAttribut[];
  readonly joker: number;
}

export type TypeArtefact = SimpleArtefact | ComplexeArtefact;

export interface ElementArtefact {
  readonly nom: number;
  readonly type: number;
  readonly nillable: boolean;
  readonly abstrait: boolean;
  readonly bloque: number;
  readonly defaut: string | null;
  readonly fixe: string | null;
}

export interface ArtefactXsd {
  readonly version: typeof VERSION_ARTEFACT;
  /** Names of the files read, in order. */
  readonly fichiers: readonly string[];
  readonly noms: readonly (readonly [uri: string, local: string])[];
  readonly types: readonly TypeArtefact[];
  readonly elements: readonly ElementArtefact[];
  readonly modeles: readonly ModeleArtefact[];
  readonly jokers: readonly JokerArtefact[];
  /** Global declarations: what a root, a wildcard or `xsi:type` may name. */
  readonly racines: readonly (readonly [nom: number, element: number])[];
  readonly attributs: readonly UsageAttribut[];
  readonly typesNommes: readonly (readonly [nom: number, type: number])[];
}

/** Why a set of schemas cannot be compiled. */
export interface RefusSchema {
  /** `absent`: a file is not in the set; `nonHonore`: valid XSD that we do not carry out; `invalide`: not XSD. */
  readonly genre: 'absent' | 'nonHonore' | 'invalide';
  readonly fichier: string;
  /** From 1, 0 when unknown. */
  readonly ligne: number;
  /** In French. */
  readonly message: string;
}
