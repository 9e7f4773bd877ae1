import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the coffre that belong to the depositor; a full or broken disk is VGM-NOY-005. */
export const CATALOGUE_COFFRE = {
  'VGM-COF-001': {
    nature: 'definitive',
    message: 'Le fichier est trop gros : la limite est de {limite} octets.',
    cause: 'Le fichier reçu dépasse la taille admise ; rien n’en a été gardé.',
    remede: 'Le déposant réduit ou découpe le fichier ; la limite est fixée par l’exploitant.',
    http: 413,
    sortie: 3,
  },
} as const satisfies Catalogue;

export const erreurCoffre = fabrique(CATALOGUE_COFFRE);
