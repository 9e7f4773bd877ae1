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
  'VGM-DEP-005': {
    nature: 'definitive',
    message: 'Le fichier {identite} est déjà porté par le flux {flux}.',
    cause:
      'Un fichier PES de même nom (NomFic) et de même CodCol a été déposé et n’a été ni refusé ni abandonné.',
    remede: 'Ne pas redéposer : suivre le flux cité. Pour un autre fichier, choisir un autre NomFic.',
    http: 409,
    sortie: 3,
  },
  'VGM-DEP-006': {
    nature: 'definitive',
    message: 'Ce contenu, octet pour octet, est déjà porté par le flux {flux} ({identite}).',
    cause: 'Le même fichier a déjà été déposé, et n’a été ni refusé ni abandonné.',
    remede: 'Ne pas redéposer : suivre le flux cité. Un paiement transmis deux fois est payé deux fois.',
    http: 409,
    sortie: 3,
  },
  'VGM-DEP-007': {
    nature: 'definitive',
    message: 'Un dépôt {protocole} porte {attendu}, et rien d’autre.',
    cause: 'Les parties du formulaire ne sont pas celles de ce protocole.',
    remede: 'Déposer un acte avec « document », « annexe » et « signature », un PES avec un seul « pes ».',
    http: 400,
    sortie: 2,
  },
  'VGM-DEP-008': {
    nature: 'definitive',
    message:
      'Le flux {flux}, que ce dépôt dit corriger, n’est pas un dépôt {protocole} de cette collectivité.',
    cause:
      'L’identifiant est faux, ou celui d’un autre protocole, d’une autre collectivité, d’un fichier reçu de l’État.',
    remede: 'Le relire avec « vaguemestre lister », ou déposer sans dire ce qui est corrigé.',
    http: 400,
    sortie: 2,
  },
  'VGM-DEP-009': {
    nature: 'definitive',
    message: 'Le flux {flux} ne peut pas encore être corrigé : il est « {etat} ».',
    cause:
      'La réponse de l’État n’est pas venue : le corriger maintenant pourrait lui donner deux fois la même chose.',
    remede:
      'Attendre la réponse, ou l’abandonner s’il n’est pas parti (« vaguemestre abandonner »), puis déposer de nouveau.',
    http: 409,
    sortie: 3,
  },
} as const satisfies Catalogue;

export const erreurDepot = fabrique(CATALOGUE_DEPOT);
