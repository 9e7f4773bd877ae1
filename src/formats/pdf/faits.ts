import { lireDictionnaire } from './dictionnaire.ts';

/** What the bytes of a PDF say about its soundness (controls E.5 line 24; the norm: readable, not locked). */
export interface FaitsPdf {
  /** `%PDF-` within the first 1024 bytes. */
  readonly entete: boolean;
  /** `startxref` and `%%EOF` at the end, and the offset leads to a cross-reference table or stream. */
  readonly fin: boolean;
  /** An `/Encrypt` entry in the trailer. */
  readonly chiffre: boolean;
  /** `1.7`; null when unreadable. */
  readonly version: string | null;
}

/** Bytes [debut, fin[ of the file; fewer at its end. */
type Lire = (debut: number, fin: number) => Promise<Uint8Array>;

/** Readers accept the header, and `%%EOF`, within 1024 bytes of the ends (ISO 32000-1, annex H.3). */
export const MARGE = 1024;
/** `startxref`, its number and comments stand before `%%EOF`. */
export const QUEUE = 4096;
/** A dictionary of trailer or of cross-reference stream: some hundred bytes, `/Index` may be long. */
const DICTIONNAIRE = 65_536;
/** 800 000 entries of 20 bytes: beyond that we stop looking for the trailer. */
const TABLE_MAX = 16_000_000;
const TRAILER = 'trailer';

interface Debut {
  readonly position: number;
  readonly version: string | null;
}

async function texteEntre(lire: Lire, debut: number, fin: number): Promise<string> {
  const octets = await lire(debut, fin);
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
}

async function lireDebut(lire: Lire, taille: number): Promise<Debut | null> {
  const tete = await texteEntre(lire, 0, Math.min(taille, MARGE + 16));
  const position = tete.indexOf('%PDF-');
  if (position < 0 || position >= MARGE) return null;
  return { position, version: /^%PDF-([0-9]\.[0-9])/.exec(tete.slice(position))?.[1] ?? null };
}

/** A table may be long: read by slices, in one direction, up to its trailer. */
async function trailerApres(
  lire: Lire,
  debut: number,
  taille: number,
): Promise<ReadonlyMap<string, string> | null> {
  const limite = Math.min(taille, debut + TABLE_MAX);
  for (let i = debut; i < limite; i += DICTIONNAIRE) {
    const tranche = await texteEntre(lire, i, Math.min(limite, i + DICTIONNAIRE + TRAILER.length));
    const trouve = tranche.indexOf(TRAILER);
    if (trouve < 0) continue;
    const suite = i + trouve + TRAILER.length;
    return lireDictionnaire(await texteEntre(lire, suite, Math.min(taille, suite + DICTIONNAIRE)), 0);
  }
  return null;
}

/** @returns keys of the trailer at a cross-reference table or stream, null when there is none at that place. */
async function referencesA(
  lire: Lire,
  position: number,
  taille: number,
): Promise<ReadonlyMap<string, string> | null> {
  if (position <= 0 || position >= taille) return null;
  const texte = await texteEntre(lire, position, Math.min(taille, position + 64));
  if (/^\s*xref\s+[0-9]+ +[0-9]/.test(texte)) {
    return trailerApres(lire, position, taille);
  }
  const objet = /^\s*[0-9]+\s+[0-9]+\s+obj/.exec(texte);
  if (objet === null) return null;
  const suite = position + objet[0].length;
  const cles = lireDictionnaire(await texteEntre(lire, suite, Math.min(taille, suite + DICTIONNAIRE)), 0);
  return cles?.get('Type') === 'XRef' ? cles : null;
}

/** Offset written after the last `startxref`, when `%%EOF` is where it must be. @param queue last bytes, as Latin-1. */
export function adresse(queue: string): number | null {
  const eof = queue.lastIndexOf('%%EOF');
  if (eof < 0 || queue.length - eof - 5 > MARGE) return null;
  const depart = queue.lastIndexOf('startxref', eof);
  const nombre = /startxref\s+([0-9]{1,15})/.exec(queue.slice(depart, eof))?.[1];
  return nombre === undefined ? null : Number(nombre);
}

/** A file whose end is broken may still show that it is locked. */
function trailerDeQueue(queue: string): ReadonlyMap<string, string> | null {
  const place = queue.lastIndexOf(TRAILER);
  return place < 0 ? null : lireDictionnaire(queue, place + TRAILER.length);
}

/**
 * Facts of a PDF from its head, its tail and the place its `startxref` names: a few reads whatever the size, each
 * forward, so that no content can make it loop. The last trailer decides (7.5.6: an update repeats its entries).
 * @param taille bytes.
 */
export async function lireFaitsPdf(lire: Lire, taille: number): Promise<FaitsPdf> {
  const debut = await lireDebut(lire, taille);
  const queue = await texteEntre(lire, Math.max(0, taille - QUEUE), taille);
  const lieu = adresse(queue);
  let cles = lieu === null ? null : await referencesA(lire, lieu, taille);
  // Bytes before the header shift every offset of the file.
  if (cles === null && lieu !== null && debut !== null && debut.position > 0) {
    cles = await referencesA(lire, lieu + debut.position, taille);
  }
  const encrypt = (cles ?? trailerDeQueue(queue))?.get('Encrypt');
  return {
    entete: debut !== null,
    fin: cles !== null,
    chiffre: encrypt !== undefined && encrypt !== 'null',
    version: debut?.version ?? null,
  };
}
