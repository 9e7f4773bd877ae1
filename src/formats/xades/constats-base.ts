import { ALTERE, FORGE, FOURNIR, INFORMER, LOGICIEL } from './remedes.ts';

/** Findings of the baseline profile alone (`base/`); the others are those of `constats.ts`. */
export const CONSTATS_BASE = {
  c14n11: ['XDS-120', 'refus', 'La forme canonique « {valeur} » (version 1.1) n’est pas admise.', LOGICIEL],
  versionBase: [
    'XDS-121',
    'refus',
    'Les propriétés signées sont en XAdES v{valeur}, alors que le profil veut la version 1.3.2.',
    LOGICIEL,
  ],
  manifeste: [
    'XDS-122',
    'refus',
    'La signature passe par un manifeste, dont les empreintes ne seraient vérifiées par personne.',
    FORGE,
  ],
  rienDeSigne: [
    'XDS-123',
    'refus',
    'La signature ne désigne aucun contenu : elle ne couvre que ses propres propriétés.',
    FORGE,
  ],
  referencesTrop: ['XDS-124', 'refus', 'La signature compte plus de {valeur} références.', FORGE],
  uriChemin: ['XDS-125', 'refus', 'Le nom désigné « {valeur} » n’est pas un simple nom de fichier.', FORGE],
  fichierDouble: ['XDS-126', 'refus', 'Deux références désignent le même fichier « {valeur} ».', FORGE],
  fichierAltere: [
    'XDS-127',
    'refus',
    'Le fichier « {valeur} » n’est pas celui qui a été signé : son empreinte diffère.',
    ALTERE,
  ],
  fichierNonFourni: [
    'XDS-128',
    'reserve',
    'Le fichier signé « {valeur} » n’a pas été fourni : rien n’est dit de lui.',
    FOURNIR,
  ],
  fichierTransforme: [
    'XDS-129',
    'refus',
    'Une transformation est demandée sur le fichier « {valeur} », alors que ses octets seuls sont à signer.',
    FORGE,
  ],
  objetNonReference: [
    'XDS-130',
    'refus',
    'La signature transporte un contenu « {valeur} » qu’aucune référence ne couvre.',
    FORGE,
  ],
  enveloppeeAbsente: [
    'XDS-131',
    'refus',
    'La référence à ce qui contient la signature ne met pas celle-ci de côté (enveloped-signature).',
    LOGICIEL,
  ],
  enveloppeeDeplacee: [
    'XDS-132',
    'refus',
    'La transformation « enveloped-signature » porte sur « {valeur} », qui ne contient pas la signature.',
    FORGE,
  ],
  documentAilleurs: [
    'XDS-133',
    'refus',
    'La signature désigne le document entier (URI vide) sans être placée directement sous sa racine.',
    FORGE,
  ],
  formatOrphelin: [
    'XDS-134',
    'refus',
    'Une nature de contenu (DataObjectFormat) est donnée à « {valeur} », qui n’est pas une référence de cette signature.',
    FORGE,
  ],
  formatDouble: [
    'XDS-135',
    'refus',
    'Le contenu « {valeur} » reçoit plusieurs natures (DataObjectFormat).',
    FORGE,
  ],
  formatAbsent: [
    'XDS-136',
    'reserve',
    'La nature (MimeType) du contenu signé « {valeur} » n’est pas indiquée.',
    INFORMER,
  ],
  typeAbsent: ['XDS-137', 'reserve', 'La référence aux propriétés signées n’annonce pas son type.', INFORMER],
  horsRacine: [
    'XDS-138',
    'reserve',
    'Le document contient, hors de sa racine, {valeur} instruction(s) de traitement que la signature ne couvre pas.',
    INFORMER,
  ],
  designationV2: [
    'XDS-139',
    'refus',
    'La désignation du certificat (IssuerSerialV2) est illisible.',
    LOGICIEL,
  ],
  politiqueTacite: ['XDS-140', 'reserve', 'La politique de signature est implicite.', INFORMER],
  keyInfoAltere: [
    'XDS-141',
    'refus',
    'Les certificats joints (KeyInfo), que la signature couvre, ont changé depuis la signature.',
    ALTERE,
  ],
} as const satisfies Readonly<
  Record<string, readonly [`XDS-${string}`, 'refus' | 'reserve', string, string]>
>;
