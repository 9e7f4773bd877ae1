import type { FicheHelios } from '../../metier/collectivite.ts';
import type { FaitsASigner } from './signature/preparation.ts';

/** What becomes of a PES that nobody signed (arrêté du 27 juin 2007, art. 4 and 5; policy § 2.1). */
export type DemandeSignature =
  /** It leaves as it is: nothing in it is to be signed, or nobody asks for it. `motif`: French, a whole sentence. */
  | { readonly type: 'aucune'; readonly motif: string }
  /** It says that it is signed, and is not: Hélios would refuse it whole. */
  | { readonly type: 'manquante' }
  | { readonly type: 'ici' }
  /** An agent must agree first, or bring the file signed elsewhere. */
  | { readonly type: 'attendue'; readonly attendu: 'accord' | 'fichier' };

/**
 * Is there anything to sign? Not in attached pieces sent alone, nor in orders for several debtors, as long as they do not
 * say that they are signed: those leave unsigned (PES PJ and ORMC).
 */
function aSigner({ aller, domaines }: FaitsASigner): boolean {
  if (!aller) return false;
  return domaines.some((d) => d.bordereaux > 0 && (d.dematerialise || d.ormc < d.bordereaux));
}

/**
 * @param faits of a file without any signature.
 * @param accord an agent of the collectivité agreed that we sign.
 */
export function demanderSignature(
  faits: FaitsASigner,
  fiche: Pick<FicheHelios, 'signature'>,
  accord: boolean,
): DemandeSignature {
  const { signature } = fiche;
  if (!aSigner(faits)) return { type: 'aucune', motif: 'Le fichier ne contient rien qui soit à signer.' };
  if (signature === 'signer' || (signature === 'confirmer' && accord)) return { type: 'ici' };
  if (signature === 'confirmer') return { type: 'attendue', attendu: 'accord' };
  if (signature === 'parapheur') return { type: 'attendue', attendu: 'fichier' };
  if (faits.domaines.some((d) => d.dematerialise)) return { type: 'manquante' };
  return { type: 'aucune', motif: 'Le fichier n’est pas signé, et ne s’annonce pas comme tel.' };
}
