import { type Catalogue, fabrique } from '../erreurs.ts';

/** What may stop the making of the envelope. */
export const CATALOGUE_ENVELOPPE = {
  'VGM-ENV-001': {
    nature: 'passagere',
    message: 'La limite quotidienne de {limite} envois est atteinte pour la série {serie}.',
    cause:
      'Le numéro d’ordre quotidien du nom d’envoi est borné par la norme ; la journée a épuisé les siens.',
    remede:
      'Rien à faire : les envois en attente reprennent le lendemain. Étaler les prochains dépôts en nombre.',
    http: 503,
    sortie: 1,
  },
  'VGM-ENV-002': {
    nature: 'definitive',
    message: 'Le message {fichier} ne respecte pas le schéma de la norme ({lieu}) : {detail}.',
    cause: 'Une valeur acceptée au dépôt ne passe pas le schéma : c’est un défaut du programme.',
    remede:
      'Rien n’est parti. Transmettre ce message à l’éditeur ; l’acte peut être déposé à nouveau une fois corrigé.',
    http: 500,
    sortie: 3,
  },
  'VGM-ENV-003': {
    nature: 'definitive',
    message: 'L’archive pèse {taille} octets ; la limite est de {limite} octets.',
    cause: 'L’acte et ses annexes sont trop volumineux pour une seule transmission (150 Mo).',
    remede:
      'Réduire les fichiers (numérisation moins fine), ou transmettre les annexes par l’autre canal, puis redéposer.',
    http: 413,
    sortie: 3,
  },
  'VGM-ENV-004': {
    nature: 'definitive',
    message: 'Le flux {flux} n’a pas de fichier PES à transmettre.',
    cause: 'Le flux a été enregistré par une autre version du programme, ou modifié hors de lui.',
    remede: 'Abandonner ce flux et déposer le fichier de nouveau ; transmettre le cas à l’éditeur.',
    http: 500,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurEnveloppe = fabrique(CATALOGUE_ENVELOPPE);
