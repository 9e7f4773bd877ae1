import type { Recepteur } from '../xml/evenements.ts';
import type { BilanXsd } from './constats.ts';
import type { RacineXml } from './jury.ts';
import type { SchemaXsd } from './schema.ts';

/**
 * Schema packs: official sets of XSDs that the operator installed, several versions side by side. A file does not say
 * which version it follows, so that each pack that describes its root is asked.
 */

/** What a refusal by a pack does to a deposit: nothing (the pack is not even asked), a warning, a refusal. */
export const POLITIQUES = ['ignorer', 'avertir', 'bloquer'] as const;
export type PolitiqueSchemas = (typeof POLITIQUES)[number];

export interface FichePaquet {
  readonly nom: string;
  /** Of the norm (`5.17`), null when nobody said it: no schema does. */
  readonly version: string | null;
  readonly politique: PolitiqueSchemas;
  /** SHA-256 of the list of its files and of their digests: what the pack is, whatever its name. */
  readonly empreinte: string;
  /** `quand`: ISO 8601, universal time. `qui`: system account, and the person behind it when sudo tells. */
  readonly importe: { readonly quand: string; readonly qui: string };
  /** Name of the folder or of the ZIP that it came from. */
  readonly origine: string;
  readonly fichiers: number;
  readonly octets: number;
  /** What it describes, and in which of its files each root is declared. */
  readonly racines: readonly (RacineXml & { readonly fichier: string })[];
}

export type PaquetOuvert =
  | { readonly type: 'pret'; readonly paquet: FichePaquet; readonly schema: SchemaXsd }
  /** `motif`: French. Says nothing of any document. */
  | { readonly type: 'inutilisable'; readonly paquet: FichePaquet; readonly motif: string };

/** What one pack says of one document. */
export type BilanPaquet =
  | ({ readonly type: 'juge'; readonly paquet: FichePaquet } & BilanXsd)
  | { readonly type: 'inutilisable'; readonly paquet: FichePaquet; readonly motif: string };

export interface BilanPaquets {
  readonly racine: RacineXml;
  /** Those that describe this root, newest version first; empty when none does. */
  readonly paquets: readonly BilanPaquet[];
  /** French: why the inventory cannot be read, and `paquets` may not be what it should; null when all is well. */
  readonly probleme: string | null;
}

export interface OptionsJugement {
  /** Who judges; by default those whose policy is not `ignorer`. */
  readonly admis?: (paquet: FichePaquet) => boolean;
  /** Findings kept by pack; 50 by default. */
  readonly constats?: number;
}

/** The packs listening to one reading. */
export interface JugementPaquets {
  /** To be heard with the others of the same pass. */
  readonly recepteur: Recepteur;
  /** Null when the document was not read to its end. */
  bilan(): BilanPaquets | null;
}

/** The packs as those who judge documents see them. Nothing here throws. */
export interface Paquets {
  /** Installed packs, newest version first. */
  lister(): { readonly paquets: readonly FichePaquet[]; readonly probleme: string | null };
  /** The packs that describe a root, ready to judge. @param admis `OptionsJugement.admis`. */
  pour(racine: RacineXml, admis?: OptionsJugement['admis']): readonly PaquetOuvert[];
  /** For one document: which packs judge it is known once its root is met. */
  juger(options?: OptionsJugement): JugementPaquets;
}
