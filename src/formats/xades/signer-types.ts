import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import type { OptionsXml } from '../xml/analyseur.ts';
import type { Recepteur } from '../xml/evenements.ts';
import type { NomSignature } from './algorithmes.ts';
import type { VersionXades } from './espaces.ts';
import type { SourceOctets } from './flux.ts';
import type { LieuSignature } from './lecture-proprietes.ts';
import type { LignePolitique } from './politiques.ts';
import type { ProfilXades } from './profil.ts';

/** What signs, as `ports/signataire.ts` has it: this folder asks no more than these bytes. */
export interface CleQuiSigne {
  readonly certificat: Uint8Array;
  readonly chaine: readonly Uint8Array[];
  readonly algorithme: Exclude<NomSignature, 'RSA-SHA1' | 'ECDSA-SHA1'>;
  /** ECDSA as r ‖ s. */
  signer(octets: Uint8Array): Promise<Uint8Array>;
}

export type CiblesSignature =
  | { readonly type: 'fichier' }
  /** Every bordereau. */
  | { readonly type: 'bordereaux' }
  /** The root or bordereaux, by their `Id`. */
  | { readonly type: 'ids'; readonly ids: readonly string[] };

export interface DemandeSignature {
  readonly source: SourceOctets;
  /** Receives the signed file, in order; what it got before a refusal is to be thrown away. */
  readonly ecrire: (octets: Uint8Array) => void | Promise<void>;
  readonly cibles: CiblesSignature;
  readonly signataire: CleQuiSigne;
  readonly instant: Instant;
  readonly politique: LignePolitique;
  /** Quality of the signer, which the policy demands. */
  readonly role: string;
  readonly lieu: LieuSignature | null;
  /** Version of XAdES to write; 1.1.1 unless said otherwise. */
  readonly version?: VersionXades;
  /** Identifier of the signature of this rank (from 1): an XML name, new in the file. */
  readonly identifiants: (rang: number) => string;
  /** Adds an `Id` to the targets that have none; refused otherwise. Ignored for targets given by their ids. */
  readonly idManquant?: (rang: number) => string;
  /** PES v2 unless said otherwise. */
  readonly profil?: ProfilXades;
  readonly lecture?: OptionsXml;
  /** Hears the file as received, on the pass that digests it. */
  readonly auditeur?: Recepteur;
}

export interface SignatureFaite {
  readonly id: string;
  /** Identifier of the element signed. */
  readonly cible: string;
  readonly etiquette: string;
}

export interface RefusSignature {
  /** `XDS-2nn`, or the code of the reading (`XML-…`). */
  readonly code: string;
  readonly message: string;
  readonly remede: string;
}

export type ResultatSignature =
  | {
      readonly type: 'signe';
      readonly signatures: readonly SignatureFaite[];
      /** Of the file as received, and as written. */
      readonly avant: { readonly sha256: Sha256; readonly octets: number };
      readonly apres: { readonly sha256: Sha256; readonly octets: number };
    }
  | { readonly type: 'refuse'; readonly motifs: readonly RefusSignature[] };
