import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the verbs that work on files of the disk, without daemon: signing, verifying, controlling, validating, digesting. */
export const CATALOGUE_HORS_LIGNE = {
  'VGM-HLG-001': {
    nature: 'definitive',
    message: 'Le fichier {fichier} n’a pas été signé.',
    cause: 'Le document ne se prête pas à la signature demandée ; chaque motif est dit ci-dessous.',
    remede: 'Suivre le remède de chaque motif, puis reprendre la commande ; rien n’a été écrit.',
    http: 422,
    sortie: 3,
  },
  'VGM-HLG-002': {
    nature: 'passagere',
    message: 'Le fichier {fichier} a changé pendant sa lecture.',
    cause: 'Un autre programme écrit dans ce fichier.',
    remede: 'Reprendre la commande quand le fichier n’est plus modifié, ou sur une copie.',
    http: 409,
    sortie: 1,
  },
  'VGM-HLG-003': {
    nature: 'definitive',
    message:
      'Le fichier {fichier} n’est ni un XML, ni un PDF, ni une archive ACTES, ni un .p7s, ni une preuve (.asice).',
    cause: 'Son contenu ne commence comme aucun d’eux ; son nom n’est pas regardé.',
    remede: 'Vérifier le chemin, ou demander le fichier d’origine à son émetteur.',
    http: 422,
    sortie: 3,
  },
  'VGM-HLG-004': {
    nature: 'passagere',
    message: 'La commande a été interrompue ; {fichier} n’a pas été écrit.',
    cause: 'Un arrêt a été demandé (Ctrl-C ou SIGTERM).',
    remede: 'Reprendre la commande ; rien n’est à effacer.',
    http: 503,
    sortie: 1,
  },
  'VGM-HLG-005': {
    nature: 'definitive',
    message: 'Le certificat de cette clé ne peut pas signer : {detail}',
    cause:
      'Le certificat n’est pas en cours de validité à la date de la signature, ou n’est pas fait pour signer.',
    remede: 'Voici que faire : {remede}',
    http: 422,
    sortie: 3,
  },
  'VGM-HLG-006': {
    nature: 'definitive',
    message: 'Le fichier {fichier} n’est pas un fichier XML que l’on puisse lire.',
    cause:
      'Il est mal formé, tronqué, ou emploie ce qui n’est pas admis ici (DOCTYPE, encodage rare, identifiants doubles).',
    remede: 'Corriger le fichier à sa source, à l’endroit dit ci-dessous.',
    http: 422,
    sortie: 3,
  },
  'VGM-HLG-007': {
    nature: 'definitive',
    message: 'Aucun élément de {fichier} ne porte l’identifiant « {id} ».',
    cause: 'L’identifiant est mal recopié, ou écrit dans un autre attribut que « Id ».',
    remede: 'Recopier la valeur de l’attribut Id de l’élément voulu ; majuscules et minuscules comptent.',
    http: 422,
    sortie: 3,
  },
  'VGM-HLG-008': {
    nature: 'definitive',
    message:
      'L’élément « {id} » contient {nombre} signatures : il n’y a pas d’empreinte « sans sa signature ».',
    cause: 'La transformation « enveloped-signature » n’ôte qu’une signature ; laquelle, rien ne le dit ici.',
    remede:
      'Calculer l’empreinte sans --sans-signature, ou sur un fichier où l’élément n’est signé qu’une fois.',
    http: 422,
    sortie: 3,
  },
  'VGM-HLG-009': {
    nature: 'definitive',
    message: 'Le schéma {schema} ne peut pas servir :\n{problemes}',
    cause: 'Le schéma est absent, mal écrit, ou renvoie à un fichier qui manque.',
    remede:
      'Corriger le chemin, ou réunir le schéma et tous ceux qu’il inclut ou importe. Rien n’est dit du document.',
    http: 500,
    sortie: 1,
  },
  'VGM-HLG-010': {
    nature: 'definitive',
    message: 'Le fichier {fichier} est vide : {detail}.',
    cause: 'Son export ou son transfert n’a pas abouti, ou un autre programme l’a vidé.',
    remede: 'Produire le fichier ou le transférer de nouveau, puis reprendre la commande.',
    http: 422,
    sortie: 3,
  },
} as const satisfies Catalogue;

export const erreurHorsLigne = fabrique(CATALOGUE_HORS_LIGNE);
