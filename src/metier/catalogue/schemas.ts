import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the schema packs: sets of XSDs that the operator installs beside those of the program. */
export const CATALOGUE_SCHEMAS = {
  'VGM-SCH-001': {
    nature: 'definitive',
    message: 'Le jeu de schémas « {source} » n’est pas importé :\n{problemes}',
    cause: 'On importe un jeu de schémas PES, entier, tel que la DGFiP le livre, en dossier ou en ZIP.',
    remede:
      'Suivre ce qui est dit, puis reprendre la commande ; rien n’a été installé. Un ZIP que l’on tient pour sûr peut être décompressé à part, et le dossier importé.',
    http: 422,
    sortie: 3,
  },
  'VGM-SCH-002': {
    nature: 'definitive',
    message: 'Le jeu de schémas « {source} » ne peut pas être lu ({raison}).',
    cause: 'Le chemin est faux, les droits manquent, ou ce n’est ni un dossier ni un ZIP.',
    remede: 'Corriger le chemin ou les droits, puis reprendre la commande.',
    http: 400,
    sortie: 1,
  },
  'VGM-SCH-003': {
    nature: 'definitive',
    message:
      'Un autre jeu de schémas porte déjà le nom « {nom} » (empreinte {presente}, et celui-ci {nouvelle}).',
    cause: 'Deux contenus différents ne portent pas le même nom : on ne saurait plus lequel a jugé.',
    remede: 'Choisir un autre nom avec --nom, ou remplacer l’ancien avec --remplacer.',
    http: 409,
    sortie: 3,
  },
  'VGM-SCH-004': {
    nature: 'passagere',
    message:
      'Le dossier des paquets de schémas {dossier} est en cours de modification par une autre commande.',
    cause: 'Deux modifications ne se font jamais en même temps.',
    remede: 'Attendre la fin de l’autre commande, puis reprendre celle-ci.',
    http: 503,
    sortie: 1,
  },
  'VGM-SCH-005': {
    nature: 'passagere',
    message: 'Le dossier des paquets de schémas {dossier} ne peut pas être modifié ({raison}).',
    cause: 'Droits insuffisants, volume plein ou en lecture seule.',
    remede:
      'L’exploitant rend le dossier inscriptible, fait de la place ou en donne un autre, puis reprend la commande ; ce qui précédait est intact.',
    http: 503,
    sortie: 1,
  },
  'VGM-SCH-006': {
    nature: 'passagere',
    message:
      'La compilation du jeu de schémas « {source} » n’aboutit pas ({detail}) ; rien n’a été installé.',
    cause: 'Un schéma demande un calcul sans mesure, ou la machine est surchargée.',
    remede:
      'Recommencer quand la machine est libre ; si rien ne change, ne pas se fier à ce jeu et en demander un nouvel exemplaire.',
    http: 503,
    sortie: 1,
  },
  'VGM-SCH-007': {
    nature: 'definitive',
    message: 'Aucun paquet de schémas ne s’appelle « {nom} » ; installés : {noms}.',
    cause: 'Le nom est mal écrit, ou le paquet a été retiré.',
    remede: 'Reprendre un nom que montre « vaguemestre schemas lister ».',
    http: 404,
    sortie: 2,
  },
  'VGM-SCH-008': {
    nature: 'definitive',
    message: 'L’inventaire des paquets de schémas {fichier} ne peut pas servir ({raison}).',
    cause: 'Il a été modifié ou abîmé hors de la commande.',
    remede:
      'Remettre ce fichier depuis une sauvegarde ; à défaut l’effacer, puis importer de nouveau chaque jeu de schémas.',
    http: 500,
    sortie: 1,
  },
  'VGM-SCH-009': {
    nature: 'definitive',
    message: 'Aucun paquet de schémas n’est installé dans {dossier} ; le fichier n’est pas jugé.',
    cause: 'Les jeux de schémas de la DGFiP ne sont pas livrés avec le programme.',
    remede: 'En importer un avec « vaguemestre schemas importer », puis reprendre la commande.',
    http: 404,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurSchemas = fabrique(CATALOGUE_SCHEMAS);
