import type { Instant, Sha256 } from '../../../metier/identifiants.ts';
import type { OptionsXml } from '../../xml/analyseur.ts';
import type { SourceOctets } from '../flux.ts';
import type { LieuSignature } from '../lecture-proprietes.ts';
import type { LignePolitique } from '../politiques.ts';
import type { CleQuiSigne, RefusSignature } from '../signer-types.ts';

/** What every form of signature asks. */
export interface DemandeBase {
  readonly signataire: CleQuiSigne;
  readonly instant: Instant;
  /** null: none is claimed. */
  readonly politique: LignePolitique | null;
  readonly role: string | null;
  readonly lieu: LieuSignature | null;
  /** Identifier of the signature, an XML name; those of its parts begin with it. */
  readonly id: string;
}

export type ObjetASigner =
  /** Detached: the bytes of a file, which the signature names and does not hold. */
  | { readonly type: 'fichier'; readonly nom: string; readonly mime: string; readonly source: SourceOctets }
  /** Enveloping: an XML document that the signature carries; its XML declaration is left out. */
  | { readonly type: 'xml'; readonly mime: string; readonly contenu: Uint8Array }
  /** Enveloping: bytes that the signature carries in base64. */
  | { readonly type: 'octets'; readonly mime: string; readonly contenu: Uint8Array };

/** A signature that is a document of its own. */
export interface DemandeSeparee extends DemandeBase {
  readonly objets: readonly ObjetASigner[];
}

/** A signature put into the document that it signs. */
export interface DemandeEnveloppee extends DemandeBase {
  readonly source: SourceOctets;
  /** Receives the signed document, in order; what it got before a refusal is to be thrown away. */
  readonly ecrire: (octets: Uint8Array) => void | Promise<void>;
  /** The whole document (`URI=""`), or one element by its `Id`. */
  readonly cible: { readonly type: 'document' } | { readonly type: 'element'; readonly id: string };
  readonly mime: string;
  readonly lecture?: Omit<OptionsXml, 'ids'>;
}

interface Refuse {
  readonly type: 'refuse';
  readonly motifs: readonly RefusSignature[];
}

export type ResultatSepare =
  | { readonly type: 'signe'; readonly document: Uint8Array; readonly sha256: Sha256 }
  | Refuse;

export type ResultatEnveloppe =
  | {
      readonly type: 'signe';
      /** Of the document as received, and as written. */
      readonly avant: { readonly sha256: Sha256; readonly octets: number };
      readonly apres: { readonly sha256: Sha256; readonly octets: number };
    }
  | Refuse;
