import type { SensRefus } from '../codes.ts';
import type { Entetes, Repetition } from '../lecture/faits.ts';

/** What a file of the State says, kind by kind. Nothing of it was judged against a schema. */

/** One `Erreur`, where it stands. */
export interface ErreurAck {
  /** `element`: of the bordereau, of the attached piece or of the file itself. */
  readonly niveau: 'element' | 'piece' | 'ligne';
  /** NumPiece and NumLigne; null above their level. */
  readonly piece: string | null;
  readonly ligne: string | null;
  /** NumAnoAck. */
  readonly code: string | null;
  /** The State's own words, cut to 500 characters. */
  readonly libelle: string | null;
  readonly sens: SensRefus;
}

/** What an answer is about. `fichier`: neither a bordereau, nor a piece, nor a marché is named. */
export type UniteAck =
  | { readonly type: 'fichier' }
  | { readonly type: 'bordereau'; readonly exercice: string | null; readonly numero: string }
  | { readonly type: 'pj'; readonly idUnique: string }
  | { readonly type: 'marche'; readonly idMarche: string };

/** One `ElementACQUIT`, of either form. */
export interface ElementAck {
  /** DomaineAck. */
  readonly domaine: string | null;
  readonly unite: UniteAck;
  /** EtatAck; null when it cannot be read. */
  readonly accepte: boolean | null;
  readonly erreurs: readonly ErreurAck[];
}

interface Commun {
  readonly entetes: Entetes;
  readonly repetitions: readonly Repetition[];
}

export interface AcquitLu extends Commun {
  readonly type: 'acquit';
  readonly forme: 'V1' | 'V2';
  readonly elements: readonly ElementAck[];
  /** More answers than could be kept. */
  readonly tronque: boolean;
}

/** PES_NonAcquit, PES_Nack: the whole file is refused. No schema of it is published any more. */
export interface NonAcquitLu extends Commun {
  readonly type: 'nonAcquit';
  readonly erreurs: readonly ErreurAck[];
}

/** A domain of a PES Retour; its pièces are counted by state (01 en instance, 02 prise en charge, 04 rejetée…). */
export interface DomaineRetour {
  /** `PES_DepenseRetour`, `PES_RecetteRetour`… */
  readonly nom: string;
  /** 01 rejets, 02 périodique, 03 stock. */
  readonly typRestit: string | null;
  readonly bordereaux: number;
  readonly pieces: number;
  readonly etats: Readonly<Record<string, number>>;
}

export interface RetourLu extends Commun {
  readonly type: 'retour';
  readonly domaines: readonly DomaineRetour[];
}

/** XML that is none of these: kept, for a person. */
export interface AutreLu extends Commun {
  readonly type: 'autre';
  readonly racine: string;
}

export interface Illisible {
  readonly type: 'illisible';
  readonly motif: string;
}

export type FichierEtatLu = AcquitLu | NonAcquitLu | RetourLu | AutreLu | Illisible;
