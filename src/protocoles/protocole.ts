import type { RapportControles } from '../metier/anomalies.ts';
import type { Classification, Collectivite } from '../metier/collectivite.ts';
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
  /** Only for a budget document (DocumentBudgetaire). */
  readonly budget: FaitsBudget | null;
}

/** Seal of a budget document, as written. */
export interface Sceau {
  /** Hexadecimal, lower case. */
  readonly md5: string;
  readonly sha1: string;
  readonly date: Jour | null;
}

/** What a budget document says of itself. */
export interface FaitsBudget {
  /** IdColl. */
  readonly siret: string | null;
  /** `01` primitif, `02` décision modificative, `03` supplémentaire, `09` compte administratif. */
  readonly natDec: string | null;
  readonly exercice: string | null;
  /** Elements Scellement under the root. */
  readonly sceaux: number;
  /** The first of them. */
  readonly sceau: Sceau | null;
  /** What its digests should be; null when there is no seal, or when the file cannot be read. */
  readonly calcule: { readonly md5: string; readonly sha1: string } | null;
}

/** Facts of a detached signature deposited with a piece. */
export interface FaitsSignature {
  /** By which the metadata designate it. */
  readonly nom: string;
  readonly taille: number;
  /** By content; null: neither. */
  readonly forme: 'XAdES' | 'PKCS#7' | null;
}

/** What the rules look at. */
export interface FaitsDepot {
  readonly metadonnees: unknown;
  readonly pieces: readonly FaitsPiece[];
  /** None when absent. */
  readonly signatures?: readonly FaitsSignature[];
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
  /** Detached signatures, by the name of the file that each goes with, the message included; none when absent. */
  readonly signatures?: SignaturesEnvoi;
}

export type SignaturesEnvoi = ReadonlyMap<string, Uint8Array>;

/** A file that leaves with the message. */
export interface FichierSignable {
  /** As sent. */
  readonly nom: string;
  readonly piece: Piece;
  /** The signature that its depositor gave with it. */
  readonly apportee: Piece | null;
}

/** The message of a flux, before its signatures are known. */
export interface MessagePrepare {
  /** As sent. */
  readonly nom: string;
  readonly fichiers: readonly FichierSignable[];
  /** Same signatures, same bytes. */
  readonly ecrire: (signatures: SignaturesEnvoi) => Uint8Array;
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
    }
  /** The answer of the collectivité to the letter of this date about this flux; null = the message does not say. */
  | {
      readonly par: 'reponse';
      readonly identite: string;
      /** Messages that it may be: `3-3`, `3-4`. */
      readonly messages: readonly string[];
      readonly dateCourrier: Jour | null;
    }
  /** What this collectivité asked the State and that is still without answer, whatever the day. */
  | { readonly par: 'demande'; readonly siren: Siren | null; readonly message: string };

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
  /** What it also does to the flux that the found one cites. */
  readonly entraine?: {
    readonly evenement: EvenementEtat;
    readonly libelle: string;
    readonly champs: ObjetJson;
  };
  /** The classification in force that it brings. */
  readonly classification?: Classification;
}

/** What the State says on its own initiative of a flux that it holds: it starts a flux, that cites the other. */
export interface CourrierEtat {
  /** `2-1`, `3-1`, `4-1`, `5-1`. */
  readonly code: string;
  /** Of the flux that it is about. */
  readonly identite: string;
  readonly siren: Siren | null;
  readonly libelle: string;
  /** Written in its summary. */
  readonly champs: ObjetJson;
  /** Names of its parts: the message, its envelope, then its documents. */
  readonly parties: readonly string[];
  /** Names of those that are its documents. */
  readonly documents: readonly string[];
}

/** A flux to start, as far as the protocol tells. */
export interface Amorce {
  readonly identite: string;
  readonly resume: ObjetJson;
}

/** What a letter starts: its own flux and, for some, the receipt that leaves by itself. */
export interface SuiteCourrier {
  readonly courrier: Amorce;
  /** Cites the letter. */
  readonly accuse: Amorce | null;
}

/** The State recalls that what must come by another channel has not come: nothing moves, and people must know. */
export interface RappelEtat {
  readonly identite: string;
  readonly libelle: string;
  /** Name of the part that says so. */
  readonly partie: string;
}

/** What a raw message of the State contains. */
export interface RetourLu {
  readonly messages: readonly MessageEtat[];
  readonly courriers: readonly CourrierEtat[];
  readonly rappels: readonly RappelEtat[];
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
  /** Why it may not leave as it is, though it was sound when it was deposited; null: it may. */
  perimer(faits: Pick<FaitsEnveloppe, 'flux' | 'collectivite'>): FicheErreur | null;
  preparer(faits: Pick<FaitsEnveloppe, 'flux' | 'pieces' | 'collectivite'>): MessagePrepare;
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
  /** @param empreinte digest of the letter and its documents: what tells it from another of the same day. */
  suivre(courrier: CourrierEtat, acte: Flux, empreinte: string): SuiteCourrier;
  /** Request of the classification in force; `detenue`: date of the one that is held, null: the whole is wanted. */
  demanderClassification(demande: {
    readonly siren: Siren;
    readonly jour: Jour;
    readonly detenue: Jour | null;
  }): Amorce;
}
