import type { DemandeTampon } from '../formats/pdf/tampon.ts';
import type { Jalon } from '../metier/calendrier/jalon.ts';
import type { RapportControles } from '../metier/anomalies.ts';
import type { Classification, Collectivite } from '../metier/collectivite.ts';
import type { Etat } from '../metier/etats.ts';
import type { Flux, NomProtocole, PieceDuFlux, RoleDepot } from '../metier/flux.ts';
import type {
  FluxId,
  Instant,
  Jour,
  LivraisonId,
  LotId,
  RetourId,
  Sha256,
  Siren,
} from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import type { LigneDeLot, Lot } from '../metier/lots.ts';
import type { EssaiLivraison, EtatLivraison, Livraison } from '../metier/notifications.ts';
import type { EtatRetour, Retour } from '../metier/retours.ts';
import type { PieceEnAttente, Source } from '../ports/coffre.ts';
import type { FiltreLignes, FiltreLots } from '../ports/lots.ts';
import type { FiltreFlux, Jeton, Portee, Suspension } from '../ports/store.ts';
import type { IssueTranchee } from '../protocoles/helios/accuse/jugement.ts';
import type { Correction } from '../protocoles/helios/correction.ts';
import type { EtatFiles } from './etat-files.ts';
import type { DemandeLot, ReponseLot } from './lots/demande.ts';
import type { Readable } from 'node:stream';
import type { OrdreClore, Reconciliation } from './rapport-reconciliation.ts';
import type { InstantaneBase } from './sauvegarde/instantane.ts';

/** What a person may ask, and what a door (API, later other dialects) offers. `acteur` goes to the journal. */
export interface Contexte {
  readonly portee: Portee;
  /** `agent:<token name>`, `systeme`. */
  readonly acteur: string;
  /** Correlation identifier of the request. */
  readonly corr: string;
}

/** A file of a deposit whose bytes are already on disk, waiting for the verdict. */
export interface FichierDepose {
  readonly role: RoleDepot;
  readonly nom: string;
  readonly sha256: Sha256;
  readonly sha512: string;
  readonly taille: number;
  readonly attente: PieceEnAttente;
}

export interface DemandeDepot {
  readonly protocole: NomProtocole;
  readonly collectivite: Siren;
  /** Declared metadata, as parsed JSON, not yet trusted. */
  readonly metadonnees: unknown;
  readonly fichiers: readonly FichierDepose[];
  readonly cleIdempotence: string | null;
  /** The flux that this one corrects. */
  readonly corrige?: FluxId | undefined;
  /** Only answer the controls; nothing is kept. */
  readonly aBlanc: boolean;
}

/** The answer of a collectivité to a letter of the préfecture. */
export interface DemandeReponse {
  /** Flux of the letter. */
  readonly courrier: FluxId;
  /** Refuses the pieces asked for (3-3), rejects the observations (4-3). */
  readonly refus: boolean;
  /** Types of the documents, in their order. */
  readonly typologies: readonly string[];
  /** « document », then « annexe ». */
  readonly fichiers: readonly FichierDepose[];
  readonly cleIdempotence: string | null;
}

export type ReponseDepot =
  | {
      readonly type: 'accepte';
      readonly flux: Flux;
      readonly rejeu: boolean;
      readonly rapport: RapportControles;
    }
  /** The document is refused: nothing was kept but the trace of the refusal. */
  | { readonly type: 'refuse'; readonly rapport: RapportControles }
  | { readonly type: 'a_blanc'; readonly rapport: RapportControles };

export interface Montre {
  readonly flux: Flux;
  readonly pieces: readonly PieceDuFlux[];
  readonly chronologie: readonly LigneJournal[];
  readonly livraisons: readonly Livraison[];
  /** Flux that cite it, oldest first: letters of the préfecture, answers to them, the PES that corrects it. */
  readonly citants: readonly Flux[];
}

/** A table drawn from the journal. */
export interface DemandeExport {
  readonly du: Jour;
  readonly au: Jour;
  /** Undefined: all that the caller may see. */
  readonly collectivite?: Siren;
}

export interface PreuveExportee {
  /** `<identity>.asice` */
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  readonly contenu: Readable;
}

/** A door of the State, and the order that holds sendings back; null when they go. */
export interface Destination {
  readonly nom: string;
  readonly suspension: Suspension | null;
}

/** What a person says that an acquittement means, and why. */
export interface OrdreTrancher {
  readonly issue: IssueTranchee;
  readonly motif: string;
}

/** A file made to be handed out; nothing of it is kept. */
export interface Copie {
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  readonly contenu: Readable;
}

export interface Gestes {
  /** Puts the bytes of one file on disk, durably, before the deposit itself. Bounded by `api.taille_max_octets`. */
  recevoirFichier(source: Source, role: RoleDepot, nom: string): Promise<FichierDepose>;
  /** Takes charge of the files of the demand: kept if the deposit is accepted, thrown away otherwise. */
  deposer(ctx: Contexte, demande: DemandeDepot): Promise<ReponseDepot>;
  /** Throws away files whose deposit will not come (upload cut, missing part). Never throws. */
  oublierFichiers(fichiers: readonly FichierDepose[]): Promise<void>;

  /** Throws VGM-GES-050 (answered already), -051 (nothing to answer). Takes charge of the files, as `deposer`. */
  repondre(ctx: Contexte, demande: DemandeReponse): Promise<ReponseDepot>;
  /** Cancels the transmission of an acte acknowledged (6-1). Throws VGM-GES-050 (asked already), -052. */
  annuler(ctx: Contexte, id: FluxId): Promise<ReponseDepot>;
  /** 7-1, once a day at most; `complete`: even if ours is in force. Throws VGM-GES-004, -013, -050. */
  demanderClassification(
    ctx: Contexte,
    demande: { readonly siren: Siren; readonly complete: boolean },
  ): Promise<ReponseDepot>;

  /** Legal milestones of an acte, in order of date. Throws VGM-GES-053. */
  calendrier(ctx: Contexte, id: FluxId): Promise<readonly Jalon[]>;
  /**
   * What an acte owed by another channel has reached the préfecture on that day; takes charge of its receipt. Throws VGM-GES-053,
   * -054, -055.
   */
  complement(
    ctx: Contexte,
    demande: { readonly id: FluxId; readonly recu: Jour; readonly fichier: FichierDepose | null },
  ): Promise<Flux>;
  /** Publication, or notification, of an acte. Throws VGM-GES-053, -054. */
  publier(ctx: Contexte, demande: { readonly id: FluxId; readonly jour: Jour }): Promise<Flux>;
  /** The préfet's delays are over: the acte is final. Throws VGM-GES-053, -056, VGM-NOY-002. */
  valider(ctx: Contexte, id: FluxId): Promise<Flux>;

  /** A PDF of an acte, stamped. Throws VGM-GES-001, -057, VGM-PDF-001 to -007. */
  tamponner(
    ctx: Contexte,
    demande: { readonly id: FluxId; readonly rang: number; readonly forme: Omit<DemandeTampon, 'lignes'> },
  ): Promise<Copie>;
  /** The acknowledgement slip, as PDF. Throws VGM-GES-058. */
  bordereau(ctx: Contexte, id: FluxId): Promise<Copie>;

  lister(ctx: Contexte, filtre: FiltreFlux): Promise<readonly Flux[]>;
  montrer(ctx: Contexte, id: FluxId): Promise<Montre>;
  compter(ctx: Contexte): Promise<Readonly<Partial<Record<Etat, number>>>>;
  ouvrirPiece(
    ctx: Contexte,
    id: FluxId,
    rang: number,
  ): Promise<{ readonly piece: PieceDuFlux; readonly contenu: Readable }>;
  exporterPreuve(ctx: Contexte, id: FluxId): Promise<PreuveExportee>;
  /** What the next PES must drop, keep and change after the acquittement of this one. Throws VGM-GES-040, -041, -042. */
  corriger(ctx: Contexte, id: FluxId): Promise<Correction>;
  /**
   * Trace of what was exchanged with Hélios (cahier des charges, 1-8), as CSV, one line a file, both days included.
   * Throws VGM-GES-004 for a collectivité out of reach, before the first line.
   */
  tracerHelios(ctx: Contexte, demande: DemandeExport): Promise<AsyncIterable<string>>;
  /**
   * What was transmitted to the préfecture (FONCT-05), as CSV, one line a message, both days included. Throws VGM-GES-004, as
   * `tracerHelios`.
   */
  exporterFonct05(ctx: Contexte, demande: DemandeExport): Promise<AsyncIterable<string>>;

  /** `echec`, `transmis` → sent again under the same name. Throws VGM-NOY-002 when the state forbids it. */
  renvoyer(ctx: Contexte, id: FluxId): Promise<Flux>;
  abandonner(ctx: Contexte, id: FluxId, motif: string): Promise<Flux>;
  /** Settles an uncertain fate: does the State hold it? */
  trancher(
    ctx: Contexte,
    id: FluxId,
    reponse: { readonly decision: 'recu' | 'non_recu'; readonly motif: string },
  ): Promise<Flux>;

  /**
   * `a_signer`: an agent of the collectivité agrees that we sign. Throws VGM-NOY-002 when nothing is awaited, VGM-SIG-054
   * when it signs elsewhere.
   */
  confirmer(ctx: Contexte, id: FluxId): Promise<Flux>;
  /**
   * `a_signer`: the file comes back signed. It is the one deposited, but for its signatures, or it is refused
   * (VGM-SIG-050 to -053). Takes charge of the file, as `deposer`.
   */
  apporterSignature(ctx: Contexte, id: FluxId, fichier: FichierDepose): Promise<Flux>;

  /** Fetches the mailboxes now. @returns per source, the number of messages filed or the reason of the failure. */
  relever(
    ctx: Contexte,
  ): Promise<readonly { readonly source: string; readonly nombre: number; readonly erreur: string | null }[]>;
  retours: {
    lister(
      ctx: Contexte,
      filtre: { readonly etats?: readonly EtatRetour[]; readonly avant?: RetourId; readonly limite: number },
    ): Promise<readonly Retour[]>;
    montrer(
      ctx: Contexte,
      id: RetourId,
    ): Promise<{
      readonly retour: Retour;
      readonly parties: readonly { readonly nom: string; readonly taille: number }[];
      /** Address of the sender and subject; empty when the message has none, and for a file. */
      readonly expediteur: string;
      readonly objet: string;
      /** First 2,000 characters of the body; of a file, what it says in one sentence. */
      readonly texte: string;
      readonly brut: Readable;
    }>;
    /**
     * Files by hand what the State sent: a mail saved to disk by an agent, or a file of the DGFiP.
     * @param nom of the file at the DGFiP's; null for a mail.
     */
    deposer(ctx: Contexte, brut: Source, nom: string | null): Promise<Retour>;
    /** Analyses a parked message again (after a correction of the program or of a collectivité). */
    retraiter(ctx: Contexte, id: RetourId): Promise<Retour>;
    /**
     * A person says to which flux a parked message belongs; it becomes one of its pieces, the state does not change, and
     * the message stays open to another order.
     */
    rattacher(ctx: Contexte, id: RetourId, flux: FluxId): Promise<Retour>;
    /**
     * A person says which flux a parked acquittement answers, and what it means: the flux moves as it would have by
     * itself. Throws VGM-GES-043 to -046, VGM-NOY-002 when the state forbids it.
     */
    trancher(ctx: Contexte, id: RetourId, ordre: { readonly flux: FluxId } & OrdreTrancher): Promise<Retour>;
    /** A person says whose a PES Retour without a known SIRET is. Throws VGM-GES-004, -047. */
    remettre(ctx: Contexte, id: RetourId, siren: Siren): Promise<Retour>;
    /** A person says that it needs nothing. */
    classer(ctx: Contexte, id: RetourId, motif: string): Promise<Retour>;
  };

  collectivites: {
    lister(ctx: Contexte): Promise<readonly Collectivite[]>;
    trouver(ctx: Contexte, siren: Siren): Promise<Collectivite>;
    enregistrer(ctx: Contexte, c: Omit<Collectivite, 'points' | 'creee'>): Promise<Collectivite>;
    importerClassification(ctx: Contexte, siren: Siren, message: Uint8Array): Promise<Classification>;
    /** @returns the point and its secret, shown this once only. */
    ajouterPoint(
      ctx: Contexte,
      siren: Siren,
      point: {
        readonly canal: 'webhook' | 'courriel';
        readonly cible: string;
        readonly evenements: readonly string[];
      },
    ): Promise<{ readonly id: string; readonly secret: string | null }>;
    basculerPoint(
      ctx: Contexte,
      siren: Siren,
      point: { readonly id: string; readonly actif: boolean },
    ): Promise<void>;
    retirerPoint(ctx: Contexte, siren: Siren, id: string): Promise<void>;
    /** New secret; the one before still signs beside it until the next renewal, so that receivers can change in their time. */
    renouvelerSecret(ctx: Contexte, siren: Siren, id: string): Promise<{ readonly secret: string }>;
  };

  /** Actes deposited in one go, worked on by the daemon once the batch is durable. */
  lots: {
    /** Takes a ZIP whole: answered once its bytes and its lines are durable. Throws VGM-DEP-001, VGM-LOT-002, -009. */
    deposer(ctx: Contexte, demande: DemandeLot): Promise<ReponseLot>;
    lister(ctx: Contexte, filtre: FiltreLots): Promise<readonly Lot[]>;
    /** The batch, and one page of its lines. Throws VGM-LOT-008. */
    montrer(
      ctx: Contexte,
      id: LotId,
      filtre: FiltreLignes,
    ): Promise<{ readonly lot: Lot; readonly lignes: readonly LigneDeLot[] }>;
    /** Nothing more of it is deposited; what is deposited stays. Throws VGM-LOT-008, -010. */
    abandonner(ctx: Contexte, id: LotId, motif: string): Promise<Lot>;
  };

  destinations: {
    lister(ctx: Contexte): Promise<readonly Destination[]>;
    /** Nothing leaves for it any more, from now on; deposits go on. Throws VGM-GES-020. */
    suspendre(ctx: Contexte, destination: string, motif: string): Promise<Destination>;
    /** What waited leaves within a minute. Throws VGM-GES-020, -021. */
    reprendre(ctx: Contexte, destination: string): Promise<Destination>;
  };

  /** Copies the base as it is at one instant, for a backup of this machine. Throws VGM-SAU-010, VGM-NOY-005. */
  instantane(ctx: Contexte): Promise<InstantaneBase>;
  reconciliation: {
    /** Null: the base was never put back from a backup. */
    montrer(ctx: Contexte): Promise<Reconciliation | null>;
    /** Lets sendings go again. Throws VGM-SAU-020 (nothing waits), -021 (too early), -022 (no such source). */
    clore(ctx: Contexte, ordre: OrdreClore): Promise<Reconciliation>;
    /** Files the answers of the State found in the coffre. @returns their number. Throws VGM-SAU-020. */
    rangerRetours(ctx: Contexte): Promise<number>;
  };

  livraisons: {
    lister(
      ctx: Contexte,
      filtre: { readonly flux?: FluxId; readonly etats?: readonly EtatLivraison[]; readonly limite: number },
    ): Promise<readonly Livraison[]>;
    essais(ctx: Contexte, id: LivraisonId): Promise<readonly EssaiLivraison[]>;
    /** Owes it again at once, under the same webhook-id. */
    rejouer(ctx: Contexte, id: LivraisonId): Promise<Livraison>;
  };

  jetons: {
    lister(ctx: Contexte): Promise<readonly Jeton[]>;
    /** @returns the token in clear, shown this once only. */
    creer(ctx: Contexte, nom: string, portee: Portee): Promise<{ readonly jeton: string }>;
    revoquer(ctx: Contexte, nom: string): Promise<boolean>;
    /** @returns the context of a token in clear, or undefined. */
    authentifier(jeton: string, corr: string): Promise<Contexte | undefined>;
  };

  /** Follows the chain of a tenant (`operateur` or SIREN), or of all. */
  verifierJournal(ctx: Contexte): Promise<
    readonly {
      readonly org: string;
      readonly lignes: number;
      readonly ruptures: readonly { readonly n: number; readonly motif: string }[];
    }[]
  >;
  /** Live events since `depuis`, until the signal aborts. */
  suivre(
    ctx: Contexte,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly quand: Instant; readonly flux: Flux; readonly ev: string }>;
  /** What waits in each queue, who works on what, how the work is shared out (operator). */
  files(ctx: Contexte): Promise<EtatFiles>;
  /** State of the program: queues, peers, disk, clocks. Each line says in French what to do. */
  diagnostiquer(ctx: Contexte): Promise<
    readonly {
      readonly sujet: string;
      readonly etat: 'bon' | 'attention' | 'panne';
      readonly detail: string;
      readonly remede: string;
    }[]
  >;
}
