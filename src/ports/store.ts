import type { Classification, Collectivite } from '../metier/collectivite.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Etat } from '../metier/etats.ts';
import type { Flux, NomProtocole, ObjetJson, Piece, PieceDuFlux } from '../metier/flux.ts';
import type { FluxId, Instant, Jour, LivraisonId, RetourId, Sha256, Siren } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { EssaiLivraison, EtatLivraison, Livraison, TypeEvenement } from '../metier/notifications.ts';
import type { EtatRetour, Retour } from '../metier/retours.ts';
import type { Lots } from './lots.ts';
import type { Noeuds, Tours } from './noeuds.ts';
import type { Portee } from './portee.ts';
import type { ChangementRestauration, Restaurations } from './restauration.ts';
import type { FileTravail } from './travail.ts';

export type { Noeud, Noeuds, Tour, Tours } from './noeuds.ts';
export { OPERATEUR, type Portee } from './portee.ts';
export type {
  DemandeTravail,
  EtatTravail,
  FileTravail,
  TableTravail,
} from './travail.ts';

/** A change of one flux, guarded by the version that was read. */
export interface ChangementFlux {
  readonly id: FluxId;
  readonly ver: number;
  readonly etat: Etat;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly alerte: string | null;
  readonly erreur: FicheErreur | null;
  /** Left as it was when undefined. Once set it never changes. */
  readonly nomEnvoi?: string;
  readonly transmis?: Instant;
  readonly solde?: Instant;
  /** Merged into the summary, key by key. */
  readonly complement?: ObjetJson;
  readonly pieces?: readonly Piece[];
  /** The worker goes on with this flux at once: its lease is kept. Otherwise the change drops it. */
  readonly garderBail?: boolean;
  /**
   * Written by the holder of the lease alone, over or not: throws VGM-NOY-008 when another one took the row, or nobody holds it
   * any more (the version is judged first). The lease then ends at `jusqua`; null drops it. Wins over `garderBail`.
   */
  readonly tenu?: { readonly par: string; readonly jusqua: Instant | null };
  /** Queue in which it waits from now on (metier/files.ts); left as it was when undefined. */
  readonly file?: string;
  /**
   * It ends without ever having been on the line: its outgoing name is taken back, its number goes to the next flux of the
   * same series, what it had booked of this hour and the next ones to the others.
   */
  readonly rendre?: boolean;
}

export interface ChangementRetour {
  readonly id: RetourId;
  readonly ver: number;
  readonly etat: EtatRetour;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly motif: string | null;
  readonly flux: readonly FluxId[];
}

export interface ChangementLivraison {
  readonly id: LivraisonId;
  readonly ver: number;
  readonly etat: EtatLivraison;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly essai?: EssaiLivraison;
}

export interface NouvelleLivraison {
  readonly id: LivraisonId;
  readonly collectivite: Siren;
  readonly flux: FluxId;
  readonly point: string;
  readonly canal: 'webhook' | 'courriel';
  readonly type: TypeEvenement;
  readonly charge: ObjetJson;
  readonly due: Instant;
}

/** Everything that one event changes: all of it lands, or nothing. */
export interface Ecriture {
  readonly quand: Instant;
  readonly flux?: readonly ChangementFlux[];
  /** Flux that the State itself starts; one that stands already (same identity) makes the whole fail, VGM-NOY-001. */
  readonly nouveauxFlux?: readonly NouveauFlux[];
  readonly retours?: readonly ChangementRetour[];
  /** Classifications in force that the State has sent; an older one than the one held changes nothing. */
  readonly classifications?: readonly { readonly siren: Siren; readonly classification: Classification }[];
  readonly livraisons?: readonly ChangementLivraison[];
  readonly nouvellesLivraisons?: readonly NouvelleLivraison[];
  /** Switches a notification point off (HTTP 410…). */
  readonly points?: readonly {
    readonly siren: Siren;
    readonly id: string;
    readonly actif: boolean;
    readonly motif: string | null;
  }[];
  /** Holds sendings back to a destination; `motif` null lets them go again. */
  readonly suspensions?: readonly {
    readonly destination: string;
    readonly motif: string | null;
    readonly acteur: string;
  }[];
  /** What becomes of the reconciliation that follows a restoration. */
  readonly restauration?: ChangementRestauration;
  readonly journal: readonly EntreeJournal[];
}

/** It waits in the queue of its protocol (metier/files.ts). */
export interface NouveauFlux {
  readonly id: FluxId;
  readonly protocole: NomProtocole;
  readonly collectivite: Siren;
  /** `recu`: came from the State, already at its end. */
  readonly etat: 'depose' | 'recu';
  readonly identite: string;
  /** Digest of the file that may not be sent twice; null when only the identity counts. */
  readonly contenu: Sha256 | null;
  readonly resume: ObjetJson;
  readonly cite: FluxId | null;
  readonly pieces: readonly Piece[];
  /** `Idempotency-Key` of the deposit, unique per collectivité; null when the client gave none. */
  readonly cleIdempotence: string | null;
  /** Digest of the whole request: the same key with other content is refused. */
  readonly empreinteDemande: Sha256;
  readonly due: Instant;
}

export type ResultatCreation =
  | { readonly type: 'cree'; readonly flux: Flux }
  /** Same key, same content: the first answer again. */
  | { readonly type: 'rejeu'; readonly flux: Flux }
  /** Same key, other content. */
  | { readonly type: 'cle_prise'; readonly flux: Flux }
  /** The same identity, or the same content, stands already in another flux of this collectivité. */
  | { readonly type: 'doublon'; readonly par: 'identite' | 'contenu'; readonly flux: Flux };

export interface NouveauRetour {
  readonly id: RetourId;
  readonly sha256: Sha256;
  readonly sha512: string;
  readonly taille: number;
  readonly source: string;
  /** Name of the file at its source; null for an e-mail. */
  readonly nom: string | null;
  readonly due: Instant;
}

/** All writes. Each promise resolves only once the transaction is durable; several may share one fsync. */
export interface EcritureStore {
  /**
   * Throws VGM-NOY-001 when a version is not the one named, or when a flux takes back an identity that it had freed and
   * that another one bears; then nothing of this `Ecriture` landed.
   */
  ecrire(ecriture: Ecriture): Promise<void>;
  creerFlux(nouveau: NouveauFlux, suite: Ecriture): Promise<ResultatCreation>;
  /** A message read twice at its source is kept once (same digest, and same name for a file): `deja_vu`. */
  creerRetour(nouveau: NouveauRetour, suite: Ecriture): Promise<'cree' | 'deja_vu'>;
}

export interface FiltreFlux {
  readonly etats?: readonly Etat[];
  readonly protocole?: NomProtocole;
  /** Part of the identity or of the outgoing name. */
  readonly recherche?: string;
  readonly alerte?: boolean;
  /** Page: flux deposited strictly before this one, newest first. */
  readonly avant?: FluxId;
  /** 1 to 1000. */
  readonly limite: number;
}

export interface LectureFlux {
  trouver(portee: Portee, id: FluxId): Promise<Flux | undefined>;
  lister(portee: Portee, filtre: FiltreFlux): Promise<readonly Flux[]>;
  pieces(portee: Portee, id: FluxId): Promise<readonly PieceDuFlux[]>;
  /** Flux that bear this identity, newest first (several when earlier sendings were refused). */
  parIdentite(portee: Portee, identite: string): Promise<readonly Flux[]>;
  /** Flux that cite this one, oldest first. */
  citants(portee: Portee, id: FluxId): Promise<readonly Flux[]>;
  /** The flux of a collectivité that stands with this content. */
  parContenu(collectivite: Siren, protocole: NomProtocole, contenu: Sha256): Promise<Flux | undefined>;
  parNomEnvoi(portee: Portee, nom: string): Promise<Flux | undefined>;
  /** The flux deposited under this Idempotency-Key, and the digest of the demand that made it. */
  parCle(
    collectivite: Siren,
    cle: string,
  ): Promise<{ readonly flux: Flux; readonly empreinteDemande: Sha256 } | undefined>;
  /** Number of flux per state. */
  compter(portee: Portee): Promise<Readonly<Partial<Record<Etat, number>>>>;
}

export interface LectureJournal {
  /** Raw lines of one flux, in order, with their digests. */
  lignesDuFlux(
    portee: Portee,
    id: FluxId,
  ): Promise<readonly { readonly ligne: string; readonly sha256: string }[]>;
  /** Raw lines of a tenant (`operateur` or SIREN) from number `n`, at most `limite`. */
  lignes(org: string, depuis: number, limite: number): Promise<readonly string[]>;
  /** Tenants that have a journal. */
  chaines(): Promise<readonly string[]>;
}

/** Outgoing identities: drawn once per flux, then always the same. */
export interface Numerotation {
  /**
   * @param serie counter name, one per collectivité and day.
   * @param jour day of the counter: given back as it was at the first reservation, even when asked again another day.
   * @param limite refuses beyond (VGM-ENV-001); numbers run from 1 without a hole, those given back go first. Throws
   * VGM-NOY-001 for a flux that has ended meanwhile.
   * @param apres no number up to this one is drawn: the world may know them, the base does not (metier/series.ts).
   */
  reserver(demande: {
    readonly flux: FluxId;
    readonly serie: string;
    readonly jour: Jour;
    readonly limite: number;
    readonly apres?: number;
  }): Promise<{ readonly jour: Jour; readonly numero: number }>;
}

/** Bytes sent per destination and hour; survives a restart. */
export interface Debits {
  /**
   * Books `octets` on the hour of `quand` if they fit under `plafond`. Idempotent per (flux, hour).
   * A flux larger than the whole hour passes when it is alone in its hour; refused because others were there first, it
   * books the next hour whole, unless the present one is already such an hour: the others keep every second one.
   * @returns true when booked.
   */
  reserver(demande: {
    readonly destination: string;
    readonly flux: FluxId;
    readonly octets: number;
    readonly plafond: number;
    readonly quand: Instant;
  }): Promise<boolean>;
}

/** Sending held back by order: nothing leaves for this destination, deposits go on. */
export interface Suspension {
  readonly destination: string;
  /** French, one sentence without its full stop. */
  readonly motif: string;
  readonly acteur: string;
  readonly depuis: Instant;
}

export interface Suspensions {
  /** Those in force, by destination. */
  lister(): Promise<readonly Suspension[]>;
}

export interface LectureRetours {
  /** The return that holds these bytes under this name (null: an e-mail), if they were already received. */
  parEmpreinte(sha256: Sha256, nom: string | null): Promise<Retour | undefined>;
  trouver(portee: Portee, id: RetourId): Promise<Retour | undefined>;
  lister(
    portee: Portee,
    filtre: { readonly etats?: readonly EtatRetour[]; readonly avant?: RetourId; readonly limite: number },
  ): Promise<readonly Retour[]>;
}

export interface LectureLivraisons {
  trouver(portee: Portee, id: LivraisonId): Promise<Livraison | undefined>;
  lister(
    portee: Portee,
    filtre: { readonly flux?: FluxId; readonly etats?: readonly EtatLivraison[]; readonly limite: number },
  ): Promise<readonly Livraison[]>;
  essais(portee: Portee, id: LivraisonId): Promise<readonly EssaiLivraison[]>;
}

/** Signing secrets of one webhook: the present one first, then those still accepted during a rotation. */
export interface SecretsPoint {
  readonly id: string;
  readonly secrets: readonly string[];
}

export interface Collectivites {
  trouver(siren: Siren): Promise<Collectivite | undefined>;
  lister(): Promise<readonly Collectivite[]>;
  /** Creates (ver 0) or replaces (ver as read; VGM-NOY-001 otherwise), with its journal entries. */
  enregistrer(
    c: Collectivite,
    suite: {
      readonly secrets?: readonly SecretsPoint[];
      readonly journal: readonly EntreeJournal[];
      readonly quand: Instant;
    },
  ): Promise<void>;
  secrets(siren: Siren, point: string): Promise<readonly string[]>;
}

/** API tokens: only their SHA-256 is kept. */
export interface Jeton {
  readonly nom: string;
  readonly sha256: Sha256;
  readonly portee: Portee;
  readonly cree: Instant;
}

export interface Jetons {
  trouver(sha256: Sha256): Promise<Jeton | undefined>;
  lister(): Promise<readonly Jeton[]>;
  enregistrer(jeton: Jeton): Promise<void>;
  revoquer(nom: string): Promise<boolean>;
}

/** The whole store, as an adapter gives it; steps and gestures name only the part they use. */
export interface Store {
  readonly ecriture: EcritureStore;
  readonly flux: LectureFlux;
  readonly journal: LectureJournal;
  readonly file: FileTravail;
  readonly numerotation: Numerotation;
  readonly debits: Debits;
  readonly suspensions: Suspensions;
  readonly tours: Tours;
  readonly noeuds: Noeuds;
  readonly retours: LectureRetours;
  readonly livraisons: LectureLivraisons;
  readonly collectivites: Collectivites;
  readonly jetons: Jetons;
  readonly lots: Lots;
  readonly restaurations: Restaurations;
  /** Flushes what waits, then closes; nothing is accepted afterwards. */
  fermer(): Promise<void>;
}
