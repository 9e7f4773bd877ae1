import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the settings: nothing starts until they are right. */
export const CATALOGUE_CONFIG = {
  'VGM-CFG-001': {
    nature: 'definitive',
    message: 'Le fichier de configuration {fichier} ne peut pas être lu ({raison}).',
    cause: 'Il n’existe pas à cet endroit, ou le compte du démon n’a pas le droit de le lire.',
    remede: 'L’exploitant corrige le chemin (option --config ou variable VAGUEMESTRE_CONFIG) ou les droits.',
    http: 500,
    sortie: 1,
  },
  'VGM-CFG-002': {
    nature: 'definitive',
    message: 'Le fichier {fichier} n’est pas du TOML valable, ligne {ligne}, colonne {colonne} :\n{extrait}',
    cause: 'Faute de syntaxe : guillemet oublié, virgule en trop ou réglage écrit deux fois.',
    remede: 'L’exploitant corrige la ligne montrée ; config/defaut.toml donne la forme de chaque réglage.',
    http: 500,
    sortie: 1,
  },
  'VGM-CFG-003': {
    nature: 'definitive',
    message: 'La configuration est refusée :\n{problemes}',
    cause: 'Un réglage est inconnu, mal écrit ou hors de ses bornes.',
    remede: 'L’exploitant corrige ce qui est listé ; config/defaut.toml explique chaque réglage.',
    http: 500,
    sortie: 1,
  },
  'VGM-CFG-004': {
    nature: 'definitive',
    message: 'Des fichiers nommés par les réglages ne peuvent pas être lus :\n{problemes}',
    cause: 'Le fichier n’est pas à cet endroit, c’est un dossier, ou le compte du démon ne peut pas le lire.',
    remede:
      'L’exploitant met chaque fichier à la place que donne le réglage, lisible du seul compte du démon (mode 0400), ou corrige le réglage.',
    http: 500,
    sortie: 1,
  },
  'VGM-CFG-005': {
    nature: 'definitive',
    message: 'Le certificat {certificat} et la clé {cle} ne peuvent pas servir ensemble ({detail}).',
    cause:
      'L’un des deux n’est pas au format PEM, la clé est chiffrée, ou elle n’est pas celle du certificat.',
    remede: 'L’exploitant remplace le certificat et sa clé ensemble, puis démarre de nouveau.',
    http: 500,
    sortie: 1,
  },
  'VGM-CFG-006': {
    nature: 'definitive',
    message: 'Le dossier des données {dossier} ne peut pas servir ({raison}).',
    cause: 'Volume absent ou en lecture seule, ou dossier qui n’appartient pas au compte du démon.',
    remede:
      'L’exploitant monte le volume, donne le dossier au compte du démon (mode 0700), ou corrige « donnees ».',
    http: 500,
    sortie: 1,
  },
  'VGM-CFG-007': {
    nature: 'definitive',
    message: 'Les schémas livrés avec le programme ne peuvent pas être lus dans {dossier} ({raison}).',
    cause: 'Installation incomplète, ou droits ôtés sur le dossier du programme.',
    remede: 'L’exploitant réinstalle le programme ; ce dossier ne se règle pas.',
    http: 500,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurConfig = fabrique(CATALOGUE_CONFIG);
