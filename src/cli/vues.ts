import { LIBELLE_RETOUR } from '../metier/retours.ts';
import { pluriel } from './rendu.ts';

/** What the API answers, as far as the command line shows it (contract: /api/v1/openapi.json). */

/** Message of the norm ACTES. */
interface MessageVu {
  readonly code: string;
  readonly libelle: string;
}

export interface FluxVu {
  readonly id: string;
  readonly protocole: string;
  readonly collectivite: string;
  readonly etat: string;
  readonly libelle: string;
  /** Null for HELIOS. */
  readonly message: MessageVu | null;
  readonly identite: string;
  readonly resume: Readonly<Record<string, unknown>>;
  readonly nomEnvoi: string | null;
  readonly cite: string | null;
  readonly depose: string;
  readonly transmis: string | null;
  readonly solde: string | null;
  readonly prochaine: string | null;
  readonly tentatives: number;
  readonly alerte: string | null;
  readonly erreur: { readonly code: string; readonly message: string; readonly remede: string } | null;
}

export interface PieceVue {
  readonly rang: number;
  readonly role: string;
  readonly nom: string;
  readonly type: string;
  readonly taille: number;
  readonly sha256: string;
}

export interface LigneVue {
  readonly n: number;
  readonly t: string;
  readonly ev: string;
  readonly acteur: string;
  readonly res: string;
  readonly motif: string;
}

export interface LivraisonVue {
  readonly id: string;
  readonly collectivite: string;
  readonly flux: string;
  readonly point: string;
  readonly canal: string;
  readonly type: string;
  readonly etat: string;
  readonly prochaine: string | null;
  readonly tentatives: number;
  readonly creee: string;
}

/** A flux that cites the one shown. */
export interface CitantVu {
  readonly id: string;
  readonly message: MessageVu | null;
  readonly etat: string;
  readonly libelle: string;
  readonly depose: string;
  readonly dateCourrier: string | null;
  readonly expose: string | null;
}

export interface MontreVu {
  readonly flux: FluxVu;
  readonly pieces: readonly PieceVue[];
  readonly chronologie: readonly LigneVue[];
  readonly livraisons: readonly LivraisonVue[];
  readonly citants: readonly CitantVu[];
}

export interface RetourVu {
  readonly id: string;
  readonly etat: string;
  readonly source: string;
  /** Name of a file of the DGFiP; null for a mail. */
  readonly nom: string | null;
  readonly recu: string;
  readonly taille: number;
  readonly sha256: string;
  readonly motif: string | null;
  readonly flux: readonly string[];
}

export interface RetourMontre {
  readonly retour: RetourVu;
  readonly parties: readonly { readonly nom: string; readonly taille: number }[];
  readonly expediteur: string;
  readonly objet: string;
  readonly texte: string;
}

export interface PointVu {
  readonly id: string;
  readonly canal: string;
  readonly cible: string;
  readonly evenements: readonly string[];
  readonly actif: boolean;
  readonly motif: string | null;
}

export interface ClassificationVue {
  readonly date: string;
  readonly matieres: Readonly<Record<string, string>>;
  readonly natures: Readonly<
    Record<
      string,
      { readonly abrege: string; readonly libelle: string; readonly types: Readonly<Record<string, string>> }
    >
  >;
}

export interface FicheActesVue {
  readonly departement: string;
  readonly arrondissement: string;
  readonly nature: string;
  readonly referent: { readonly nom: string; readonly telephone: string; readonly courriel: string };
  readonly adressesRetour: readonly string[];
  readonly cachet?: string | null;
  readonly cle?: string;
  readonly classification: ClassificationVue | null;
}

export interface FicheHeliosVue {
  readonly sirets: readonly string[];
  readonly destination: string;
  readonly passerelle: string;
  readonly signature: string;
  readonly perimetre: string;
  readonly cle: string;
  readonly qualite: string;
}

export interface DestinationVue {
  readonly nom: string;
  readonly suspension: { readonly motif: string; readonly acteur: string; readonly depuis: string } | null;
}

export interface CollectiviteVue {
  readonly siren: string;
  readonly nom: string;
  readonly actif: boolean;
  readonly actes: FicheActesVue | null;
  readonly helios: FicheHeliosVue | null;
  readonly points: readonly PointVu[];
  readonly creee: string;
  readonly ver: number;
}

/** Wordings of what is not a state of flux (those come from the daemon). */
export const LIBELLES: Readonly<Record<string, string>> = {
  ...LIBELLE_RETOUR,
  a_faire: 'à livrer',
  livree: 'livrée',
  abandonnee: 'abandonnée',
};

/** Its identity in law; of what is exchanged about an acte, which message it is and the number of the acte. */
export function nomDe({ message, identite, resume }: FluxVu): string {
  if (message === null || message.code === '1-1') return identite;
  const { numero } = resume;
  const acte = typeof numero === 'string' && numero !== '' ? ` (acte ${numero})` : '';
  return `${message.code}, ${message.libelle}${acte}`;
}

/** What a flux is about, in a few words: the objet of an acte, what a PES holds, what the State sent. */
export function objetDe({ resume }: FluxVu): string {
  const { objet, libelle, nombreBordereaux: bordereaux, nombrePieces: pieces } = resume;
  if (typeof objet === 'string') return objet;
  if (typeof libelle === 'string') return libelle;
  if (typeof bordereaux !== 'number' || typeof pieces !== 'number') return '';
  return `${pluriel(bordereaux, 'bordereau', 'bordereaux')}, ${pieces} PJ`;
}

export interface FilesVues {
  /** The node that answers. */
  readonly noeud: string;
  readonly files: readonly {
    readonly file: string;
    readonly dues: number;
    readonly enMain: number;
    readonly plusTard: number;
    readonly depuis: string | null;
    readonly suspension: { readonly motif: string } | null;
  }[];
  readonly enMain: readonly {
    readonly file: string;
    readonly proprietaire: string;
    readonly nombre: number;
    readonly bail: string;
  }[];
  readonly noeuds: readonly {
    readonly nom: string;
    readonly roles: readonly string[];
    readonly version: string;
    readonly demarre: string;
    readonly vu: string;
  }[];
  readonly tours: readonly { readonly nom: string; readonly proprietaire: string; readonly bail: string }[];
  readonly repartition: {
    readonly type: 'locale' | 'bullmq';
    readonly erreur: { readonly message: string; readonly remede: string } | null;
    readonly annonces: readonly {
      readonly file: string;
      readonly enAttente: number;
      readonly enCours: number;
      readonly plusTard: number;
    }[];
  };
}
