import { createHash } from 'node:crypto';

/** Names that the layout of a proof reserves (ETSI EN 319 162-1 § 4.4). */
export const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
export const NOM_MIMETYPE = 'mimetype';
export const NOM_EMPREINTES = 'EMPREINTES.sha256';
export const NOM_MANIFESTE = 'META-INF/ASiCManifest001.xml';
/** Place of the RFC 3161 token over the manifest; empty until the time-stamping step exists. */
export const NOM_JETON = 'META-INF/timestamp001.tst';
export const NOM_FLUX = 'flux.json';
export const NOM_LIGNES = 'journal/lignes.jsonl';
export const NOM_EMPREINTES_LIGNES = 'journal/lignes.sha256';

export interface FichierEmpreinte {
  readonly nom: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export function sha256Hex(octets: Uint8Array | string): string {
  return createHash('sha256').update(octets).digest('hex');
}

/** Order of `LC_ALL=C sort`: the shell script of the proof must find the same one. */
function parNom(a: FichierEmpreinte, b: FichierEmpreinte): number {
  return Buffer.compare(Buffer.from(a.nom), Buffer.from(b.nom));
}

/** Format of `sha256sum`: 64 digits, two spaces, name. */
export function ecrireEmpreintes(fichiers: readonly FichierEmpreinte[]): string {
  return fichiers
    .toSorted(parNom)
    .map((f) => `${f.sha256}  ${f.nom}\n`)
    .join('');
}

/** @returns the list, or the number of the first line that is not in the format. */
export function lireEmpreintes(texte: string): FichierEmpreinte[] | { readonly ligne: number } {
  const lignes = texte.split('\n');
  if (lignes.pop() !== '') return { ligne: lignes.length + 1 };
  const lues: FichierEmpreinte[] = [];
  for (const [i, ligne] of lignes.entries()) {
    const m = /^([0-9a-f]{64}) {2}(.+)$/.exec(ligne);
    if (m === null) return { ligne: i + 1 };
    lues.push({ sha256: m[1] as string, nom: m[2] as string });
  }
  return lues;
}

export const TETE_MANIFESTE = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
  `<asic:SigReference URI="${NOM_JETON}" MimeType="application/vnd.etsi.timestamp-token"/>`,
] as const;
export const PIED_MANIFESTE = '</asic:ASiCManifest>';
export const AVANT_URI = '<asic:DataObjectReference URI="';
export const AVANT_VALEUR =
  '"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>';
export const APRES_VALEUR = '</ds:DigestValue></asic:DataObjectReference>';

const ECHAPPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function reference(f: FichierEmpreinte): string {
  const uri = f.nom.replace(/[&<>"]/g, (c) => ECHAPPES[c] as string);
  const valeur = Buffer.from(f.sha256, 'hex').toString('base64');
  return `${AVANT_URI}${uri}${AVANT_VALEUR}${valeur}${APRES_VALEUR}`;
}

/**
 * The manifest of ETSI EN 319 162-1 annex A.4: digests of every data object, `mimetype` and META-INF excepted
 * (they are not data objects). One reference a line, so that `awk` alone can write it again and compare.
 */
export function ecrireManifeste(fichiers: readonly FichierEmpreinte[]): string {
  const objets = fichiers.filter((f) => f.nom !== NOM_MIMETYPE && !f.nom.startsWith('META-INF/'));
  return `${[...TETE_MANIFESTE, ...objets.toSorted(parNom).map(reference), PIED_MANIFESTE].join('\n')}\n`;
}
