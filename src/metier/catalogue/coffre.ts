import { type Catalogue, fabrique } from '../erreurs.ts';

/**
 * Errors of the coffre; a full or broken disk is VGM-NOY-005, an absent or altered piece VGM-NOY-006. An object store that is
 * down, or that refuses us, is never a verdict on a document: both are transient.
 */
export const CATALOGUE_COFFRE = {
  'VGM-COF-001': {
    nature: 'definitive',
    message: 'Le fichier est trop gros : la limite est de {limite} octets.',
    cause: 'Le fichier reçu dépasse la taille admise ; rien n’en a été gardé.',
    remede: 'Le déposant réduit ou découpe le fichier ; la limite est fixée par l’exploitant.',
    http: 413,
    sortie: 3,
  },
  'VGM-COF-002': {
    nature: 'passagere',
    message: 'Le stockage d’objets ne répond pas : {detail}.',
    cause: 'Serveur arrêté ou saturé, réseau coupé, ou réponse trop lente ; plusieurs essais ont été faits.',
    remede:
      'Rien de ce qui a été accepté n’est perdu ; ce qui attend repart seul. Si la panne dure, l’exploitant lance « vaguemestre diagnostiquer », puis appelle l’hébergeur du stockage.',
    http: 503,
    sortie: 1,
  },
  'VGM-COF-003': {
    nature: 'passagere',
    message: 'Le stockage d’objets refuse : {detail}.',
    cause:
      'Clé d’accès, droits, compartiment, région, quota ou horloge : la demande est comprise et rejetée.',
    remede:
      'L’exploitant corrige la section « coffre.s3 » des réglages, ou fait rétablir l’accès par l’hébergeur. Ce qui attend repart alors seul.',
    http: 503,
    sortie: 1,
  },
  'VGM-COF-004': {
    nature: 'definitive',
    message: 'Le compartiment {compartiment} n’a pas de verrou d’objets : {detail}.',
    cause:
      'Les réglages demandent une durée de conservation (coffre.s3.retention_jours) que rien n’imposerait.',
    remede:
      'L’exploitant fait activer le verrou d’objets (Object Lock) sur le compartiment, en choisit un qui l’a, ou met coffre.s3.retention_jours à 0.',
    http: 500,
    sortie: 1,
  },
  'VGM-COF-005': {
    nature: 'definitive',
    message: 'Le dossier {dossier} ne peut pas servir de coffre : {raison}.',
    cause: 'Le chemin donné n’est pas celui d’un dossier de pièces.',
    remede: 'L’exploitant corrige le chemin (coffre.secours, --dossier ou donnees), puis recommence.',
    http: 500,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurCoffre = fabrique(CATALOGUE_COFFRE);
