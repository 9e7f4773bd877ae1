import type { LigneConstat } from '../../../formats/certificats/cahier.ts';

/** What is found of a signature where it stands, beside what it is worth by itself; codes never reused. */

const AUTRE =
  'Donner avec chaque fichier la signature détachée de ce fichier, faite sur les octets transmis.';
const FORME = 'Signer le fichier seul, en XAdES détaché ou en PKCS#7 détaché (.p7s).';

export const CONSTATS_PLACE = {
  autreFichier: [
    'SGN-001',
    'refus',
    'La signature désigne un autre fichier que celui qu’elle accompagne : « {valeur} ».',
    AUTRE,
  ],
  pasDetachee: [
    'SGN-002',
    'refus',
    'La signature ne porte pas sur le seul fichier qu’elle accompagne ({valeur}).',
    FORME,
  ],
  placeVide: [
    'SGN-003',
    'refus',
    'La place de la signature ne contient ni signature XML, ni PKCS#7 en base64.',
    FORME,
  ],
  plusieurs: [
    'SGN-004',
    'refus',
    'La place de la signature en contient {valeur} ; la norme en admet une par fichier.',
    FORME,
  ],
  fichierAbsent: [
    'SGN-005',
    'refus',
    'Le fichier « {valeur} », que la signature accompagne, manque.',
    'Joindre le fichier, ou retirer sa signature.',
  ],
  nomOrigine: [
    'SGN-006',
    'reserve',
    'La signature désigne le fichier sous son nom d’origine, « {valeur} ».',
    'Rien à corriger : son empreinte est celle du fichier transmis.',
  ],
  horsPlace: [
    'SGN-007',
    'refus',
    'Une signature se trouve hors des places que la norme lui donne.',
    'Placer chaque signature dans l’élément Signature du fichier qu’elle accompagne.',
  ],
} as const satisfies Readonly<Record<string, LigneConstat>>;
