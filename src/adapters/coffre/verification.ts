import type { Sha256 } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import { enParallele, type Inventaire } from './inventaire.ts';

/** All the pieces of a coffre, read again. */
export interface Verification {
  readonly pieces: number;
  /** Bytes, as listed. */
  readonly octets: number;
  /** Pieces whose bytes are not those of their name, or that could be listed and not read. */
  readonly alterees: readonly Sha256[];
}

const FRONT = 4;

/** @param avancer told of the pieces read so far. Throws what the coffre throws: a store that is down says nothing of a piece. */
export async function verifierPieces(
  coffre: Inventaire & Pick<Coffre, 'verifier'>,
  avancer: (pieces: number, octets: number) => void,
): Promise<Verification> {
  const alterees: Sha256[] = [];
  let [pieces, octets] = [0, 0];
  await enParallele(coffre.lister(), FRONT, async ({ sha256, taille }) => {
    if (!(await coffre.verifier(sha256))) alterees.push(sha256);
    pieces += 1;
    octets += taille;
    avancer(pieces, octets);
  });
  return { pieces, octets, alterees: alterees.toSorted() };
}
