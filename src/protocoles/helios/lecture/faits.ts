import type { TypeContenu } from '../../../formats/encodages/types.ts';
import type { EncodageXml, PositionXml } from '../../../formats/xml/evenements.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';

/** What one pass over a deposited file brings back: facts, judged by nobody yet. */

/** A value as written, cut to 500 characters, and where its element stands. */
export interface Champ {
  readonly valeur: string;
  readonly position: PositionXml;
}

/** Enveloppe and EnTetePES, under the names of the norm. */
export const CLES_ENTETE = [
  'version',
  'typFic',
  'nomFic',
  'sigle',
  'adresse',
  'dteStr',
  'idPost',
  'libellePoste',
  'idColl',
  'finJur',
  'codCol',
  'codBud',
  'libelleColBud',
] as const;

export type CleEntete = (typeof CLES_ENTETE)[number];
/** Null: the element is absent, or has no attribute `V`. */
export type Entetes = Readonly<Record<CleEntete, Champ | null>>;

/** A header written twice: two readers may not see the same one. */
export interface Repetition {
  readonly cle: CleEntete;
  readonly position: PositionXml;
}

export interface FaitsEncodage {
  /** The one the bytes were read in. */
  readonly lu: EncodageXml;
  /** As spelt in the XML declaration; null when it names none. */
  readonly annonce: string | null;
  /** Bytes 0x80 to 0x9F in a file of ISO-8859-1: Windows-1252 under another name. Null when there is none. */
  readonly windows1252: { readonly nombre: number; readonly premiere: PositionXml } | null;
}

export type NomDomaine = 'depense' | 'recette';

/** One `PES_DepenseAller` or `PES_RecetteAller`. */
export interface Domaine {
  readonly nom: NomDomaine;
  readonly position: PositionXml;
  readonly idVer: Champ | null;
  readonly infoDematerialisee: Champ | null;
  readonly bordereaux: readonly Bordereau[];
}

/** Amounts are in centimes; null when absent, or not an amount of two decimals at most. */
export interface Bordereau {
  /** From 1, in its domain. */
  readonly rang: number;
  readonly position: PositionXml;
  /** Attribute `Id`, what a signature points at. */
  readonly id: string | null;
  readonly exer: Champ | null;
  readonly idBord: Champ | null;
  readonly typBord: Champ | null;
  readonly dteBordEm: Champ | null;
  readonly nbrPce: Champ | null;
  readonly mtCumulAnnuel: bigint | null;
  /** `MtBordHT` in dépense, `MtBordHt` in recette. */
  readonly mtBordHT: bigint | null;
  readonly mtBordTVA: bigint | null;
  /** Counted. */
  readonly pieces: number;
  readonly lignes: number;
  /** Sum of `MtHT` over the lines; null as soon as one is not an amount. */
  readonly sommeHT: bigint | null;
  readonly sommeTVA: bigint | null;
  readonly signatures: number;
}

/** `PJRef`: a pièce or a ligne announces an attached piece. */
export interface ReferencePJ {
  readonly domaine: NomDomaine;
  /** Rank of the bordereau in its domain. */
  readonly bordereau: number;
  readonly niveau: 'piece' | 'ligne';
  readonly position: PositionXml;
  /** `01` électronique, `02` papier, `03` cédérom. */
  readonly support: string | null;
  readonly idUnique: string | null;
  readonly typePJ: string | null;
}

/** What became of the base 64 and of the gzip inside. `trop_gros`: more than the limit once inflated. */
export type SortBase64 = 'bon' | 'mauvais' | 'vide';
export type SortGzip = 'bon' | 'absent' | 'tronque' | 'corrompu' | 'trop_gros';

export interface ContenuPJ {
  readonly base64: SortBase64;
  /** Bytes carried, as decoded. */
  readonly taille: number;
  readonly empreinte: Sha256;
  readonly gzip: SortGzip;
  /** Bytes of the original file, as far as it was inflated. */
  readonly tailleOriginale: number;
  /** Of the original file; null unless the gzip is whole. */
  readonly empreinteOriginale: Sha256 | null;
  /** By content, of the original file (of what is carried when it is no gzip). */
  readonly type: TypeContenu;
}

export interface PieceJointe {
  /** From 1. */
  readonly rang: number;
  readonly position: PositionXml;
  readonly idUnique: Champ | null;
  readonly nomPJ: Champ | null;
  readonly typePJ: Champ | null;
  readonly description: Champ | null;
  /** Attribute `MIMEType` of `Fichier`. */
  readonly typeMime: string | null;
  /** Number of `Contenu/Fichier`; only the first is looked at. */
  readonly fichiers: number;
  readonly contenu: ContenuPJ | null;
  /** Domains of its `RefCompta`, in order; each once. */
  readonly domainesCites: readonly string[];
  readonly refCompta: number;
}

/** Where a `ds:Signature` stands. */
export interface SignatureVue {
  readonly position: PositionXml;
  readonly id: string | null;
  readonly lieu:
    | { readonly type: 'fichier' }
    | { readonly type: 'bordereau'; readonly domaine: NomDomaine; readonly rang: number }
    | { readonly type: 'ailleurs' };
}

/** Lists that stopped growing: what is beyond was not looked at. */
export type Liste = 'bordereaux' | 'references' | 'pieces' | 'signatures';

export interface FaitsPes {
  readonly genre: 'PES_Aller';
  readonly encodage: FaitsEncodage;
  /** Attribute `Id` of the root. */
  readonly id: string | null;
  readonly entetes: Entetes;
  readonly repetitions: readonly Repetition[];
  readonly domaines: readonly Domaine[];
  /** `PES_Facture` and `PES_Marche` that hold something: carried, not looked into. */
  readonly autresDomaines: readonly { readonly nom: string; readonly position: PositionXml }[];
  readonly idVerPJ: Champ | null;
  readonly pieces: readonly PieceJointe[];
  readonly references: readonly ReferencePJ[];
  readonly signatures: readonly SignatureVue[];
  readonly tronquees: readonly Liste[];
}

/** PES_ACQUIT_RETOUR: the ordonnateur tells that a PES Retour was taken in. */
export interface FaitsAcquitRetour {
  readonly genre: 'PES_ACQUIT_RETOUR';
  readonly encodage: FaitsEncodage;
  readonly entetes: Entetes;
  readonly repetitions: readonly Repetition[];
  readonly elements: readonly ElementAcquitRetour[];
}

export interface ElementAcquitRetour {
  /** `13` dépense, `14` recette. */
  readonly domaine: string | null;
  readonly nomFichierRetour: string | null;
  readonly typRestit: string | null;
  readonly dateAcquit: string | null;
}

/** A root that is neither. */
export interface FaitsInconnus {
  readonly genre: 'inconnu';
  readonly encodage: FaitsEncodage;
  readonly racine: { readonly espace: string; readonly nom: string };
}

export type FaitsFichier = FaitsPes | FaitsAcquitRetour | FaitsInconnus;

/** While it is being filled. */
export type Modifiable<T> = { -readonly [K in keyof T]: T[K] };
