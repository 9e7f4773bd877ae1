import type { LigneConstat } from './cahier.ts';

/** What the verification of a CMS signature finds (RFC 5652, CAdES), one row per reason, codes never reused. */

const ALTERE = 'Ne pas se fier à ce contenu ; demander au signataire de signer de nouveau l’original.';
const LOGICIEL =
  'Faire signer de nouveau avec un logiciel qui suit la norme (PAdES ou CAdES, ETSI EN 319 142-1 et 319 122-1).';
const FORGE = 'Cette forme est celle d’une falsification : ne pas traiter le fichier, prévenir l’émetteur.';
const RECENT = 'Faire signer de nouveau avec SHA-256 et une clé RSA de 2048 bits au moins, ou P-256.';
const CERTIFICAT = 'Faire signer de nouveau, avec le certificat du signataire joint à la signature.';
const INFORMER = 'Rien à corriger ; en tenir compte à la lecture du rapport.';

export const CMS = {
  illisible: ['CMS-001', 'refus', 'La signature est illisible ({valeur}).', LOGICIEL],
  suite: ['CMS-002', 'refus', 'Des octets étrangers suivent la signature ({valeur}).', FORGE],
  sansSignataire: ['CMS-003', 'refus', 'La structure ne porte aucun signataire.', LOGICIEL],
  plusieurs: ['CMS-004', 'refus', 'La structure porte {valeur} signataires au lieu d’un seul.', LOGICIEL],
  contenuJoint: [
    'CMS-005',
    'refus',
    'La signature transporte un contenu, alors qu’elle est détachée.',
    FORGE,
  ],
  contenuAbsent: [
    'CMS-006',
    'refus',
    'La signature ne transporte pas l’empreinte de ce qu’elle signe.',
    LOGICIEL,
  ],
  typeContenu: ['CMS-007', 'refus', 'Le contenu signé est annoncé d’un type inattendu ({valeur}).', FORGE],
  certificatIllisible: ['CMS-008', 'refus', 'Un certificat joint est illisible ({valeur}).', CERTIFICAT],

  sansAttributs: [
    'CMS-010',
    'refus',
    'La signature n’a pas d’attributs signés : rien ne la lie à une date ni à un certificat.',
    LOGICIEL,
  ],
  attributDouble: ['CMS-011', 'refus', 'L’attribut signé {valeur} figure plusieurs fois.', FORGE],
  attributAbsent: ['CMS-012', 'refus', 'L’attribut signé {valeur} manque.', LOGICIEL],
  attributIllisible: ['CMS-013', 'refus', 'L’attribut signé {valeur} est illisible.', LOGICIEL],
  typeSigne: ['CMS-014', 'refus', 'Le type de contenu signé n’est pas celui du contenu ({valeur}).', FORGE],
  dateIllisible: ['CMS-015', 'reserve', 'La date écrite dans la signature est illisible.', INFORMER],

  empreinteMethode: ['CMS-020', 'refus', 'L’algorithme d’empreinte « {valeur} » n’est pas admis.', RECENT],
  empreinteObsolete: ['CMS-021', 'obsolete', 'L’empreinte est calculée avec {valeur}, obsolète.', RECENT],
  methode: ['CMS-022', 'refus', 'L’algorithme de signature « {valeur} » n’est pas admis.', RECENT],
  methodeObsolete: ['CMS-023', 'obsolete', 'La signature emploie {valeur}, obsolète.', RECENT],
  methodesAutres: [
    'CMS-024',
    'refus',
    'L’empreinte et la signature n’emploient pas la même fonction de hachage ({valeur}).',
    FORGE,
  ],
  empreinteTue: [
    'CMS-027',
    'refus',
    'La structure n’annonce pas la fonction de hachage que le signataire emploie.',
    LOGICIEL,
  ],
  contenuAltere: ['CMS-025', 'refus', 'Le contenu a changé depuis la signature.', ALTERE],
  valeurFausse: [
    'CMS-026',
    'refus',
    'La valeur de la signature n’a pas été calculée par la clé de ce certificat.',
    ALTERE,
  ],

  certificatAbsent: [
    'CMS-030',
    'refus',
    'Le certificat du signataire n’est pas joint à la signature.',
    CERTIFICAT,
  ],
  certificatsTrop: ['CMS-031', 'refus', 'La signature joint plus de {valeur} certificats.', FORGE],
  certificatAmbigu: [
    'CMS-032',
    'refus',
    'Plusieurs certificats joints répondent à la désignation du signataire.',
    FORGE,
  ],
  certificatAutre: [
    'CMS-033',
    'refus',
    'Le certificat joint n’est pas celui que la signature désigne (signing-certificate).',
    FORGE,
  ],
  certificatNonLie: [
    'CMS-034',
    'reserve',
    'Rien de signé ne désigne le certificat (signing-certificate absent), ce que CAdES et PAdES demandent.',
    INFORMER,
  ],
  cleFaible: [
    'CMS-035',
    'refus',
    'La clé du certificat est trop faible ou d’un type non admis ({valeur}).',
    RECENT,
  ],
  certificatHorsDate: [
    'CMS-036',
    'reserve',
    'Le certificat n’était pas en cours de validité à la date examinée.',
    INFORMER,
  ],
  dateFuture: [
    'CMS-037',
    'reserve',
    'La date de signature est postérieure à l’instant de la vérification.',
    INFORMER,
  ],

  jetonIllisible: ['CMS-040', 'refus', 'Le jeton d’horodatage est illisible ({valeur}).', INFORMER],
  jetonAutre: ['CMS-041', 'refus', 'Le jeton d’horodatage ne porte pas sur ce contenu.', ALTERE],
  jetonPorteur: [
    'CMS-042',
    'refus',
    'Le certificat du jeton d’horodatage ne convient pas ({valeur}).',
    FORGE,
  ],
  jetonDefaut: ['CMS-043', 'reserve', 'L’horodatage joint ne vaut rien : {valeur}', INFORMER],
  contreSignature: [
    'CMS-044',
    'reserve',
    'La signature porte une contre-signature, qui n’est pas jugée ici.',
    INFORMER,
  ],
} as const satisfies Readonly<Record<string, LigneConstat>>;
