import { AnalyseurXml } from './analyseur.ts';
import { ConstructeurArbre, type ElementXml } from './arbre.ts';
import { enIncise } from './faute.ts';
import { transcodeur } from './transcodage.ts';

export type { ElementXml } from './arbre.ts';

export type LectureXml =
  | { readonly type: 'lu'; readonly racine: ElementXml }
  /** `motif`: in French, to be set in a sentence. `ligne` and `colonne`: from 1, 0 when unknown. */
  | { readonly type: 'illisible'; readonly motif: string; readonly ligne: number; readonly colonne: number };

/** A message of the State weighs a few kilobytes; 20 MB bounds what one reading may cost. */
const TAILLE_MAX = 20_000_000;

/**
 * Reads a document received. Lenient on the encoding (what the State writes is not always what it announces),
 * strict on the rest: any DOCTYPE is refused, nothing is fetched. Never throws on content.
 * @param tailleMax bytes.
 */
export function lireXml(octets: Uint8Array, tailleMax: number = TAILLE_MAX): LectureXml {
  if (octets.byteLength > tailleMax) {
    return { type: 'illisible', motif: `le fichier dépasse ${tailleMax} octets`, ligne: 0, colonne: 0 };
  }
  const arbre = new ConstructeurArbre();
  // a message is not signed by reference: what two equal `Id` would make doubtful does not arise
  const analyseur = new AnalyseurXml(arbre, { ids: 'libres' });
  analyseur.ecrire(transcodeur(octets, true)?.(octets, true) ?? octets);
  const refus = analyseur.finir();
  if (refus === null) return { type: 'lu', racine: arbre.racine };
  const { ligne, colonne } = refus.position;
  return { type: 'illisible', motif: enIncise(refus.message), ligne, colonne };
}
