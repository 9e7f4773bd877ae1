import type { Verbe } from './verbe.ts';

/** Batches of actes: deposited by the command, or given whole to the API. */

const LOT: Verbe = {
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

const ID_LOT = ['<id>', 'identifiant du lot'] as const;

const LOTS: Verbe = {
  nom: 'lots',
  resume: 'suivre les lots que l’API a reçus entiers',
  sous: [
    {
      nom: 'lister',
      resume: 'lister les lots, du plus récent au plus ancien',
      options: [
        ['--etat <etat>', 'seulement « en_cours » ou « termine »'],
        ['--avant <id>', 'page suivante : reçus avant ce lot'],
        ['--limite <nombre>', 'nombre de lots, 1 à 1000 (50 par défaut)'],
      ],
      demon: true,
      json: true,
      charger: () => import('./verbes/lots.ts').then((m) => m.lister),
    },
    {
      nom: 'montrer',
      resume: 'montrer un lot et le sort de ses actes, dans l’ordre du manifeste',
      arguments: [ID_LOT],
      options: [
        ['--sort <sorts...>', 'seulement ces actes : a_faire, depose, deja, refuse, abandonne'],
        ['--apres <ligne>', 'page suivante : après cette ligne du manifeste'],
        ['--limite <nombre>', 'nombre de lignes, 1 à 1000 (50 par défaut)'],
      ],
      demon: true,
      json: true,
      charger: () => import('./verbes/lots.ts').then((m) => m.montrer),
    },
    {
      nom: 'abandonner',
      resume: 'ne plus rien déposer d’un lot ; ce qui est déposé le reste',
      arguments: [ID_LOT],
      options: [['--motif <texte>*', 'raison, écrite au journal (sans donnée personnelle)']],
      demon: true,
      json: true,
      charger: () => import('./verbes/lots.ts').then((m) => m.abandonner),
    },
  ],
};

export const VERBES_LOT: readonly Verbe[] = [LOT, LOTS];
