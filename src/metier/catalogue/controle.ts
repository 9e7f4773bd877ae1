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
    cause:
      'La limite StreamMaxLength de clamd (25 Mo au départ) est plus petite que la pièce ; une pièce jointe d’un PES se compte décompressée.',
    remede:
      'L’exploitant relève StreamMaxLength, MaxFileSize et MaxScanSize dans clamd.conf (200M en général, davantage si une pièce jointe est plus grosse), puis redémarre clamd ; le contrôle reprendra de lui-même.',
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
  'VGM-CTL-004': {
    nature: 'passagere',
    message: 'Le PES attend un paquet de schémas qui ne peut pas être ouvert : {detail}.',
    cause:
      'La politique de ce paquet est « bloquer », et ses fichiers ou l’inventaire des paquets ont été modifiés ou perdus depuis l’import.',
    remede:
      'L’exploitant importe de nouveau le même jeu (« vaguemestre schemas importer »), ou change la politique du paquet (« vaguemestre schemas politique ») ; le PES est revu dans le quart d’heure.',
    http: 503,
    sortie: 1,
  },
  'VGM-CTL-005': {
    nature: 'passagere',
    message: 'La lecture des signatures d’un PDF n’a pas abouti : {detail}.',
    cause: 'Le PDF est démesuré ou fabriqué pour nuire, ou la machine est surchargée.',
    remede:
      'La lecture sera refaite d’elle-même. Si cela dure, abandonner le flux, produire de nouveau le PDF et le redéposer.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurControle = fabrique(CATALOGUE_CONTROLE);
