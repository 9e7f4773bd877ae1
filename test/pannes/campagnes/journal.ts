import { createHash } from 'node:crypto';
import type { LigneLue } from './magasin.ts';

/** What the journal says, followed by nothing of the product: numbers, digests, and the history of each flux. */
export interface JournalLu {
  readonly lignes: number;
  readonly ruptures: readonly string[];
  /** What befell each flux, in order; facts that came too late to move anything are left out. */
  readonly histoires: ReadonlyMap<string, readonly Fait[]>;
}

export interface Fait {
  readonly ev: string;
  /** ISO 8601, by the clock of the daemon. */
  readonly t: string;
}

interface Ligne extends Fait {
  readonly n: number;
  readonly tx: string;
  readonly motif: string;
  readonly prev: string;
}

const PREMIER = '0'.repeat(64);
/** A fact that came too late to move anything says so. */
const SANS_EFFET = '(sans effet';

const sha256 = (texte: string): string => createHash('sha256').update(texte, 'utf8').digest('hex');

function lire(ligne: string): Ligne | null {
  try {
    return JSON.parse(ligne) as Ligne;
  } catch {
    return null;
  }
}

/** @param lignes each chain in its order, whatever the order of the chains. */
export async function suivreJournal(
  lignes: AsyncIterable<LigneLue> | Iterable<LigneLue>,
): Promise<JournalLu> {
  const ruptures: string[] = [];
  const histoires = new Map<string, Fait[]>();
  const tetes = new Map<string, { n: number; empreinte: string }>();
  let nombre = 0;
  for await (const { org, ligne } of lignes) {
    nombre += 1;
    const tete = tetes.get(org) ?? { n: 0, empreinte: PREMIER };
    const lue = lire(ligne);
    if (lue === null) ruptures.push(`${org} ${tete.n + 1} : illisible`);
    else if (lue.n !== tete.n + 1) ruptures.push(`${org} : ligne ${lue.n} après ${tete.n}`);
    else if (lue.prev !== tete.empreinte) ruptures.push(`${org} ${lue.n} : pas chaînée à la précédente`);
    tetes.set(org, { n: lue?.n ?? tete.n + 1, empreinte: sha256(ligne) });
    if (lue === null || lue.tx === '' || lue.motif.includes(SANS_EFFET)) continue;
    const fait = { ev: lue.ev, t: lue.t };
    const histoire = histoires.get(lue.tx);
    if (histoire === undefined) histoires.set(lue.tx, [fait]);
    else histoire.push(fait);
  }
  return { lignes: nombre, ruptures, histoires };
}
