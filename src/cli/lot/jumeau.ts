import { createHash } from 'node:crypto';
import type { PieceLot } from '../../formats/lot/pieces.ts';
import { type Etat, LIBERE_IDENTITE } from '../../metier/etats.ts';
import { type ActeLot, memeDeclaration, milieuIdentite } from '../../protocoles/actes/lot/acte.ts';
import type { Client } from '../client.ts';
import type { FluxVu, PieceVue } from '../vues.ts';

async function empreinte(piece: PieceLot): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const bloc of piece.ouvrir()) sha256.update(bloc);
  return sha256.digest('hex');
}

/**
 * The flux that stands already and says the same, byte for byte: a line left as it was in a manifest whose other lines were
 * corrected. Null: another acte bears its number.
 */
export async function jumeau(client: Client, siren: string, acte: ActeLot): Promise<FluxVu | null> {
  const { ligne: l, document, annexes } = acte;
  const milieu = milieuIdentite(siren, l);
  const q = new URLSearchParams({ recherche: milieu, protocole: 'ACTES', limite: '100' });
  const page = await client.json<{ flux: readonly FluxVu[] }>({
    methode: 'GET',
    chemin: `/flux?${q.toString()}`,
  });
  const tenant = page.flux.find(
    (f) =>
      f.identite.includes(milieu) &&
      memeDeclaration(f.resume, l) &&
      !LIBERE_IDENTITE.includes(f.etat as Etat),
  );
  if (tenant === undefined) return null;
  const { pieces } = await client.json<{ pieces: readonly PieceVue[] }>({
    methode: 'GET',
    chemin: `/flux/${tenant.id}`,
  });
  const gardees = ['document', 'annexe'].flatMap((role) => pieces.filter((p) => p.role === role));
  const siennes = [document, ...annexes];
  if (gardees.length !== siennes.length) return null;
  for (const [i, piece] of siennes.entries()) {
    if (gardees[i]?.taille !== piece.taille || gardees[i].sha256 !== (await empreinte(piece))) return null;
  }
  return tenant;
}
