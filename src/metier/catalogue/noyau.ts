import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the engine and of its store, whatever the protocol. */
export const CATALOGUE_NOYAU = {
  'VGM-NOY-001': {
    nature: 'passagere',
    message: 'Un changement est arrivé pendant l’opération (sur {flux}).',
    cause: 'Une autre opération (accusé reçu, ordre d’un agent) est passée en même temps.',
    remede: 'Relire ce qui a changé, puis redemander l’opération si elle a encore un sens.',
    http: 409,
    sortie: 1,
  },
  'VGM-NOY-002': {
    nature: 'definitive',
    message: 'Le flux {flux} est dans l’état « {de} », où « {vers} » n’est pas permis.',
    cause: 'Cet ordre n’existe pas dans l’état présent du flux.',
    remede: 'Consulter l’état du flux avec « vaguemestre montrer » et choisir un ordre permis.',
    http: 409,
    sortie: 1,
  },
  'VGM-NOY-003': {
    nature: 'definitive',
    message: 'Aucun flux {flux} pour cette collectivité.',
    cause: 'L’identifiant est faux, ou le flux appartient à une autre collectivité.',
    remede: 'Vérifier l’identifiant avec « vaguemestre lister ».',
    http: 404,
    sortie: 1,
  },
  'VGM-NOY-004': {
    nature: 'passagere',
    message: 'Erreur inattendue pendant l’étape « {etape} ».',
    cause: 'Défaut du programme ou ressource indisponible ; le détail est dans le journal technique.',
    remede:
      'Le flux sera repris automatiquement. Si l’erreur revient, transmettre le journal technique à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-NOY-005': {
    nature: 'passagere',
    message: 'Le stockage ne répond pas : {detail}.',
    cause: 'Disque plein, droits insuffisants, panne du disque ou serveur PostgreSQL injoignable.',
    remede:
      'L’exploitant libère de l’espace, répare le disque ou rétablit le serveur ; rien de ce qui a été accepté n’est perdu.',
    http: 503,
    sortie: 1,
  },
  'VGM-NOY-006': {
    nature: 'definitive',
    message: 'La pièce {empreinte} est absente ou altérée dans le coffre.',
    cause: 'Le fichier a été effacé ou modifié hors du programme.',
    remede:
      'L’exploitant restaure la pièce depuis une sauvegarde ; son empreinte doit être exactement celle-ci.',
    http: 500,
    sortie: 1,
  },
  'VGM-NOY-007': {
    nature: 'definitive',
    message: 'Le dossier de données {dossier} est déjà ouvert par un autre démon.',
    cause: 'Un autre « vaguemestre demarrer » travaille sur le même dossier.',
    remede: 'Arrêter l’autre démon, ou choisir un autre dossier de données.',
    http: 500,
    sortie: 1,
  },
  'VGM-NOY-008': {
    nature: 'passagere',
    message: 'Le travail sur {flux} n’est plus à ce nœud.',
    cause: 'Ce nœud est resté trop longtemps sans donner signe de vie ; un autre a repris le travail.',
    remede:
      'Rien à faire : l’autre nœud continue. Si cela revient, chercher ce qui fige la machine, ou allonger « moteur.bail_s ».',
    http: 409,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurNoyau = fabrique(CATALOGUE_NOYAU);
