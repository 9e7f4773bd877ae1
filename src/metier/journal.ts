import { createHash } from 'node:crypto';

/**
 * The evidential journal: one chain per collectivité (and one, `operateur`, for what belongs to none).
 * A line is compact JSON in fixed key order; `prev`, always last, is the SHA-256 of the bytes of the line
 * before it, so that no free text can imitate it and `sha256sum` alone can follow the chain.
 */

/** What the engine asks to be written; number, salt, version and chain are the store's business. */
export interface EntreeJournal {
  /** Tenant: SIREN, or `operateur`. */
  readonly org: string;
  /** `DEPOT`, `CONTROLE`, `MISE_EN_LIGNE`… upper case. */
  readonly ev: string;
  /** Flux or return it speaks of; empty when none. */
  readonly tx: string;
  /** Digests of the pieces seen by the event, `sha256:…`, space-separated. */
  readonly obj: string;
  /** Who: `systeme`, `agent:<name of the token>`, `etat`. Never personal data. */
  readonly acteur: string;
  readonly res: 'OK' | 'KO' | 'INCERTAIN';
  /** Code and reason, without personal data nor file content. */
  readonly motif: string;
  /** Correlation: request or attempt identifier. */
  readonly corr: string;
}

export interface LigneJournal extends EntreeJournal {
  /** From 1, without a hole, per tenant. */
  readonly n: number;
  /** ISO 8601 UTC, milliseconds. */
  readonly t: string;
  /** Version of the program that wrote it. */
  readonly ver: string;
  /** 128 random bits, hexadecimal: nobody can guess a neighbouring line from its digest. */
  readonly sel: string;
  /** SHA-256 of the line before; 64 zeros for the first. */
  readonly prev: string;
}

export const PREMIER_PREV = '0'.repeat(64);

/** Serialises a line in the fixed key order. The result has no line feed. */
export function ecrireLigne(l: LigneJournal): string {
  const { n, t, org, ev, tx, obj, acteur, res, motif, ver, corr, sel, prev } = l;
  return JSON.stringify({ n, t, org, ev, tx, obj, acteur, res, motif, ver, corr, sel, prev });
}

/** SHA-256 (hexadecimal) of the UTF-8 bytes of a line, without its line feed. */
export function empreinteLigne(ligne: string): string {
  return createHash('sha256').update(ligne, 'utf8').digest('hex');
}

export interface RuptureJournal {
  readonly n: number;
  readonly motif: string;
}

/** Where a chain is taken up: digest expected before its first line, and the number of that line. */
export interface DepartChaine {
  readonly prev: string;
  readonly premier: number;
}

/**
 * Follows a chain line by line.
 * @param depart the whole journal by default; otherwise the page that starts there.
 * @returns the breaks found, empty when the chain holds.
 */
export function verifierChaine(
  lignes: Iterable<string>,
  depart: DepartChaine = { prev: PREMIER_PREV, premier: 1 },
): RuptureJournal[] {
  const ruptures: RuptureJournal[] = [];
  let attendu = depart.prev;
  let numero = depart.premier;
  for (const ligne of lignes) {
    if (!ligne.endsWith(`,"prev":"${attendu}"}`)) {
      ruptures.push({ n: numero, motif: 'l’empreinte de la ligne précédente ne correspond pas' });
    } else if (!ligne.startsWith(`{"n":${numero},`)) {
      ruptures.push({ n: numero, motif: 'numéro d’ordre inattendu' });
    }
    attendu = empreinteLigne(ligne);
    numero += 1;
  }
  return ruptures;
}
