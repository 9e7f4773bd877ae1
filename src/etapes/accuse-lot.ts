import { createHash } from 'node:crypto';
import type { Piece } from '../metier/flux.ts';
import type { Retour } from '../metier/retours.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { AccuseCourriel, PartieRetour } from '../protocoles/protocole.ts';
import { typeParContenu } from '../formats/encodages/types.ts';
import type { Annuaire } from './annuaire.ts';
import type { OutilsFichier } from './retour-fichier.ts';

export interface OutilsAccuse extends OutilsFichier {
  readonly coffre: Coffre;
  readonly annuaire: Annuaire;
  readonly actes: Pick<AccuseCourriel, 'lire' | 'suivre' | 'demanderClassification'>;
  /** Senders trusted; empty = all. */
  readonly expediteurs: readonly string[];
  readonly trigramme: string;
}

/** One e-mail of the State, opened. */
export interface Lot {
  readonly retour: Retour;
  readonly parties: readonly PartieRetour[];
  readonly outils: OutilsAccuse;
}

function partieDe({ parties }: Lot, nom: string | undefined): PartieRetour | undefined {
  return parties.find((p) => p.nom === nom);
}

/** Of the parts named, one after the other. */
export function empreinteDe(lot: Lot, ...noms: readonly (string | undefined)[]): string | undefined {
  const trouvees = noms.map((nom) => partieDe(lot, nom));
  if (trouvees.includes(undefined)) return undefined;
  const hash = createHash('sha256');
  for (const partie of trouvees) hash.update(partie?.octets ?? '');
  return hash.digest('hex');
}

/** What a message is made of, in its mail: itself, then its envelope, then what it names. */
interface Composition {
  readonly code: string;
  readonly parties: readonly string[];
  readonly documents?: readonly string[];
}

/** The raw mail first (it is the original), then the files that the message names. */
export async function piecesDe(
  lot: Lot,
  { code, parties, documents = [] }: Composition,
): Promise<readonly Piece[]> {
  const { sha256, sha512, taille } = lot.retour;
  const original = { sha256, sha512, taille, role: 'retour', type: 'message/rfc822' } as const;
  const pieces: Piece[] = [{ ...original, nom: `retour-${code}.eml` }];
  for (const [rang, nom] of parties.entries()) {
    const partie = partieDe(lot, nom);
    if (partie === undefined) continue;
    const depot = await lot.outils.coffre.ajouter(partie.octets);
    const type = documents.includes(nom) ? typeParContenu(partie.octets) : 'application/xml';
    const role = rang === 0 ? 'accuse' : documents.includes(nom) ? 'document' : 'enveloppe_retour';
    pieces.push({ role, nom, type, ...depot });
  }
  return pieces;
}
