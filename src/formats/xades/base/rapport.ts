import type { PositionXml, RefusXml } from '../../xml/evenements.ts';
import type { ConclusionXades, EtatSignature, RapportSignature, RapportXades } from '../rapport.ts';

/** What a verification of the baseline profile says: the report of a PES, but for what each signature covers. */

export interface ObjetSigne {
  /** `fichier`: bytes outside; `objet`: carried by the signature; `element`, `document`: they carry the signature. */
  readonly type: 'fichier' | 'objet' | 'element' | 'document';
  /** Name of the file, `Id` of the element, empty for the document. */
  readonly nom: string;
  /** MimeType that the signer gave, null when he gave none. */
  readonly mime: string | null;
  /** `non_fourni`: its bytes were not given, nothing is known of them. */
  readonly etat: 'intact' | 'altere' | 'non_fourni' | 'indetermine';
  /** Of a file that was given. */
  readonly octets: number | null;
  /** Of what stands in the document. */
  readonly position: PositionXml | null;
}

/** `incomplete`: sound as far as it could be checked, yet it signs files that were not given. */
export type EtatBase = EtatSignature | 'incomplete';

export interface RapportSignatureBase extends Omit<RapportSignature, 'etat' | 'couvre'> {
  readonly etat: EtatBase;
  /** All that it designates, but its own properties; worth nothing when it is refused. */
  readonly objets: readonly ObjetSigne[];
}

export interface CouvertureBase {
  /** Of the file that carries the signatures; `separe`: it is a signature and nothing else. */
  readonly document: 'separe' | 'entier' | 'partiel' | 'aucun';
  /** Of the files given, by their names. */
  readonly couverts: readonly string[];
  readonly nonCouverts: readonly string[];
  /** Signed, not given. */
  readonly nonFournis: readonly string[];
}

/** `partielle`: every signature is valid, yet something of what was given is covered by none. */
export type ConclusionBase = ConclusionXades | 'incomplete';

export interface RapportBase
  extends Pick<RapportXades, 'type' | 'resume' | 'sha256' | 'octets' | 'encodage' | 'constats'> {
  readonly conclusion: ConclusionBase;
  readonly signatures: readonly RapportSignatureBase[];
  readonly couverture: CouvertureBase;
}

export type VerdictBase =
  | RapportBase
  /** Not well formed, or with what is refused before any signature (DOCTYPE, two equal Ids). */
  | { readonly type: 'illisible'; readonly refus: RefusXml }
  /** The two passes did not see the same bytes: nothing is said. */
  | { readonly type: 'source_changee' };
