import { createHash } from 'node:crypto';
import type { EntreeLue, ZipLu } from './lire-zip.ts';

/** One answered question of a verification. `detail` is French, for the person who reads the report. */
export interface Constat {
  readonly sujet: string;
  readonly bon: boolean;
  readonly detail: string;
}

/** What one entry really holds, whatever the lists of the file say. */
export interface Releve {
  readonly entree: EntreeLue;
  readonly sha256: string;
  readonly sha512: string;
  readonly taille: number;
  /** Bytes, for the small files that have to be read; null otherwise. */
  readonly octets: Buffer | null;
}

/** Beyond, a file is hashed but not kept in memory. */
export const GARDE_MAX = 8 * 1024 * 1024;

async function releverEntree(zip: ZipLu, entree: EntreeLue, garder: boolean): Promise<Releve> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  const morceaux: Uint8Array[] | null = garder ? [] : null;
  for await (const morceau of zip.ouvrir(entree)) {
    sha256.update(morceau);
    sha512.update(morceau);
    morceaux?.push(morceau);
  }
  return {
    entree,
    sha256: sha256.digest('hex'),
    sha512: sha512.digest('hex'),
    taille: entree.taille,
    octets: morceaux === null ? null : Buffer.concat(morceaux),
  };
}

/**
 * Reads every entry once. `garder` tells which ones to keep; larger than `GARDE_MAX`, none is.
 * Throws VGM-PRV-004 when the bytes of an entry are not those its header announces.
 */
export async function relever(zip: ZipLu, garder: (nom: string) => boolean): Promise<Map<string, Releve>> {
  const releves = new Map<string, Releve>();
  for (const entree of zip.entrees) {
    const garde = entree.taille <= GARDE_MAX && garder(entree.nom);
    releves.set(entree.nom, await releverEntree(zip, entree, garde));
  }
  return releves;
}

/** `a, b et 3 autres`: a report stays readable when a thousand files are wrong. */
export function citer(noms: readonly string[]): string {
  const cites = noms.slice(0, 5).map((n) => JSON.stringify(n).slice(1, -1));
  const reste = noms.length - cites.length;
  return cites.join(', ') + (reste > 0 ? ` et ${reste} autre${reste > 1 ? 's' : ''}` : '');
}
