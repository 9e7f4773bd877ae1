import { HACHAGES } from './algorithmes.ts';
import type { SourceOctets } from './flux.ts';

/**
 * A quick look at the raw bytes before the strict pass: which identifiers seem to be signed, with which digest. It
 * only spares digests that nobody asks; what it misses, or is made to miss, costs a second pass and nothing else.
 */

const REPERE = Buffer.from('DigestMethod', 'latin1');
/** A ds:Reference, from its URI to the name of its digest. */
const AVANT = 2048;
const APRES = 256;
const FENETRE = AVANT + APRES;
/** Beyond this many, everything is digested. */
const INDICES_MAX = 100_000;

export interface Indices {
  /** Names of node:crypto, by identifier. */
  readonly hachages: ReadonlyMap<string, ReadonlySet<string>>;
  readonly deborde: boolean;
}

/** The last `URI="#…"` before the digest method, and the digest. */
function lire(fenetre: Buffer, place: number, trouves: Map<string, Set<string>>): void {
  const avant = fenetre.toString('latin1', Math.max(0, place - AVANT), place);
  const apres = fenetre.toString('latin1', place, place + APRES);
  const uri = avant.lastIndexOf('URI=');
  const id = uri < 0 ? undefined : /^URI=(["'])#([^"'<>&]{1,500})\1/.exec(avant.slice(uri))?.[2];
  const hachage = HACHAGES.find((h) => apres.includes(`"${h.uri}"`) || apres.includes(`'${h.uri}'`));
  if (id === undefined || hachage === undefined) return;
  const siens = trouves.get(id) ?? new Set<string>();
  siens.add(hachage.node);
  trouves.set(id, siens);
}

export async function chercherIndices(source: SourceOctets): Promise<Indices> {
  const hachages = new Map<string, Set<string>>();
  let reste: Buffer = Buffer.alloc(0);
  const chercher = (fenetre: Buffer, fin: number): void => {
    for (let i = fenetre.indexOf(REPERE); i >= 0 && i < fin; i = fenetre.indexOf(REPERE, i + 1)) {
      if (hachages.size < INDICES_MAX) lire(fenetre, i, hachages);
    }
  };
  for await (const bloc of source()) {
    const vue = Buffer.from(bloc.buffer, bloc.byteOffset, bloc.length);
    // across the cut: the end of what came before, and the start of this one, whose addresses may stand before it
    if (reste.length > 0) chercher(Buffer.concat([reste, vue.subarray(0, FENETRE)]), reste.length + AVANT);
    chercher(vue, vue.length);
    reste = Buffer.concat([reste, vue.subarray(-FENETRE)]).subarray(-FENETRE);
  }
  return { hachages, deborde: hachages.size >= INDICES_MAX };
}
