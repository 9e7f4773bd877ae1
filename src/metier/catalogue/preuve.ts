import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the making and of the offline reading of proof files. */
export const CATALOGUE_PREUVE = {
  'VGM-PRV-001': {
    nature: 'definitive',
    message: 'Le dossier de preuve dépasse ce qu’un fichier ZIP simple peut contenir : {motif}.',
    cause: 'Les pièces du flux pèsent ensemble 4 Gio ou plus, ou sont plus de 65 535.',
    remede: 'Télécharger les pièces une à une, et signaler ce flux à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-PRV-002': {
    nature: 'definitive',
    message: 'Le fichier « {nom} » ne peut pas entrer dans le dossier de preuve : {motif}.',
    cause: 'Nom inadmissible ou octets différents de ceux annoncés : défaut du programme ou du disque.',
    remede: 'Recommencer l’export ; si l’erreur revient, transmettre le journal technique à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-PRV-003': {
    nature: 'definitive',
    message: 'Le fichier « {fichier} » ne se lit pas : {motif}.',
    cause: 'Le fichier est absent, protégé, tronqué, ou n’est pas de la sorte attendue.',
    remede: 'Vérifier le chemin et les droits, ou télécharger le fichier de nouveau.',
    http: 400,
    sortie: 1,
  },
  'VGM-PRV-004': {
    nature: 'definitive',
    message: 'Le ZIP est incohérent : {motif}.',
    cause: 'Le fichier a été modifié après sa création, ou fabriqué pour tromper un lecteur.',
    remede: 'Ne pas se fier à ce fichier ; demander un nouvel exemplaire à l’opérateur.',
    http: 400,
    sortie: 3,
  },
} as const satisfies Catalogue;

export const erreurPreuve = fabrique(CATALOGUE_PREUVE);
