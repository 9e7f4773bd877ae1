import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of what a person asks. */
export const CATALOGUE_GESTES = {
  'VGM-GES-001': {
    nature: 'definitive',
    message: 'Le flux {flux} n’a pas de pièce de rang {rang}.',
    cause: 'Le rang est faux.',
    remede: 'Lire la liste des pièces avec « vaguemestre montrer ».',
    http: 404,
    sortie: 1,
  },
  'VGM-GES-002': {
    nature: 'definitive',
    message: 'Aucun retour {retour}.',
    cause: 'L’identifiant est faux.',
    remede: 'Lire la liste avec « vaguemestre retours lister ».',
    http: 404,
    sortie: 1,
  },
  'VGM-GES-003': {
    nature: 'definitive',
    message: 'Le retour {retour} est « {etat} » : cet ordre ne s’y applique pas.',
    cause: 'Seul un retour à trancher se rattache, se retraite ou se classe.',
    remede: 'Lire son état avec « vaguemestre retours montrer ».',
    http: 409,
    sortie: 1,
  },
  'VGM-GES-004': {
    nature: 'definitive',
    message: 'Aucune collectivité {siren}.',
    cause: 'Le SIREN est faux, ou la collectivité n’est pas enregistrée.',
    remede: 'Lire la liste avec « vaguemestre collectivite lister ».',
    http: 404,
    sortie: 1,
  },
  'VGM-GES-005': {
    nature: 'definitive',
    message: 'Cet ordre est réservé à l’exploitant.',
    cause: 'Le jeton présenté est celui d’une collectivité.',
    remede: 'Employer le socket local ou un jeton d’exploitant.',
    http: 403,
    sortie: 1,
  },
  'VGM-GES-006': {
    nature: 'definitive',
    message: 'Ce fichier n’est pas un message de classification (7-2) : {motif}',
    cause: 'Le fichier donné n’est pas le message RetourClassification rendu par la préfecture.',
    remede: 'Fournir le fichier XML 7-2 de la préfecture, sans le modifier.',
    http: 422,
    sortie: 3,
  },
  'VGM-GES-007': {
    nature: 'definitive',
    message: 'Aucun point de notification {point} pour cette collectivité.',
    cause: 'L’identifiant est faux, ou le point a été retiré.',
    remede: 'Lire la liste avec « vaguemestre collectivite montrer ».',
    http: 404,
    sortie: 1,
  },
  'VGM-GES-008': {
    nature: 'definitive',
    message: 'Aucune notification {livraison}.',
    cause: 'L’identifiant est faux.',
    remede: 'Lire la liste avec « vaguemestre webhook lister ».',
    http: 404,
    sortie: 1,
  },
  'VGM-GES-009': {
    nature: 'definitive',
    message: 'Le nom de jeton « {nom} » est déjà pris.',
    cause: 'Un jeton du même nom existe.',
    remede: 'Choisir un autre nom, ou révoquer l’ancien.',
    http: 409,
    sortie: 2,
  },
  'VGM-GES-010': {
    nature: 'definitive',
    message: 'L’adresse « {cible} » ne peut pas recevoir de notification : {motif}',
    cause: 'L’adresse est mal formée ou interdite par la garde du démon.',
    remede:
      'Donner une adresse https publique, ou déclarer le réseau dans « notification.webhook.reseaux_permis ».',
    http: 422,
    sortie: 2,
  },
} as const satisfies Catalogue;

export const erreurGestes = fabrique(CATALOGUE_GESTES);
