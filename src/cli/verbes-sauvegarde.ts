import type { Verbe } from './verbe.ts';

/** Verbs of backup, restoration, and what must be settled after one. */

const INSTANTANE = ['--instantane <nom>', 'cet instantané ; le dernier à défaut'] as const;

export const SAUVEGARDE: readonly Verbe[] = [
  {
    nom: 'sauvegarder',
    alias: 'backup',
    resume: 'sauvegarder base, coffre et réglages dans un dossier, démon en marche ou arrêté',
    arguments: [['<dossier>', 'dossier des sauvegardes : neuf, ou celui des précédentes']],
    options: [
      ['--verifier', 'ne rien sauvegarder : relire en entier les sauvegardes du dossier'],
      ['--instantane <nom>', 'avec --verifier : seulement cet instantané'],
      [
        '--garder <nombre>',
        'retirer les instantanés au-delà de ce nombre, les plus anciens d’abord ; tous gardés à défaut',
      ],
      [
        '--lier',
        'lier les pièces plutôt que les copier, sur le même disque : immédiat, mais ce qui abîme l’une abîme l’autre',
      ],
      ['--avec-secrets', 'copier aussi les clés et les mots de passe que les réglages nomment'],
      ['--sans-pieces', 'la base et les réglages seulement (coffre sur un stockage d’objets)'],
    ],
    notes: [
      'Une sauvegarde suivante dans le même dossier ne copie que les pièces nouvelles. Interrompue, même par une coupure, elle',
      'laisse les précédentes entières, et la même commande reprend. « sha256sum -c SHA256SUMS », dans le dossier d’un',
      'instantané, le vérifie sans le programme.',
      'Codes de sortie : 0 sauvegarde complète (ou tout est sain) ; 1 échec, pièce absente ou altérée ; 2 commande mal écrite.',
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/sauvegarder.ts'),
  },
  {
    nom: 'restaurer',
    alias: 'restore',
    resume: 'remettre une sauvegarde dans un dossier de données, démon arrêté',
    arguments: [['<dossier>', 'dossier des sauvegardes']],
    options: [
      ['--vers <donnees>*', 'dossier des données (réglage « donnees »)'],
      INSTANTANE,
      ['--remplacer', 'mettre de côté la base présente ; rien n’est effacé'],
      ['--coffre <dossier>', 'coffre qui a survécu ailleurs : ses pièces sont jointes'],
    ],
    notes: [
      'La base restaurée n’envoie rien : le démon relève d’abord les réponses de l’État, et une personne clôt la réconciliation',
      '(« vaguemestre reconcilier »). Le coffre présent est gardé : ses pièces disent ce qui a été fait depuis la sauvegarde.',
    ],
    json: true,
    charger: () => import('./verbes/restaurer.ts'),
  },
  {
    nom: 'reconcilier',
    resume: 'après une restauration : ce que le monde sait et que la base ignore',
    options: [
      ['--ranger-retours', 'ranger de nouveau les réponses de l’État retrouvées dans le coffre'],
      ['--clore', 'laisser repartir les envois ; refusé tant qu’une source n’a pas été relue'],
      ['--sans-attendre <sources...>', 'avec --clore et --motif : sources qui ne répondront plus'],
      ['--motif <texte>', 'raison, écrite au journal (sans donnée personnelle)'],
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/reconcilier.ts'),
  },
  {
    nom: 'orphelins',
    resume: 'pièces du coffre que personne ne cite, restes d’un disque plein ou d’une coupure',
    options: [
      ['--effacer', 'les effacer, démon arrêté ; leurs empreintes sont écrites au journal'],
      ['--motif <texte>', 'avec --effacer : raison, écrite au journal (sans donnée personnelle)'],
    ],
    notes: [
      'Seules les pièces de plus d’un jour sont montrées : une plus récente attend peut-être son flux. Après une restauration,',
      'elles sont des preuves : rien ne s’efface avant la clôture de la réconciliation.',
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/orphelins.ts'),
  },
];
