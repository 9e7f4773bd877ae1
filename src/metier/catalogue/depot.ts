import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the deposit door. What is wrong in the document itself is an anomalie, not an error. */
export const CATALOGUE_DEPOT = {
  'VGM-DEP-001': {
    nature: 'definitive',
    message: 'La collectivité {siren} n’est pas connue ici, ou elle n’est pas active.',
    cause: 'SIREN mal saisi, ou collectivité jamais enregistrée ou désactivée.',
    remede:
      'L’exploitant l’enregistre avec « vaguemestre collectivite ajouter » ; le déposant vérifie son SIREN.',
    http: 404,
    sortie: 1,
  },
  'VGM-DEP-002': {
    nature: 'definitive',
    message: 'L’acte {identite} est déjà porté par le flux {flux}.',
    cause:
      'Un acte de même numéro, même date et même nature a déjà été déposé et n’a été ni refusé ni abandonné.',
    remede: 'Ne pas redéposer : suivre le flux cité. Pour un autre acte, choisir un autre numéro.',
    http: 409,
    sortie: 3,
  },
  'VGM-DEP-003': {
    nature: 'definitive',
    message: 'La clé d’idempotence « {cle} » a déjà servi pour un autre dépôt.',
    cause: 'Le logiciel réemploie une clé avec un contenu différent.',
    remede:
      'Tirer une nouvelle clé pour chaque nouveau dépôt ; la même clé ne sert qu’à répéter la même demande.',
    http: 409,
    sortie: 2,
  },
  'VGM-DEP-004': {
    nature: 'definitive',
    message: 'Le protocole {protocole} n’est pas servi par ce démon.',
    cause: 'Ce protocole n’est pas installé ou pas encore pris en charge.',
    remede: 'Déposer sous un protocole servi : {servis}.',
    http: 400,
    sortie: 2,
  },
} as const satisfies Catalogue;

export const erreurDepot = fabrique(CATALOGUE_DEPOT);
