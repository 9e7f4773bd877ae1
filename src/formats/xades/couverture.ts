import {
  type ConclusionXades,
  type Couverture,
  type CouvertureGenre,
  NON_COUVERTS_MAX,
  type RapportSignature,
} from './rapport.ts';
import { rapporter } from './juger.ts';
import type { ElementSuivi } from './releve-types.ts';

/** What the signatures of a file cover together, and what none covers. */

function genre(
  elements: readonly ElementSuivi[],
  couverts: ReadonlySet<number>,
  tout: boolean,
): CouvertureGenre {
  const restants = tout ? [] : elements.filter((e) => !couverts.has(e.position.octet));
  return {
    total: elements.length,
    couverts: elements.length - restants.length,
    nonCouverts: restants.slice(0, NON_COUVERTS_MAX).map(rapporter),
  };
}

export function mesurerCouverture(
  elements: readonly ElementSuivi[],
  signatures: readonly RapportSignature[],
): Couverture {
  const couvrants = signatures.flatMap((s) => s.couvre ?? []);
  const fichier = couvrants.some((c) => c.place === 'racine');
  const unites = couvrants.some((c) => c.place === 'unite');
  const places = new Set(couvrants.map((c) => c.position.octet));
  const mode = fichier ? (unites ? 'mixte' : 'fichier') : unites ? 'bordereaux' : 'aucune';
  const de = (place: string) => elements.filter((e) => e.place === place);
  return {
    mode,
    bordereaux: genre(de('unite'), places, fichier),
    pieces: genre(de('piece'), new Set(), fichier),
  };
}

export function conclure(
  signatures: readonly RapportSignature[],
  { mode, bordereaux }: Couverture,
): ConclusionXades {
  if (signatures.length === 0) return 'aucune_signature';
  if (signatures.some((s) => s.etat === 'refusee')) return 'refusee';
  if (signatures.some((s) => s.etat === 'obsolete')) return 'obsolete';
  return mode !== 'aucune' && bordereaux.couverts === bordereaux.total ? 'valide' : 'partielle';
}

const compte = (n: number, mot: string): string => `${n} ${mot}${n > 1 ? 's' : ''}`;

/** One French line for people. */
export function resumer(
  conclusion: ConclusionXades,
  signatures: readonly RapportSignature[],
  { mode, bordereaux, pieces }: Couverture,
): string {
  const refusees = signatures.filter((s) => s.etat === 'refusee').length;
  const etendue =
    mode === 'fichier' || mode === 'mixte'
      ? 'le fichier entier est couvert'
      : `${bordereaux.couverts} sur ${compte(bordereaux.total, 'bordereau').replace('bordereaus', 'bordereaux')} ` +
        `et ${pieces.couverts} sur ${compte(pieces.total, 'pièce jointe').replace('pièce jointes', 'pièces jointes')} couverts`;
  switch (conclusion) {
    case 'aucune_signature':
      return 'Le fichier n’est pas signé.';
    case 'refusee':
      return `${compte(refusees, 'signature')} sur ${signatures.length} à refuser ; ${etendue}.`;
    case 'obsolete':
      return `Signature intacte, mais faite avec des moyens obsolètes ; ${etendue}.`;
    case 'partielle':
    case 'valide':
      return `${compte(signatures.length, 'signature')} valide${signatures.length > 1 ? 's' : ''} ; ${etendue}.`;
    default:
      return conclusion satisfies never;
  }
}
