import { relever } from '../../adapters/sauvegarde/disque.ts';
import { cheminPiece, orphelinesDe } from '../../adapters/sauvegarde/pieces.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { IdentitePerdue, NumeroVu, Orphelin } from '../../ports/restauration.ts';
import type { BaseLue } from '../../ports/sauvegarde.ts';
import { reconnaitre } from './reconnaitre.ts';

/** Pieces that no row cites, and what they tell that the base does not know. */

export interface Trouvailles {
  readonly orphelins: readonly Orphelin[];
  readonly perdues: readonly IdentitePerdue[];
  readonly numeros: readonly NumeroVu[];
  /** Pieces whose bytes are not those of their name: they tell nothing. */
  readonly alterees: number;
}

export interface Fouille {
  /** Of the operator: begins the outgoing names. */
  readonly trigramme: string;
  /** Only pieces that the coffre took before this instant. */
  readonly avant?: Instant;
  readonly signal: AbortSignal;
}

/** Reads each piece of the coffre that the base does not cite: few, whatever the size of the coffre. */
export async function fouiller(
  coffre: string,
  base: BaseLue,
  { trigramme, avant, signal }: Fouille,
): Promise<Trouvailles> {
  const orphelins: Orphelin[] = [];
  const perdues: IdentitePerdue[] = [];
  const numeros: NumeroVu[] = [];
  let alterees = 0;
  for await (const { sha256, ajoutee } of orphelinesDe(coffre, base.pieces())) {
    if (avant !== undefined && ajoutee >= avant) continue;
    const chemin = cheminPiece(coffre, sha256);
    const lu = await relever(chemin, signal);
    if (lu.sha256 !== sha256) {
      alterees += 1;
      continue;
    }
    const { numero, ...reconnu } = await reconnaitre(chemin, trigramme);
    const { sha512, taille } = lu;
    orphelins.push({ sha256, sha512, taille, ajoutee: ajoutee as Instant, ...reconnu });
    const { protocole, identite } = reconnu;
    if (protocole !== null && identite !== null)
      perdues.push({ protocole, identite, preuve: `piece ${sha256}` });
    if (numero !== null) numeros.push(numero);
  }
  return { orphelins, perdues, numeros, alterees };
}
