import type { Verbe } from './verbe.ts';

/** A batch of actes, deposited in one go. */
export const LOT: Verbe = {
  nom: 'lot',
  resume: 'déposer un lot d’actes, décrit par un tableau CSV, avec ses pièces',
  arguments: [['<lot>', 'manifeste CSV, ou dossier ou ZIP qui le contient (lot.csv) avec les pièces']],
  options: [
    ['--siren <siren>*', 'collectivité'],
    ['--a-blanc', 'répondre seulement les contrôles de chaque acte, sans rien garder'],
    ['--reprendre', 'après un arrêt : ne pas envoyer de nouveau ce que les résultats disent déposé'],
    ['--concurrence <nombre>', 'dépôts en même temps, 1 à 32 (6 par défaut)'],
    ['--sortie <fichier>', 'où écrire les résultats ; à défaut, à côté du lot (lot.resultats.csv)'],
  ],
  notes: [
    'Colonnes du manifeste, dans l’ordre voulu : numero, date, objet, nature, matiere, document, typologie ; au besoin',
    'annexes, typologies_annexes (séparées par « | »), papier, precedent. Séparateur « ; », « , » ou tabulation.',
    'Rien n’est déposé tant que le manifeste a une faute. Répéter la commande ne dépose rien deux fois.',
    'Codes de sortie : 0 tout est déposé, 3 un acte au moins est refusé, 1 lot inachevé (à reprendre), 2 commande mal écrite.',
  ],
  demon: true,
  json: true,
  charger: () => import('./verbes/lot.ts'),
};
