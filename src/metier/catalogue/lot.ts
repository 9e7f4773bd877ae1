import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of a batch of actes. What is wrong in its manifest is told beside, line by line. */
export const CATALOGUE_LOT = {
  'VGM-LOT-001': {
    nature: 'definitive',
    message: 'Le manifeste {manifeste} ne peut pas être déposé : {compte}.',
    cause:
      'Le manifeste est mal écrit, ou nomme des fichiers qui manquent ; chaque faute est dite ci-dessous.',
    remede: 'Corriger le manifeste ou réunir les fichiers, puis reprendre la commande ; rien n’a été déposé.',
    http: 422,
    sortie: 3,
  },
  'VGM-LOT-002': {
    nature: 'definitive',
    message: 'Le lot {lot} ne peut pas être lu : {raison}.',
    cause: 'Un lot est un manifeste CSV avec les fichiers qu’il nomme, dans un dossier ou dans un ZIP.',
    remede: 'Voici que faire : {remede}',
    http: 422,
    sortie: 3,
  },
  'VGM-LOT-003': {
    nature: 'passagere',
    message: 'Le lot s’est arrêté ; actes traités : {faits} sur {total}.',
    cause: 'Une erreur a empêché de continuer : {code}, {message}',
    remede: '{remede} Puis reprendre la même commande avec --reprendre : rien ne sera déposé deux fois.',
    http: 503,
    sortie: 1,
  },
  'VGM-LOT-004': {
    nature: 'passagere',
    message: 'Le lot a été interrompu ; actes traités : {faits} sur {total}.',
    cause: 'Un arrêt a été demandé (Ctrl-C ou SIGTERM) ; les dépôts en cours ont été menés à leur fin.',
    remede: 'Reprendre la même commande avec --reprendre : rien ne sera déposé deux fois.',
    http: 503,
    sortie: 1,
  },
  'VGM-LOT-005': {
    nature: 'definitive',
    message: 'La pièce {piece} ne peut pas être lue en entier : {raison}.',
    cause: 'Un autre programme écrit dans ce fichier, ou le ZIP est abîmé.',
    remede: 'Remettre la pièce, puis reprendre la même commande : rien n’a été déposé pour cet acte.',
    http: 422,
    sortie: 3,
  },
  'VGM-LOT-006': {
    nature: 'definitive',
    message: 'L’acte {numero} a déjà été déposé par ce lot avec d’autres pièces.',
    cause: 'Une pièce a changé de contenu ou de nom depuis, alors que le manifeste est resté le même.',
    remede:
      'Remettre la pièce d’origine, ou suivre l’acte déjà déposé : la première version est celle qui part.',
    http: 409,
    sortie: 3,
  },
  'VGM-LOT-007': {
    nature: 'definitive',
    message: 'Le manifeste {manifeste} ne peut pas être lu : {compte}.',
    cause: 'Le tableau entier est en cause ; chaque faute est dite à côté, avec son remède.',
    remede: 'Corriger le manifeste, puis envoyer le lot de nouveau ; rien n’en a été pris.',
    http: 422,
    sortie: 3,
  },
  'VGM-LOT-008': {
    nature: 'definitive',
    message: 'Aucun lot {lot} pour cette collectivité.',
    cause: 'L’identifiant est faux, ou le lot appartient à une autre collectivité.',
    remede: 'Vérifier l’identifiant avec « vaguemestre lots lister ».',
    http: 404,
    sortie: 1,
  },
  'VGM-LOT-009': {
    nature: 'definitive',
    message: 'La clé d’idempotence {cle} a déjà servi pour un autre lot.',
    cause: 'Le logiciel réutilise une clé pour un contenu différent.',
    remede: 'Le déposant prend une clé nouvelle pour chaque lot, et la même seulement pour répéter.',
    http: 409,
    sortie: 1,
  },
  'VGM-LOT-010': {
    nature: 'definitive',
    message: 'Le lot {lot} est déjà terminé : il ne s’abandonne plus.',
    cause: 'Tous ses actes ont leur sort, ou quelqu’un l’a abandonné avant.',
    remede: 'Renoncer à un acte déposé se demande acte par acte, avec « vaguemestre abandonner ».',
    http: 409,
    sortie: 1,
  },
  'VGM-LOT-011': {
    nature: 'passagere',
    message: 'Une erreur inattendue retient le lot.',
    cause: 'Défaut du programme ; le détail est dans le journal technique, sous le lot {lot}.',
    remede:
      'Rien à redéposer : le lot est repris de lui-même, sans acte perdu ni doublé ; si l’erreur dure, l’exploitant transmet le journal technique à l’éditeur.',
    http: 500,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurLot = fabrique(CATALOGUE_LOT);
