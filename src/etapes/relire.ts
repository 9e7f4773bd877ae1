import { createHash } from 'node:crypto';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import type { Piece } from '../metier/flux.ts';
import type { Coffre } from '../ports/coffre.ts';

/**
 * Bytes of a piece, held against its two digests and its size as they pass: what is sent or proved is what was
 * deposited (CNX-02). Throws VGM-NOY-006 when one of them lies.
 */
export async function* relire(
  coffre: Pick<Coffre, 'ouvrir'>,
  piece: Pick<Piece, 'sha256' | 'sha512' | 'taille'>,
): AsyncGenerator<Uint8Array> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  let taille = 0;
  for await (const morceau of (await coffre.ouvrir(piece.sha256)) as AsyncIterable<Uint8Array>) {
    sha256.update(morceau);
    sha512.update(morceau);
    taille += morceau.byteLength;
    yield morceau;
  }
  const intacte =
    taille === piece.taille && sha256.digest('hex') === piece.sha256 && sha512.digest('hex') === piece.sha512;
  if (!intacte) throw erreurNoyau('VGM-NOY-006', { empreinte: piece.sha256 });
}
