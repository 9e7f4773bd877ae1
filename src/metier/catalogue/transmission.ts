import { type Catalogue, fabrique } from '../erreurs.ts';

/** What may happen at the State's door. The nature decides who acts next, and when. */
export const CATALOGUE_TRANSMISSION = {
  'VGM-TRA-001': {
    nature: 'passagere',
    message: 'Le guichet de l’État n’a pas été joint : {detail}.',
    cause: 'Réseau coupé, nom introuvable, certificat refusé ou serveur arrêté ; rien n’a été transmis.',
    remede: 'Le flux repart tout seul. Si cela dure, l’exploitant lance « vaguemestre diagnostiquer ».',
    http: 503,
    sortie: 1,
  },
  'VGM-TRA-002': {
    nature: 'incertaine',
    message: 'La remise de {nom} a été interrompue : {detail}.',
    cause: 'Des octets sont partis et aucune réponse n’est revenue ; l’État détient peut-être déjà l’envoi.',
    remede:
      'Attendre l’accusé, qui réglera la question. Sinon demander à {etat} si elle détient {nom}, puis « vaguemestre trancher ».',
    http: 502,
    sortie: 1,
  },
  'VGM-TRA-003': {
    nature: 'passagere',
    message: 'Le guichet de l’État a répondu {statut} : il n’a pas pris l’envoi.',
    cause: 'Service momentanément fermé, ou accès refusé au tiers de télétransmission.',
    remede:
      'Le flux repart tout seul. Pour 401 ou 403, l’exploitant fait vérifier son certificat par le ministère.',
    http: 503,
    sortie: 1,
  },
  'VGM-TRA-004': {
    nature: 'definitive',
    message: 'Le guichet de l’État a refusé {nom} (réponse {statut}).',
    cause: 'L’envoi ne convient pas au guichet : {detail}.',
    remede:
      'Corriger la cause, puis « vaguemestre renvoyer » ; ou « vaguemestre abandonner » et déposer à nouveau.',
    http: 502,
    sortie: 1,
  },
  'VGM-TRA-005': {
    nature: 'incertaine',
    message: 'Le guichet de l’État a répondu {statut} à la remise de {nom}, sans dire s’il l’a prise.',
    cause: 'Panne interne du guichet après la réception.',
    remede:
      'Attendre l’accusé, qui réglera la question. Sinon demander à {etat} si elle détient {nom}, puis « vaguemestre trancher ».',
    http: 502,
    sortie: 1,
  },
  'VGM-TRA-006': {
    nature: 'incertaine',
    message: 'Le démon s’est arrêté pendant la remise de {nom}.',
    cause: 'Arrêt brutal de la machine ou du programme alors que l’envoi était en ligne.',
    remede:
      'Attendre l’accusé, qui réglera la question. Sinon demander à {etat} si elle détient {nom}, puis « vaguemestre trancher ».',
    http: 502,
    sortie: 1,
  },
  'VGM-TRA-007': {
    nature: 'passagere',
    message: 'Aucune adresse de guichet n’est réglée pour {protocole}.',
    cause: 'Le réglage « {reglage} » est vide, ou ne nomme pas ce guichet.',
    remede: 'L’exploitant règle l’accès donné par l’État ; les flux partiront alors tout seuls.',
    http: 503,
    sortie: 1,
  },
  'VGM-TRA-008': {
    nature: 'passagere',
    message: 'Le flux attend son tour : {raison}.',
    cause: 'L’exploitant, ou l’État par lui, a borné les heures ou le volume des transmissions.',
    remede: 'Rien à faire : il partira à la prochaine ouverture. Les bornes se règlent dans « {reglage} ».',
    http: 503,
    sortie: 1,
  },
  'VGM-TRA-009': {
    nature: 'passagere',
    message: 'L’émission vers {destination} est suspendue : {motif}.',
    cause: 'Une personne l’a suspendue, de son chef ou à la demande de l’État.',
    remede:
      'Rien à faire : le flux partira quand l’exploitant aura donné « vaguemestre destination reprendre ».',
    http: 503,
    sortie: 1,
  },
  'VGM-TRA-010': {
    nature: 'incertaine',
    message: 'La base a été remise depuis une sauvegarde : {nom} est peut-être parti depuis.',
    cause:
      'Ce qui a été envoyé entre la sauvegarde et la panne n’est plus connu ici ; le renvoyer ferait un double.',
    remede:
      'Attendre l’accusé, qui réglera la question. Sinon demander à {etat} si elle détient {nom}, puis « vaguemestre trancher ».',
    http: 502,
    sortie: 1,
  },
  'VGM-TRA-011': {
    nature: 'passagere',
    message:
      'Rien ne part : la base a été remise depuis une sauvegarde, et la réconciliation n’est pas close.',
    cause: 'L’État sait peut-être des choses que cette base ignore ; envoyer à présent ferait des doubles.',
    remede:
      'L’exploitant lit « vaguemestre reconcilier », règle ce qui y est dit, puis clôt la réconciliation ; le flux partira alors tout seul.',
    http: 503,
    sortie: 1,
  },
  'VGM-TRA-012': {
    nature: 'passagere',
    message: 'Le nom {nom} a été donné à un autre envoi entre la sauvegarde et la panne.',
    cause: 'Ce numéro avait été rendu, puis donné de nouveau ; l’État prendrait l’un pour l’autre.',
    remede:
      'Abandonner ce flux (« vaguemestre abandonner ») et déposer de nouveau : il aura un autre numéro.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurTransmission = fabrique(CATALOGUE_TRANSMISSION);
