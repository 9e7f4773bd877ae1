import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the command line itself. Those of the daemon come with their own code. */
export const CATALOGUE_CLI = {
  'VGM-CLI-001': {
    nature: 'passagere',
    message: 'Le démon ne répond pas sur {socket}.',
    cause: 'Il n’est pas démarré, ou il écoute sur un autre socket.',
    remede:
      'Le démarrer avec « vaguemestre demarrer », ou donner son réglage (--config) ou son socket (--socket).',
    http: 503,
    sortie: 1,
  },
  'VGM-CLI-002': {
    nature: 'definitive',
    message: 'Le socket {socket} est interdit à ce compte.',
    cause: 'Le socket n’est ouvert qu’au compte qui fait tourner le démon.',
    remede: 'Reprendre la commande sous ce compte, par exemple avec « sudo -u vaguemestre ».',
    http: 403,
    sortie: 1,
  },
  'VGM-CLI-003': {
    nature: 'definitive',
    message: 'Le fichier {fichier} ne peut pas être lu ({raison}).',
    cause: 'Le chemin est faux, ou les droits manquent.',
    remede: 'Corriger le chemin ou les droits, puis reprendre la commande.',
    http: 400,
    sortie: 2,
  },
  'VGM-CLI-004': {
    nature: 'definitive',
    message: 'Commande refusée : {detail}',
    cause: 'La commande est mal écrite.',
    remede: 'Lire « {commande} --help ».',
    http: 400,
    sortie: 2,
  },
  'VGM-CLI-005': {
    nature: 'definitive',
    message: 'Le fichier {fichier} ne peut pas être écrit ({raison}).',
    cause: 'Le dossier n’existe pas, les droits manquent, le disque est plein ou le fichier existe déjà.',
    remede: 'Choisir un autre chemin avec --sortie.',
    http: 400,
    sortie: 1,
  },
  'VGM-CLI-006': {
    nature: 'passagere',
    message: 'La connexion avec le démon a été coupée.',
    cause: 'Le démon s’est arrêté pendant la commande.',
    remede: 'Vérifier l’état avec « vaguemestre lister » avant de reprendre la commande.',
    http: 503,
    sortie: 1,
  },
  'VGM-CLI-007': {
    nature: 'definitive',
    message: 'La réponse reçue sur {socket} n’est pas celle d’un démon vaguemestre.',
    cause: 'Un autre programme écoute sur ce socket, ou le démon est d’une autre version.',
    remede: 'Vérifier le réglage « api.socket » et la version du démon.',
    http: 502,
    sortie: 1,
  },
  'VGM-CLI-008': {
    nature: 'definitive',
    message: 'Plusieurs flux portent « {designation} » :\n{liste}',
    cause: 'L’acte a été déposé de nouveau après un refus ou un abandon.',
    remede: 'Reprendre la commande avec l’identifiant du flux voulu.',
    http: 409,
    sortie: 2,
  },
  'VGM-CLI-009': {
    nature: 'definitive',
    message: 'Aucun flux ne porte « {designation} ».',
    cause: 'Ce n’est en entier ni un identifiant de flux, ni celui d’un acte, ni un nom d’archive connus.',
    remede: 'Chercher avec « vaguemestre lister --recherche », qui accepte une partie du nom.',
    http: 404,
    sortie: 1,
  },
  'VGM-CLI-010': {
    nature: 'passagere',
    message: 'La réponse de la commande ne peut pas être écrite ({raison}).',
    cause: 'La sortie standard mène à un fichier qui n’accepte plus rien, souvent faute de place.',
    remede:
      'Faire de la place ou diriger la sortie ailleurs ; ce qui a été écrit est incomplet, ne pas s’y fier.',
    http: 503,
    sortie: 1,
  },
  'VGM-CLI-500': {
    nature: 'definitive',
    message: 'Erreur inattendue de la commande : {detail}',
    cause: 'Défaut du programme.',
    remede: 'Transmettre la commande et ce message à l’éditeur.',
    http: 500,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurCli = fabrique(CATALOGUE_CLI);
