import type { ConclusionBase, CouvertureBase, RapportSignatureBase } from './rapport.ts';
import type { ReleveBase } from './releve.ts';

/** What the signatures of a file cover together, and what none covers. */

/** Its signature may be leaned on for what it covers. */
const retenue = ({ etat }: RapportSignatureBase): boolean => etat !== 'refusee';

function couvertureDocument(
  releve: ReleveBase,
  signatures: readonly RapportSignatureBase[],
): CouvertureBase['document'] {
  if (releve.signatures.some(({ porteur }) => porteur === null)) return 'separe';
  const dedans = signatures
    .filter(retenue)
    .flatMap((s) => s.objets)
    .filter((o) => o.etat === 'intact' && (o.type === 'document' || o.type === 'element'));
  if (dedans.length === 0) return 'aucun';
  const racine = dedans.some((o) => o.position?.octet === releve.racine && releve.instructionsHors === 0);
  return racine || dedans.some((o) => o.type === 'document') ? 'entier' : 'partiel';
}

/** @param fournis names of the files given. */
export function mesurerCouverture(
  releve: ReleveBase,
  signatures: readonly RapportSignatureBase[],
  fournis: readonly string[],
): CouvertureBase {
  const fichiers = signatures
    .filter(retenue)
    .flatMap((s) => s.objets)
    .filter((o) => o.type === 'fichier');
  const noms = (etat: string): string[] => [
    ...new Set(fichiers.filter((o) => o.etat === etat).map((o) => o.nom)),
  ];
  const couverts = noms('intact');
  return {
    document: couvertureDocument(releve, signatures),
    couverts,
    nonCouverts: fournis.filter((nom) => !couverts.includes(nom)),
    nonFournis: noms('non_fourni'),
  };
}

export function conclure(
  signatures: readonly RapportSignatureBase[],
  { document, nonCouverts }: CouvertureBase,
): ConclusionBase {
  if (signatures.length === 0) return 'aucune_signature';
  const etats = new Set(signatures.map((s) => s.etat));
  if (etats.has('refusee')) return 'refusee';
  if (etats.has('incomplete')) return 'incomplete';
  if (etats.has('obsolete')) return 'obsolete';
  const tout = nonCouverts.length === 0 && (document === 'separe' || document === 'entier');
  return tout ? 'valide' : 'partielle';
}

const compte = (n: number, mot: string): string => `${n} ${mot}${n > 1 ? 's' : ''}`;

const DOCUMENT = {
  separe: [],
  entier: ['le document est couvert en entier'],
  partiel: ['le document n’est couvert qu’en partie'],
  aucun: ['le document qui porte la signature n’est pas couvert'],
} as const;

function etendue({ document, couverts, nonCouverts, nonFournis }: CouvertureBase): string {
  const total = couverts.length + nonCouverts.length;
  const fichiers =
    total === 0 ? [] : [`${couverts.length} sur ${compte(total, 'fichier')} couvert${total > 1 ? 's' : ''}`];
  const absents = nonFournis.length === 0 ? [] : [`${compte(nonFournis.length, 'fichier')} à fournir`];
  return [...DOCUMENT[document], ...fichiers, ...absents].join(', ');
}

/** One French line for people. */
export function resumer(
  conclusion: ConclusionBase,
  signatures: readonly RapportSignatureBase[],
  couverture: CouvertureBase,
): string {
  const suite = etendue(couverture);
  const dire = (debut: string): string => (suite === '' ? `${debut}.` : `${debut} ; ${suite}.`);
  const refusees = signatures.filter((s) => s.etat === 'refusee').length;
  switch (conclusion) {
    case 'aucune_signature':
      return 'Le document n’est pas signé.';
    case 'refusee':
      return dire(`${compte(refusees, 'signature')} sur ${signatures.length} à refuser`);
    case 'incomplete':
      return dire('Signature sans défaut vu, mais des fichiers signés n’ont pas été fournis');
    case 'obsolete':
      return dire('Signature intacte, mais faite avec des moyens obsolètes');
    case 'partielle':
    case 'valide':
      return dire(`${compte(signatures.length, 'signature')} valide${signatures.length > 1 ? 's' : ''}`);
    default:
      return conclusion satisfies never;
  }
}
