import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the keys that sign: a file that cannot be opened, a remote key that does not answer or refuses. */
export const CATALOGUE_SIGNATAIRE = {
  'VGM-SGT-001': {
    nature: 'definitive',
    message: 'Le fichier de clé {fichier} ne peut pas être lu ({raison}).',
    cause: 'Il n’existe pas à cet endroit, ou le compte qui signe n’a pas le droit de le lire.',
    remede: 'L’exploitant corrige le chemin ou les droits du fichier PKCS#12.',
    http: 500,
    sortie: 1,
  },
  'VGM-SGT-002': {
    nature: 'definitive',
    message: 'La clé de signature ne peut pas être ouverte : {motif}',
    cause: 'Mot de passe faux, fichier abîmé, ou fichier qui ne contient pas ce qu’il faut.',
    remede: 'L’exploitant corrige le mot de passe ou fournit de nouveau le fichier PKCS#12.',
    http: 500,
    sortie: 1,
  },
  'VGM-SGT-003': {
    nature: 'definitive',
    message: 'Cette clé ne peut pas signer ici : {detail}.',
    cause: 'La clé est d’un type non admis, trop faible, ou n’est pas celle de l’algorithme demandé.',
    remede: 'Employer une clé RSA de 2048 bits au moins, ou une clé P-256, P-384 ou P-521.',
    http: 500,
    sortie: 3,
  },
  'VGM-SGT-004': {
    nature: 'definitive',
    message: 'La signature à distance est mal réglée : {detail}.',
    cause: 'L’adresse n’est pas en HTTPS, ou un fichier PEM est illisible.',
    remede: 'L’exploitant corrige les réglages du signataire distant.',
    http: 500,
    sortie: 2,
  },
  'VGM-SGT-005': {
    nature: 'passagere',
    message: 'Le service de signature {hote} ne répond pas : {detail}.',
    cause: 'Le service est arrêté, occupé, ou le réseau est coupé.',
    remede: 'La signature sera demandée de nouveau ; si cela dure, prévenir l’hébergeur du service.',
    http: 503,
    sortie: 1,
  },
  'VGM-SGT-006': {
    nature: 'definitive',
    message: 'Le service de signature {hote} refuse de signer (HTTP {statut}) : {detail}.',
    cause: 'Jeton ou certificat client refusé, clé inconnue du service, ou algorithme qu’il n’admet pas.',
    remede: 'L’exploitant vérifie les droits ouverts auprès de l’hébergeur du service.',
    http: 502,
    sortie: 1,
  },
  'VGM-SGT-007': {
    nature: 'definitive',
    message: 'La réponse du service de signature {hote} n’est pas une signature de la clé attendue.',
    cause: 'Le service a signé avec une autre clé, signé autre chose, ou répondu hors du protocole.',
    remede: 'Rien n’a été signé. L’exploitant vérifie que le certificat réglé est celui de la clé distante.',
    http: 502,
    sortie: 1,
  },
  'VGM-SGT-008': {
    nature: 'definitive',
    message: 'La clé « {nom} » des réglages ne peut pas servir : {detail}.',
    cause:
      'Le fichier, le mot de passe, le certificat ou l’adresse donnés sous [[helios.cles]] ne conviennent pas.',
    remede: 'Sous [[helios.cles]], à la clé de ce nom : {remede}',
    http: 500,
    sortie: 2,
  },
} as const satisfies Catalogue;

export const erreurSignataire = fabrique(CATALOGUE_SIGNATAIRE);
