import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import type { VerdictConfiance } from '../certificats/confiance.ts';
import type { EncodageXml, PositionXml, RefusXml } from '../xml/evenements.ts';
import type { NomSignature } from './algorithmes.ts';
import type { Constat } from './constats.ts';
import type { VersionXades } from './espaces.ts';
import type { LieuSignature, PolitiqueLue } from './lecture-proprietes.ts';
import type { AvisPolitique } from './politiques.ts';
import type { Place } from './releve-types.ts';

/** What a verification says. Plain data: it is kept, shown and compared. */

export interface SignataireRapport {
  /** RFC 2253. */
  readonly sujet: string;
  readonly emetteur: string;
  readonly serie: string;
  readonly sha256: Sha256;
  readonly debut: Instant;
  readonly fin: Instant;
  readonly der: Uint8Array;
}

/** `non_jugee`: no trust store was given. */
export type ConfianceRapport = { readonly type: 'non_jugee'; readonly motif: string } | VerdictConfiance;

export interface ElementRapport {
  readonly place: Place;
  readonly nom: string;
  readonly id: string | null;
  /** Number of the bordereau, identifier of the piece; empty when the file does not say. */
  readonly etiquette: string;
  readonly position: PositionXml;
}

/** `valide` says nothing of trust: that is `confiance`. */
export type EtatSignature = 'valide' | 'obsolete' | 'refusee';

export interface RapportSignature {
  /** From 1, in the order of the file. */
  readonly rang: number;
  readonly id: string | null;
  readonly position: PositionXml;
  readonly etat: EtatSignature;
  /** What it covers; null when it covers nothing that the profile knows. */
  readonly couvre: ElementRapport | null;
  /** Digests and signature value: `indeterminee` when its form kept us from computing. */
  readonly integrite: 'intacte' | 'rompue' | 'indeterminee';
  /** Whether KeyInfo, the signed properties and the value speak of one certificate. */
  readonly certificat: 'concordant' | 'discordant' | 'indetermine';
  readonly confiance: ConfianceRapport;
  readonly signataire: SignataireRapport | null;
  /** DER of the other certificates of KeyInfo, to find a path with: none is trusted for being there. */
  readonly joints: readonly Uint8Array[];
  readonly version: VersionXades | null;
  readonly algorithme: NomSignature | null;
  /** Claimed by the signer: nothing proves it but the signer's word. */
  readonly instant: Instant | null;
  readonly roles: readonly string[];
  readonly lieu: LieuSignature | null;
  readonly politique: (PolitiqueLue & { readonly avis: AvisPolitique }) | null;
  readonly constats: readonly Constat[];
}

export interface CouvertureGenre {
  readonly total: number;
  readonly couverts: number;
  /** The first `NON_COUVERTS_MAX` only. */
  readonly nonCouverts: readonly ElementRapport[];
}

export const NON_COUVERTS_MAX = 1000;

export interface Couverture {
  readonly mode: 'aucune' | 'fichier' | 'bordereaux' | 'mixte';
  readonly bordereaux: CouvertureGenre;
  readonly pieces: CouvertureGenre;
}

/** `partielle`: every signature is valid, yet at least one bordereau is covered by none. */
export type ConclusionXades = 'aucune_signature' | 'valide' | 'partielle' | 'obsolete' | 'refusee';

export interface RapportXades {
  readonly type: 'lu';
  readonly conclusion: ConclusionXades;
  /** French, one line. */
  readonly resume: string;
  /** Of the whole file. */
  readonly sha256: Sha256;
  readonly octets: number;
  readonly encodage: EncodageXml;
  /** The root is the one of the profile. */
  readonly racineAttendue: boolean;
  readonly signatures: readonly RapportSignature[];
  readonly couverture: Couverture;
  /** About the file as a whole. */
  readonly constats: readonly Constat[];
}

export type VerdictXades =
  | RapportXades
  /** Not well formed, or with what is refused before any signature (DOCTYPE, two equal Ids). */
  | { readonly type: 'illisible'; readonly refus: RefusXml }
  /** The two passes did not see the same bytes: nothing is said. */
  | { readonly type: 'source_changee' };
