import { type ElementXml, lireXml } from '../../formats/xml/lire.ts';
import { estPiece, type PieceListee } from './inventaire.ts';

/** What an object store answers in XML. Names of elements are read whatever their namespace: servers differ on it. */

function lire(octets: Uint8Array): ElementXml | null {
  if (octets.length === 0) return null;
  const lecture = lireXml(octets);
  return lecture.type === 'lu' ? lecture.racine : null;
}

function enfants(element: ElementXml, nom: string): ElementXml[] {
  return element.enfants.filter((e) => e.nom === nom);
}

function texte(element: ElementXml | null, nom: string): string {
  return element === null ? '' : (enfants(element, nom)[0]?.texte.trim() ?? '');
}

/** `NoSuchKey`… of an error; empty when the answer is not one. */
export function lireCode(octets: Uint8Array): string {
  const racine = lire(octets);
  return racine?.nom === 'Error' ? texte(racine, 'Code') : '';
}

export function lireUploadId(octets: Uint8Array): string {
  return texte(lire(octets), 'UploadId');
}

/** Does an answer that says 200 announce success? Assembling parts takes time, and the status leaves before its end. */
export function estAssemblee(octets: Uint8Array): boolean {
  return lire(octets)?.nom === 'CompleteMultipartUploadResult';
}

export function lireEtag(octets: Uint8Array): string {
  return texte(lire(octets), 'ETag');
}

/** Without quotes nor mark of weakness; lower case. */
export function nuEtag(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '').toLowerCase();
}

export interface PageListe {
  readonly pieces: readonly PieceListee[];
  /** What to ask the next page with; empty: it was the last. */
  readonly suite: string;
}

/** One page of ListObjectsV2; null when it is not one, or says that there is more and not how to ask for it. Keys that are not those of pieces are passed over. */
export function lirePage(octets: Uint8Array, prefixe: string): PageListe | null {
  const racine = lire(octets);
  if (racine?.nom !== 'ListBucketResult') return null;
  const pieces = enfants(racine, 'Contents').flatMap((objet): PieceListee[] => {
    const cle = texte(objet, 'Key');
    const nom = cle.slice(cle.lastIndexOf('/') + 1);
    if (!estPiece(nom) || cle !== cleDe(prefixe, nom)) return [];
    return [{ sha256: nom, taille: Number(texte(objet, 'Size')), etag: nuEtag(texte(objet, 'ETag')) }];
  });
  if (texte(racine, 'IsTruncated') !== 'true') return { pieces, suite: '' };
  const suite = texte(racine, 'NextContinuationToken');
  return suite === '' ? null : { pieces, suite };
}

/** Key of a piece. */
export function cleDe(prefixe: string, sha256: string): string {
  return `${prefixe}${sha256.slice(0, 2)}/${sha256}`;
}

export interface EnvoiOrphelin {
  readonly cle: string;
  readonly uploadId: string;
  /** Milliseconds since 1970; NaN when it is not told. */
  readonly debut: number;
}

/** Uploads by parts that were begun and neither ended nor given up. */
export function lireEnvois(octets: Uint8Array): readonly EnvoiOrphelin[] {
  const racine = lire(octets);
  if (racine?.nom !== 'ListMultipartUploadsResult') return [];
  return enfants(racine, 'Upload').map((envoi) => ({
    cle: texte(envoi, 'Key'),
    uploadId: texte(envoi, 'UploadId'),
    debut: Date.parse(texte(envoi, 'Initiated')),
  }));
}

/** Is the object lock in force on the compartiment? */
export function estVerrouille(octets: Uint8Array): boolean {
  return texte(lire(octets), 'ObjectLockEnabled') === 'Enabled';
}
