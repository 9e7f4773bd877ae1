import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the State's door for ACTES, on our side of the line: settings that cannot work. */
export const CATALOGUE_TRANSPORT = {
  'VGM-TRP-001': {
    nature: 'definitive',
    message: 'L’adresse du ministère « {url} » n’est pas une adresse HTTPS.',
    cause: 'Le réglage « actes.ministere.url » ou « url_secours » est mal écrit.',
    remede: 'L’exploitant corrige l’adresse : elle commence par « https:// ».',
    http: 500,
    sortie: 2,
  },
  'VGM-TRP-002': {
    nature: 'definitive',
    message: 'Le certificat client, sa clé ou les autorités du ministère ne peuvent pas servir : {detail}.',
    cause: 'Fichier PEM abîmé, clé d’un autre certificat, ou mot de passe de la clé absent ou faux.',
    remede: 'L’exploitant vérifie les fichiers désignés dans « actes.ministere » avec openssl.',
    http: 500,
    sortie: 2,
  },
} as const satisfies Catalogue;

export const erreurTransport = fabrique(CATALOGUE_TRANSPORT);
