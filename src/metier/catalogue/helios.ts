import { type Catalogue, fabrique } from '../erreurs.ts';

/** What may stop the naming of a PES on its way to the DGFiP, and what its acquittement leaves unsaid. */
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
      'L’exploitant renseigne le centre destinataire sur la fiche HELIOS de la collectivité ; l’envoi repart seul à la tentative suivante.',
    http: 409,
    sortie: 1,
  },
  'VGM-HEL-003': {
    nature: 'incertaine',
    message: 'Hélios n’a pas répondu de tout le fichier : {unites}.',
    cause: 'Son acquittement accepte ou refuse le reste, et ne nomme pas ceci : rien ne dit s’il le détient.',
    remede:
      'Demander au comptable avant tout nouvel envoi ; « vaguemestre corriger » dit ce qui est déjà pris.',
    http: 409,
    sortie: 1,
  },
  'VGM-HEL-004': {
    nature: 'definitive',
    message: 'Une personne l’a dit {issue} par Hélios ; l’acquittement lui-même n’en donne pas de motif.',
    cause: 'L’acquittement a été rattaché à ce flux, et son sens tranché, à la main.',
    remede:
      'Lire pourquoi dans la chronologie du flux (« vaguemestre montrer »), puis « vaguemestre corriger ».',
    http: 409,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurHelios = fabrique(CATALOGUE_HELIOS);
