import { type Catalogue, fabrique } from '../erreurs.ts';

/** What may stop the naming of a PES on its way to the DGFiP. */
export const CATALOGUE_HELIOS = {
  'VGM-HEL-001': {
    nature: 'definitive',
    message: 'Le résumé du flux {flux} ne permet pas de nommer l’envoi : {champ} manque ou n’a pas sa forme.',
    cause: 'Le flux a été enregistré par une autre version du programme, ou modifié hors de lui.',
    remede: 'Abandonner ce flux et déposer le fichier de nouveau ; transmettre le cas à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-HEL-002': {
    nature: 'definitive',
    message:
      'La collectivité {siren} n’a pas de centre destinataire (P_DEST) : l’envoi ne peut pas être nommé.',
    cause: 'Le centre destinataire a été retiré, ou mal écrit, depuis le dépôt du fichier.',
    remede:
      'L’exploitant renseigne le centre destinataire sur la fiche HELIOS de la collectivité, puis renvoie.',
    http: 409,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurHelios = fabrique(CATALOGUE_HELIOS);
