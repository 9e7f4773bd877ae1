import { type Catalogue, fabrique } from '../erreurs.ts';

/** Backup, restoration, and what must be settled between the two. */
export const CATALOGUE_SAUVEGARDE = {
  'VGM-SAU-001': {
    nature: 'definitive',
    message: 'Le dossier {dossier} ne peut pas recevoir de sauvegarde : {raison}.',
    cause: 'Une sauvegarde va dans un dossier vide, ou dans celui d’une sauvegarde précédente.',
    remede: 'Donner un autre dossier, de préférence sur un autre disque que les données.',
    http: 409,
    sortie: 1,
  },
  'VGM-SAU-002': {
    nature: 'passagere',
    message: 'Une autre commande travaille dans {dossier}.',
    cause: 'Une autre sauvegarde y est en cours.',
    remede: 'Attendre qu’elle finisse, puis recommencer.',
    http: 409,
    sortie: 1,
  },
  'VGM-SAU-003': {
    nature: 'passagere',
    message: 'L’écriture dans {dossier} a échoué : {detail}.',
    cause: 'Le disque est plein, refuse l’écriture ou ne répond pas.',
    remede:
      'Faire de la place ou réparer le disque, puis relancer la même commande : elle reprend où elle s’est arrêtée. Les sauvegardes précédentes et les données n’ont pas changé.',
    http: 507,
    sortie: 1,
  },
  'VGM-SAU-004': {
    nature: 'definitive',
    message: 'Le dossier {dossier} ne contient aucune sauvegarde complète.',
    cause: 'Le chemin est faux, ou la seule sauvegarde commencée n’est pas allée à son terme.',
    remede: 'Vérifier le chemin ; une sauvegarde complète a un fichier MANIFESTE.json.',
    http: 404,
    sortie: 1,
  },
  'VGM-SAU-005': {
    nature: 'definitive',
    message: 'Aucun instantané complet ne se nomme {nom}.',
    cause: 'Le nom est faux, ou cet instantané a été interrompu ou retiré.',
    remede: 'Choisir parmi ceux du dossier « instantanes » : {connus}.',
    http: 404,
    sortie: 1,
  },
  'VGM-SAU-006': {
    nature: 'definitive',
    message: 'L’instantané {nom} est abîmé : {detail}.',
    cause: 'Un fichier de la sauvegarde a été modifié, effacé ou mal copié.',
    remede:
      'Prendre un instantané plus ancien (--instantane) ou un autre exemplaire de la sauvegarde ; « vaguemestre sauvegarder --verifier » dit tout ce qui est abîmé.',
    http: 500,
    sortie: 1,
  },
  'VGM-SAU-007': {
    nature: 'definitive',
    message: 'L’instantané {nom} a été pris par une version plus récente du programme (format {format}).',
    cause: 'Le programme qui restaure est plus ancien que celui qui a sauvegardé.',
    remede: 'Installer la version la plus récente, puis recommencer.',
    http: 500,
    sortie: 1,
  },
  'VGM-SAU-008': {
    nature: 'definitive',
    message: 'Le dossier {dossier} contient déjà une base.',
    cause: 'Une restauration ne remplace jamais une base sans qu’on le demande.',
    remede:
      'Donner un dossier neuf ; ou ajouter --remplacer, qui met de côté la base présente sans l’effacer et garde toutes les pièces.',
    http: 409,
    sortie: 1,
  },
  'VGM-SAU-009': {
    nature: 'definitive',
    message: 'Une restauration est inachevée dans {dossier}.',
    cause:
      'La commande « vaguemestre restaurer » a été interrompue avant la fin : la base n’y est pas entière.',
    remede:
      'Relancer la même commande, qui reprend. Pour y renoncer et garder la base présente, effacer le fichier {temoin}.',
    http: 500,
    sortie: 1,
  },
  'VGM-SAU-010': {
    nature: 'definitive',
    message: 'Le stockage est PostgreSQL : cette commande ne sait copier que la base embarquée.',
    cause: 'La base d’un serveur se sauvegarde avec les outils du serveur.',
    remede:
      'Lancer pg_dump, puis copier le coffre après lui : les pièces ne font que s’ajouter. La marche à suivre, retour compris, est dans docs/exploitation.md.',
    http: 409,
    sortie: 1,
  },
  'VGM-SAU-011': {
    nature: 'passagere',
    message: 'La commande a été interrompue avant la fin.',
    cause: 'On lui a demandé de s’arrêter (Ctrl-C ou SIGTERM).',
    remede: 'Relancer la même commande : ce qui est déjà copié ne l’est pas une seconde fois.',
    http: 503,
    sortie: 1,
  },
  'VGM-SAU-012': {
    nature: 'definitive',
    message: 'Le démon travaille sur {demon}, et les réglages donnés nomment {reglages}.',
    cause: 'La commande et le démon ne lisent pas le même fichier de réglages.',
    remede: 'Donner à la commande les réglages du démon (--config, ou la variable VAGUEMESTRE_CONFIG).',
    http: 409,
    sortie: 2,
  },
  'VGM-SAU-013': {
    nature: 'definitive',
    message: 'Le dossier {dossier} ne contient pas de base à sauvegarder.',
    cause: 'Le démon n’a jamais démarré avec ces réglages, ou le dossier des données est un autre.',
    remede: 'Vérifier le réglage « donnees » avec « vaguemestre config ».',
    http: 404,
    sortie: 1,
  },
  'VGM-SAU-014': {
    nature: 'definitive',
    message: 'Le coffre est sur un stockage d’objets : cette commande ne connaît que les dossiers.',
    cause: 'Le réglage « coffre.type » vaut s3 ; le stockage garde ses propres copies.',
    remede:
      'Pour sauvegarder, ajouter --sans-pieces : la base et les réglages sont sauvegardés, les pièces restent à la charge du stockage (copie du compartiment, ou « vaguemestre coffre migrer » vers un dossier, après la base).',
    http: 409,
    sortie: 2,
  },
  'VGM-SAU-020': {
    nature: 'definitive',
    message: 'Cette base n’attend aucune réconciliation.',
    cause: 'Elle n’a pas été restaurée, ou la réconciliation est déjà close.',
    remede: 'Rien à faire.',
    http: 409,
    sortie: 1,
  },
  'VGM-SAU-021': {
    nature: 'definitive',
    message: 'La réconciliation ne peut pas être close : {raisons}.',
    cause:
      'Ce que l’État a répondu n’est pas encore tout entier ici ; une émission pourrait être faite deux fois.',
    remede:
      'Attendre, ou régler ce qui est dit. Une source qui ne répondra plus s’écarte avec --sans-attendre SOURCE et --motif.',
    http: 409,
    sortie: 1,
  },
  'VGM-SAU-022': {
    nature: 'definitive',
    message: 'Aucune source ne se nomme {source}.',
    cause: 'Le nom est faux.',
    remede: 'Choisir parmi celles que montre « vaguemestre reconcilier » : {connues}.',
    http: 400,
    sortie: 2,
  },
  'VGM-SAU-023': {
    nature: 'definitive',
    message: 'Des pièces que personne ne cite sont des preuves tant que la réconciliation est ouverte.',
    cause: 'La base a été restaurée : ces pièces disent peut-être ce qui a été déposé depuis la sauvegarde.',
    remede: 'Clore d’abord la réconciliation : « vaguemestre reconcilier ».',
    http: 409,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurSauvegarde = fabrique(CATALOGUE_SAUVEGARDE);
