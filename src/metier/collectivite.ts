import type { Instant, Jour, Siren } from './identifiants.ts';

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
  readonly points: readonly PointNotification[];
  readonly creee: Instant;
  readonly ver: number;
}
