import type { RapportControles } from '../metier/anomalies.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { EvenementEtat } from '../metier/etats.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Flux, NomProtocole, ObjetJson, Piece } from '../metier/flux.ts';
import type { FluxId, Instant, Jour, Siren } from '../metier/identifiants.ts';
import type { TypeEvenement } from '../metier/notifications.ts';
import type { FaitsPdf } from '../formats/pdf/faits.ts';
import type { SondeXml } from '../formats/xml/sonder.ts';

/**
 * The contract of a protocol: one group of functions per step, all pure. No clock, no network, no database:
 * what they need is handed to them, what they decide is handed back.
 */

/** Facts of one deposited piece, taken from its bytes by the depot step. */
export interface FaitsPiece {
  readonly role: 'document' | 'annexe';
  /** Name given by the depositor; kept aside, never sent. */
  readonly nom: string;
  readonly taille: number;
  /** Type by content: `application/pdf`, `image/png`, `image/jpeg`, `application/xml`, or `inconnu`. */
  readonly type: string;
  /** Only for a PDF. */
  readonly pdf: FaitsPdf | null;
  /** Only for XML: what reading it whole has shown. */
  readonly xml: SondeXml | null;
}

/** What the rules look at. */
export interface FaitsDepot {
  readonly metadonnees: unknown;
  readonly pieces: readonly FaitsPiece[];
  readonly collectivite: Collectivite;
  /** Today in Europe/Paris. */
  readonly jour: Jour;
}

/** A deposit that was understood. */
export interface DepotLu {
  readonly identite: string;
  readonly resume: ObjetJson;
}

export interface ResultatControle {
  readonly rapport: RapportControles;
  /** Present when the metadata could be read, even if a rule refuses. */
  readonly lu: DepotLu | null;
}

/** A file of the outgoing archive: bytes made here, or a piece of the coffre. */
export type FichierEnvoi =
  | { readonly nom: string; readonly octets: Uint8Array }
  | { readonly nom: string; readonly piece: Piece };

/** Facts for making the envelope. */
export interface FaitsEnveloppe {
  readonly flux: Flux;
  readonly pieces: readonly Piece[];
  readonly collectivite: Collectivite;
  readonly jour: Jour;
  /** Daily serial, drawn beforehand. */
  readonly numero: number;
  readonly emetteur: {
    readonly trigramme: string;
    readonly application: string;
    readonly adresseRetour: string;
  };
}

export interface EnveloppeFaite {
  /** Outgoing name of the archive. */
  readonly nom: string;
  /** In order of writing. */
  readonly fichiers: readonly FichierEnvoi[];
  /** Files that must satisfy the schema before anything leaves: name and schema. */
  readonly aValider: readonly { readonly nom: string; readonly schema: string }[];
}

/** One file found in a message of the State. */
export interface PartieRetour {
  readonly nom: string;
  readonly octets: Uint8Array;
}

/** How a business message of the State finds its flux. */
export type CleRetour =
  | { readonly par: 'identite'; readonly identite: string }
  /**
   * Name of the envelope without extension (`EACT--<SIREN>--<date>-<n>`). The outgoing name may carry a prefix
   * (trigramme of the operator) and has an extension: it is the one that ends with `<nom>.tar.gz`. Mere
   * containment is not enough, `…-1` is also in `…-12`.
   */
  | { readonly par: 'nomEnvoi'; readonly nom: string }
  /** The message names no identity, only its components; null = the message does not say. */
  | {
      readonly par: 'acte';
      readonly siren: Siren | null;
      readonly numero: string;
      readonly date: string;
      readonly abrege: string;
      readonly departement: string | null;
    };

/** One business message, understood. */
export interface MessageEtat {
  /** `1-2`, `1-3`, `ANO`. */
  readonly code: string;
  readonly cle: CleRetour;
  readonly siren: Siren | null;
  readonly evenement: EvenementEtat;
  readonly notification: TypeEvenement;
  /** One French sentence for the time-line and for people. */
  readonly libelle: string;
  /** What the State says of its refusal; null for a receipt. */
  readonly erreur: FicheErreur | null;
  /** Fields kept with the flux: `dateReception`, `classificationEnCours`… */
  readonly champs: ObjetJson;
  /** Names of the parts that are its pieces: the message first, then its envelope. */
  readonly parties: readonly string[];
}

/** What a raw message of the State contains. */
export interface RetourLu {
  readonly messages: readonly MessageEtat[];
  /** Parts not understood, each with the reason in French: they park the return. */
  readonly restes: readonly { readonly nom: string; readonly motif: string }[];
}

/** How an answer of the State's door is to be read. */
export type SensReponse = 'prise' | 'non_prise' | 'incertaine' | 'refusee';

/** Deposit of a protocol that makes its own message out of metadata and pieces. */
export interface DepotPieces {
  readonly forme: 'pieces';
  /** Reads the declared metadata and answers every control that needs no service. */
  controler(faits: FaitsDepot): ResultatControle;
}

/** What the judgement of a deposited file needs beside its bytes. */
export interface ContexteFichier {
  readonly collectivite: Collectivite;
  /** Flux of this collectivité that may stand at the State's: with the same identity, with the same bytes. */
  readonly homonymes: readonly FluxId[];
  readonly jumeaux: readonly FluxId[];
}

/** A deposited file, read once and whole. */
export interface FichierLu {
  /** null when the file does not name itself. */
  readonly identite: string | null;
  juger(contexte: ContexteFichier): ResultatControle;
}

/** Deposit of a protocol whose message is the file itself, that no one may change. The same bytes are a double. */
export interface DepotFichier {
  readonly forme: 'fichier';
  /** Throws only what `octets` throws. */
  lire(octets: AsyncIterable<Uint8Array>): Promise<FichierLu>;
}

interface Serie {
  /** Counter of outgoing names, and its daily limit. */
  serie(flux: Flux, jour: Jour): { readonly serie: string; readonly limite: number };
}

export interface EnveloppeArchive extends Serie {
  readonly forme: 'archive';
  composer(faits: FaitsEnveloppe): EnveloppeFaite;
}

export interface EnveloppeFichier extends Serie {
  readonly forme: 'fichier';
  /** Outgoing name of the file, that leaves as it is. */
  nommer(faits: Pick<FaitsEnveloppe, 'flux' | 'collectivite' | 'jour' | 'numero'>): string;
}

export interface Protocole {
  readonly nom: NomProtocole;
  readonly depot: DepotPieces | DepotFichier;
  readonly enveloppe: EnveloppeArchive | EnveloppeFichier;
  readonly accuse: {
    /** When a receipt should have come by, counted in working days; null when none is due. */
    echeance(flux: Pick<Flux, 'resume'>, transmis: Instant, joursOuvres: number): Instant | null;
  };
}

/** Receipts that come by e-mail, as files of a norm. */
export interface AccuseCourriel {
  /** Recognises the files of a message; never throws on foreign content. */
  lire(parties: readonly PartieRetour[]): RetourLu;
}
