import type { Instant, Jour, Siren } from './identifiants.ts';

/** What we sign of what leaves for ACTES: the message, its documents and annexes, or both. */
export const CACHETS_ACTES = ['aucun', 'formulaire', 'documents', 'tout'] as const;
export type CachetActes = (typeof CACHETS_ACTES)[number];

/** What the ACTES norm needs to know of a collectivité (§ EnveloppeCLMISILL, IDCL). */
export interface FicheActes {
  /** Three characters: `034`, `02A`, `974`. */
  readonly departement: string;
  /** One digit. */
  readonly arrondissement: string;
  /** Two digits, table of the DGCL (`31` commune…). */
  readonly nature: string;
  /** Contact written in the envelope. */
  readonly referent: { readonly nom: string; readonly telephone: string; readonly courriel: string };
  /** Further return addresses, after the operator's own. */
  readonly adressesRetour: readonly string[];
  /** Classification in force for this collectivité, imported from a 7-2 message; null = none yet. */
  readonly classification: Classification | null;
  /** null or absent: what the settings of the operator say. */
  readonly cachet?: CachetActes | null;
  /** Signing key of the settings; empty or absent: that of the operator. */
  readonly cle?: string;
}

/**
 * What becomes of an unsigned PES that says it is dematerialised, or that the collectivité wants signed:
 * `refuser`: it must come signed; `transmettre`: it leaves as it came; `signer`: signed here at once;
 * `confirmer`: signed here once an agent agrees; `parapheur`: held until the signed file comes back.
 */
export const SIGNATURES_HELIOS = ['refuser', 'transmettre', 'signer', 'confirmer', 'parapheur'] as const;
export type SignatureHelios = (typeof SIGNATURES_HELIOS)[number];

/** What HELIOS needs to know of a collectivité (cahier des charges 2-20: the directory of SIRET). */
export interface FicheHelios {
  /** SIRET of its budgets, fourteen digits; a PES or a PES Retour that names another is not its own. */
  readonly sirets: readonly string[];
  /** P_DEST: the centre that keeps its accounts (`VHPCE11`…); empty as long as nobody told it. */
  readonly destination: string;
  /** Gateway of the settings; empty = the first. */
  readonly passerelle: string;
  readonly signature: SignatureHelios;
  /** What we sign for it: each bordereau or the whole file (policy § 2.1). */
  readonly perimetre: 'bordereaux' | 'fichier';
  /** Signing key of the settings; empty = none. */
  readonly cle: string;
  /** Quality of the signer written in its signatures (policy § 3.1). */
  readonly qualite: string;
}

export interface Classification {
  readonly date: Jour;
  /** Code → label, dotted: `7.10`. */
  readonly matieres: Readonly<Record<string, string>>;
  /** Nature code → abbreviation, label and the piece types it allows (code → label). */
  readonly natures: Readonly<
    Record<
      string,
      { readonly abrege: string; readonly libelle: string; readonly types: Readonly<Record<string, string>> }
    >
  >;
}

/** Where notifications go. A secret is kept by the store and never shown again. */
export interface PointNotification {
  readonly id: string;
  readonly canal: 'webhook' | 'courriel';
  /** URL or e-mail address. */
  readonly cible: string;
  /** Types of events wanted; empty = all. */
  readonly evenements: readonly string[];
  readonly actif: boolean;
  /** Why it was switched off (HTTP 410…), for people. */
  readonly motif: string | null;
}

export interface Collectivite {
  readonly siren: Siren;
  readonly nom: string;
  readonly actif: boolean;
  readonly actes: FicheActes | null;
  readonly helios: FicheHelios | null;
  readonly points: readonly PointNotification[];
  readonly creee: Instant;
  readonly ver: number;
}
