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
} as const satisfies Catalogue;

export const erreurConfig = fabrique(CATALOGUE_CONFIG);
