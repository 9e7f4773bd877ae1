import { type Catalogue, type LigneCatalogue, fabrique } from '../erreurs.ts';

/** What our own writing may run into: never the fault of a depositor. */
const ECRITURE = { nature: 'definitive', http: 500, sortie: 1 } as const;
/** What makes a received archive unacceptable: trying again would give the same answer. */
const LECTURE = { nature: 'definitive', http: 422, sortie: 3 } as const;

const REFAIRE = 'Le déposant refait l’archive et la dépose de nouveau.';
const EDITEUR = 'Transmettre le journal technique à l’éditeur.';

/** Errors of the tar.gz archives, written and read. */
export const CATALOGUE_TAR = {
  'VGM-TAR-001': {
    ...ECRITURE,
    message: 'Le nom « {nom} » ne peut pas entrer dans une archive.',
    cause: 'Un nom de fichier compte de 1 à 100 caractères sans accent, espace de contrôle ni dossier.',
    remede: EDITEUR,
  },
  'VGM-TAR-002': {
    ...ECRITURE,
    message: 'Le fichier « {nom} » compte {lus} octets au lieu des {annonces} annoncés.',
    cause: 'La pièce a changé pendant l’écriture de l’archive, ou sa taille est mal connue.',
    remede: 'Vérifier la pièce dans le coffre, puis demander de nouveau l’envoi.',
  },
  'VGM-TAR-003': {
    ...ECRITURE,
    message: 'Le nom « {nom} » figure deux fois dans l’archive à écrire.',
    cause: 'Défaut du programme.',
    remede: EDITEUR,
  },
  'VGM-TAR-004': {
    ...LECTURE,
    message: 'L’archive n’est pas un fichier gzip lisible.',
    cause: 'Le fichier est d’un autre format, ou abîmé pendant un transfert.',
    remede: REFAIRE,
  },
  'VGM-TAR-005': {
    ...LECTURE,
    message: 'L’archive est tronquée : elle s’arrête au milieu d’un fichier ou d’un en-tête.',
    cause: 'Le transfert a été interrompu.',
    remede: REFAIRE,
  },
  'VGM-TAR-006': {
    ...LECTURE,
    message: 'Un en-tête de l’archive est abîmé : sa somme de contrôle est fausse (entrée n° {rang}).',
    cause: 'Le fichier a été abîmé ou modifié.',
    remede: REFAIRE,
  },
  'VGM-TAR-007': {
    ...LECTURE,
    message: 'Un en-tête de l’archive n’est pas au format ustar (entrée n° {rang}).',
    cause: 'L’archive a été faite par un outil trop ancien, ou n’est pas une archive tar.',
    remede: REFAIRE,
  },
  'VGM-TAR-008': {
    ...LECTURE,
    message: 'L’entrée « {nom} » n’est pas un fichier ordinaire.',
    cause: 'L’archive contient un dossier, un lien ou un fichier spécial ; seuls les fichiers sont admis.',
    remede: REFAIRE,
  },
  'VGM-TAR-009': {
    ...LECTURE,
    message: 'Le nom « {nom} » n’est pas un simple nom de fichier.',
    cause: 'Les fichiers d’une archive sont tous à sa racine, sans dossier ni chemin.',
    remede: REFAIRE,
  },
  'VGM-TAR-010': {
    ...LECTURE,
    message: 'Le nom « {nom} » figure deux fois dans l’archive.',
    cause: 'Deux fichiers portent le même nom : rien ne dit lequel compte.',
    remede: REFAIRE,
  },
  'VGM-TAR-011': {
    ...LECTURE,
    message: 'L’archive décompressée dépasse {limite} octets.',
    cause: 'L’archive est trop grosse, ou construite pour épuiser le serveur.',
    remede: 'Le déposant répartit ses fichiers en plusieurs envois.',
  },
  'VGM-TAR-012': {
    ...LECTURE,
    message: 'L’archive contient plus de {limite} fichiers.',
    cause: 'L’archive contient trop de fichiers.',
    remede: 'Le déposant répartit ses fichiers en plusieurs envois.',
  },
  'VGM-TAR-013': {
    ...LECTURE,
    message: 'L’archive n’a pas de marque de fin.',
    cause: 'Le transfert a été interrompu entre deux fichiers, ou l’outil est défectueux.',
    remede: REFAIRE,
  },
  'VGM-TAR-014': {
    ...LECTURE,
    message: 'L’archive contient des données après sa marque de fin.',
    cause: 'Deux archives ont été mises bout à bout, ou des données y sont cachées.',
    remede: REFAIRE,
  },
  'VGM-TAR-015': {
    ...ECRITURE,
    message:
      'Le contenu de « {nom} » n’est plus lisible : la lecture de l’archive est passée au fichier suivant.',
    cause: 'Défaut du programme.',
    remede: EDITEUR,
  },
} as const satisfies Catalogue & Record<string, LigneCatalogue>;

export const erreurTar = fabrique(CATALOGUE_TAR);
