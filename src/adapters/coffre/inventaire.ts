import type { Sha256 } from '../../metier/identifiants.ts';

/** A piece as it is listed, without reading it. */
export interface PieceListee {
  readonly sha256: Sha256;
  /** Bytes. */
  readonly taille: number;
  /** What an object store says of its bytes, quotes taken away. */
  readonly etag?: string;
}

export interface Inventaire {
  /** Every piece, in the order of its digests; what is not one is passed over. */
  lister(): AsyncGenerator<PieceListee>;
}

export function estPiece(nom: string): nom is Sha256 {
  return /^[0-9a-f]{64}$/.test(nom);
}

/** Both inventories side by side, in the order of the digests; null where a side has not the piece. */
export async function* fusionner(
  gauche: Inventaire,
  droite: Inventaire,
): AsyncGenerator<readonly [PieceListee | null, PieceListee | null]> {
  const [a, b] = [gauche.lister(), droite.lister()];
  let [ga, dr] = [await a.next(), await b.next()];
  while (ga.done !== true || dr.done !== true) {
    const [x, y] = [ga.done === true ? null : ga.value, dr.done === true ? null : dr.value];
    const ordre = x === null ? 1 : y === null ? -1 : x.sha256 < y.sha256 ? -1 : Number(x.sha256 > y.sha256);
    yield [ordre <= 0 ? x : null, ordre >= 0 ? y : null];
    if (ordre <= 0) ga = await a.next();
    if (ordre >= 0) dr = await b.next();
  }
}

/** Handles what comes, `front` at once; the first failure ends it, once those under way are over. */
export async function enParallele<T>(
  source: AsyncGenerator<T>,
  front: number,
  geste: (element: T) => Promise<void>,
): Promise<void> {
  const arret = new AbortController();
  const ouvrier = async (): Promise<void> => {
    while (!arret.signal.aborted) {
      const suivant = await source.next();
      if (suivant.done === true) return;
      await geste(suivant.value);
    }
  };
  const ouvriers = Array.from({ length: front }, () =>
    ouvrier().catch((erreur: unknown) => {
      arret.abort();
      throw erreur;
    }),
  );
  for (const fini of await Promise.allSettled(ouvriers)) if (fini.status === 'rejected') throw fini.reason;
}
