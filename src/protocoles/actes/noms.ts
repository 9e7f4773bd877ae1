import type { Collectivite } from '../../metier/collectivite.ts';

/** Identifiers and file names of the norm: each is made in one place, from the same components. */

/** `@IDActe` (actesv1_1.xsd), without the stray `|` that the schema lets into its classes. */
export const MOTIF_ID_ACTE = /^[09][0-9][0-9AB]-[0-9]{9}-[0-9]{8}-[A-Za-z0-9_]{1,15}-\p{Lu}{2}$/u;
/** Three characters: `034`, `02A`, `974` (actesv1_1.xsd, Departement). */
export const MOTIF_DEPARTEMENT = /^[09][0-9][0-9AB]$/;

export interface ComposantsIdActe {
  readonly departement: string;
  readonly siren: string;
  /** `YYYY-MM-DD`, date of the decision. */
  readonly date: string;
  readonly numero: string;
  readonly abrege: string;
}

/** `2026-01-15` → `20260115`. */
export function jourCompact(jour: string): string {
  return jour.replaceAll('-', '');
}

/** Unique identifier of an acte, known before the receipt confirms it. */
export function idActe(c: ComposantsIdActe): string {
  return [c.departement, c.siren, jourCompact(c.date), c.numero, c.abrege].join('-');
}

/** Department of a collectivité, or null as long as its ACTES sheet gives none. */
export function departementDe(collectivite: Collectivite): string | null {
  const departement = collectivite.actes?.departement ?? '';
  return MOTIF_DEPARTEMENT.test(departement) ? departement : null;
}

/** Name of a message about an acte: the date in it is that of the acte, as in its IDActe (actes.md C.3). */
export function nomMessage(identite: string, code: string): string {
  return `${identite}-${code}_0.xml`;
}

/** Name of a 7-1: it is about no acte, date, number and nature are empty. */
export function nomDemandeClassification(departement: string, siren: string): string {
  return `${departement}-${siren}----7-1_0.xml`;
}

/** Name of a document: `rang` is 1 for the principal one, then 2, 3… in the order of the message. */
export function nomDocument(identite: string, piece: PieceNommee): string {
  return `${piece.typologie}-${identite}-${piece.code}_${piece.rang}.${piece.extension}`;
}

export interface PieceNommee {
  /** Of the message: `1-1`. */
  readonly code: string;
  readonly typologie: string;
  readonly rang: number;
  readonly extension: string;
}

/** Base name of an envelope; `jour` is the day it is made, `numero` the daily serial, never padded. */
export function baseEnveloppe(e: {
  readonly application: string;
  readonly siren: string;
  readonly jour: string;
  readonly numero: number;
}): string {
  return `${e.application}--${e.siren}--${jourCompact(e.jour)}-${e.numero}`;
}

/** Extension by content type; what the depositor's name ended with does not count. */
export const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['application/xml', 'xml'],
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
]);

/** Name of the piece that holds our signature of a file of this name. */
export function nomCachet(fichier: string): string {
  return `${fichier}.signature.xml`;
}
