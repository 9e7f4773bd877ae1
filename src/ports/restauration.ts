import type { NomProtocole } from '../metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';

/** What a base that was put back from a backup knows of it (docs/decisions/0018-sauvegarde.md). */

export interface Restauration {
  /** UUIDv7. */
  readonly id: string;
  /** When the backup was taken: what the world did since is unknown here. */
  readonly sauvegarde: Instant;
  readonly restauree: Instant;
  /** Every flux that might have left since is uncertain; null: not yet, and nothing may start. */
  readonly preparee: Instant | null;
  /** A person let sendings go again; null: nothing leaves. */
  readonly close: Instant | null;
}

/** What a piece of the coffre that the base does not cite is, by its content. */
export const GENRES_ORPHELIN = ['archive', 'pes', 'courriel', 'acquittement', 'pes_retour', 'autre'] as const;
export type GenreOrphelin = (typeof GENRES_ORPHELIN)[number];

/** A piece that was added between the backup and the restoration, and that no row cites any more. */
export interface Orphelin {
  readonly sha256: Sha256;
  readonly sha512: string;
  /** Bytes. */
  readonly taille: number;
  /** When the coffre took it. */
  readonly ajoutee: Instant;
  readonly genre: GenreOrphelin;
  /** For people, in French. */
  readonly libelle: string;
  readonly protocole: NomProtocole | null;
  readonly collectivite: Siren | null;
  /** Identity in law of what it carries, as a flux would bear it; null when it does not tell. */
  readonly identite: string | null;
  /** Outgoing name of an archive. */
  readonly nom: string | null;
}

/** Something that the world knows under this identity, and that the base does not. */
export interface IdentitePerdue {
  readonly protocole: NomProtocole;
  readonly identite: string;
  /** `piece <sha256>`, `retour <id>`. */
  readonly preuve: string;
}

/** A place where answers are fetched, read to its end since the restoration. */
export interface SourceLue {
  readonly source: string;
  readonly lue: Instant;
}

/** A number of a daily series seen in the coffre: the world knows it. */
export interface NumeroVu {
  readonly serie: string;
  readonly numero: number;
}

/** What a restoration brings: written whole, with the lines that say it in every chain of the journal. */
export interface NouvelleRestauration extends Pick<Restauration, 'id' | 'sauvegarde' | 'restauree'> {
  readonly orphelins: Iterable<Orphelin>;
  readonly perdues: Iterable<IdentitePerdue>;
  readonly numeros: Iterable<NumeroVu>;
  /**
   * Series of that day (their names end so) that are already at `apres` or beyond, after which all of them go on that day
   * (metier/series.ts): they jump from where they are.
   */
  readonly series: { readonly fin: string; readonly apres: number };
  /** @param tete last line of the chain that came back. */
  readonly journal: (org: string, tete: { readonly n: number; readonly sha256: string }) => EntreeJournal;
}

/** What changes of the last restoration, with the rest of an event (`Ecriture`). */
export interface ChangementRestauration {
  readonly id: string;
  readonly preparee?: true;
  readonly close?: true;
  readonly lue?: string;
  readonly perdues?: readonly IdentitePerdue[];
}

export interface Restaurations {
  /** The last one, settled or not; null: this base was never put back. */
  derniere(): Promise<Restauration | null>;
  /** By name. */
  sources(id: string): Promise<readonly SourceLue[]>;
  /** By digest, strictly after `apres`. */
  orphelins(
    id: string,
    page: { readonly apres?: Sha256; readonly limite: number },
  ): Promise<readonly Orphelin[]>;
  /** Archives found in the coffre for this identity, oldest first. */
  archives(protocole: NomProtocole, identite: string): Promise<readonly Orphelin[]>;
  /** Was this identity, or one of the documents of this flux, already deposited before the restoration? */
  connue(flux: {
    readonly id: FluxId;
    readonly protocole: NomProtocole;
    readonly identite: string;
  }): Promise<boolean>;
  /** Was this outgoing name given to other bytes? */
  nomDonne(nom: string, sha256: Sha256): Promise<boolean>;
  /**
   * Marks a base that was just put back, once and before any daemon opens it: leases, nodes and turns of the other life are
   * dropped, numbers given back are forgotten.
   */
  inscrire(nouvelle: NouvelleRestauration): Promise<void>;
}
