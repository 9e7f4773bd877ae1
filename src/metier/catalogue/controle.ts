import { type Catalogue, fabrique } from '../erreurs.ts';

/**
 * Errors of the step CTL: a service the controls lean on did not answer.
 * None is ever a verdict on the document: the deposit waits and is controlled later.
 */
export const CATALOGUE_CONTROLE = {
  'VGM-CTL-001': {
    nature: 'passagere',
    message: 'L’antivirus ({adresse}) ne répond pas : {detail}.',
    cause: 'Service clamd arrêté, en cours de rechargement, ou adresse fausse.',
    remede:
      'Le contrôle reprendra de lui-même. Si cela dure, l’exploitant vérifie le service clamd et « adresse » sous [antivirus].',
    http: 503,
    sortie: 1,
  },
  'VGM-CTL-002': {
    nature: 'passagere',
    message: 'L’antivirus ({adresse}) a interrompu l’analyse d’une pièce après {octets} octets.',
    cause: 'La limite StreamMaxLength de clamd (25 Mo au départ) est plus petite que la pièce.',
    remede:
      'L’exploitant relève StreamMaxLength, MaxFileSize et MaxScanSize à 200M dans clamd.conf, puis redémarre clamd ; le contrôle reprendra de lui-même.',
    http: 503,
    sortie: 1,
  },
  'VGM-CTL-003': {
    nature: 'passagere',
    message: 'L’antivirus ({adresse}) n’a pas su analyser la pièce : {detail}.',
    cause: 'Mémoire ou dossier temporaire de clamd épuisés, ou réponse inconnue.',
    remede: 'Le contrôle sera refait de lui-même. Si cela dure, l’exploitant lit le journal de clamd.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurControle = fabrique(CATALOGUE_CONTROLE);
