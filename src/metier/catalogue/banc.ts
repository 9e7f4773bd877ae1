import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the bench: the State simulated for tests and demonstrations. */
export const CATALOGUE_BANC = {
  'VGM-BAN-001': {
    nature: 'definitive',
    message: 'Le simulateur ne peut pas écouter sur {adresse} : {detail}.',
    cause: 'Le port est déjà pris ou interdit, ou le certificat du serveur est illisible.',
    remede: 'Choisir un autre port, ou vérifier le certificat et la clé donnés au banc.',
    http: 500,
    sortie: 1,
  },
  'VGM-BAN-002': {
    nature: 'definitive',
    message: 'Le scénario « {scenario} » n’existe pas.',
    cause: 'Faute de frappe dans le nom du scénario.',
    remede: 'Choisir un scénario des tables de « src/banc/SCENARIOS.md » et « src/banc/dgfip/SCENARIOS.md ».',
    http: 400,
    sortie: 2,
  },
  'VGM-BAN-003': {
    nature: 'definitive',
    message: 'Le démon a répondu {statut} à la demande de {chemin}.',
    cause: 'La pièce demandée n’existe pas, ou le démon s’arrête.',
    remede: 'Lire le journal du démon dans le dossier du banc.',
    http: 500,
    sortie: 1,
  },
  'VGM-BAN-004': {
    nature: 'definitive',
    message: 'Le démon du banc n’a pas démarré ; son journal est {journal}.',
    cause: 'Réglage refusé, port pris ou dossier de données illisible.',
    remede: 'Lire la dernière ligne de ce journal et corriger sa cause.',
    http: 500,
    sortie: 1,
  },
  'VGM-BAN-005': {
    nature: 'definitive',
    message: 'Le dossier {dossier} ne peut pas servir : {raison}.',
    cause: 'Le simulateur et la démonstration y gardent leurs clés, leurs registres et des réglages.',
    remede:
      'Donner avec « --dossier » un dossier où ce compte écrit, vide pour la démonstration ; effacer une clé abîmée, elle sera refaite.',
    http: 500,
    sortie: 1,
  },
  'VGM-BAN-006': {
    nature: 'definitive',
    message: 'Les PES de la démonstration ne peuvent pas être signés : {detail}',
    cause:
      'La clé faite pour la démonstration, ou la politique de signature connue du programme, ne convient pas.',
    remede: 'Vérifier que l’horloge de la machine est à l’heure, puis recommencer.',
    http: 500,
    sortie: 1,
  },
  'VGM-BAN-007': {
    nature: 'definitive',
    message: 'Cet ordre à la préfecture simulée ne se comprend pas : {detail}.',
    cause: 'Faute de frappe, champ oublié, ou texte qui n’est pas du JSON.',
    remede: 'Écrire l’ordre comme le montre « src/banc/SCENARIOS.md ».',
    http: 400,
    sortie: 2,
  },
  'VGM-BAN-008': {
    nature: 'definitive',
    message: 'Cet ordre à la préfecture simulée ne peut pas être exécuté : {detail}.',
    cause: 'La préfecture n’écrit que sur un acte dont elle a accusé réception, et qui n’est pas annulé.',
    remede:
      'Attendre que l’acte soit acquitté, puis recommencer avec son numéro ou son identifiant (IDActe).',
    http: 409,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurBanc = fabrique(CATALOGUE_BANC);
