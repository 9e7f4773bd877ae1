import type { Verbe } from './verbe.ts';

/** Verbs about the pieces themselves, wherever they are: without daemon, and beside one that runs. */

const CONFIG = ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'] as const;
const DOSSIER = [
  '--dossier <dossier>',
  'dossier des pièces ; à défaut coffre.secours, sinon « coffre » dans les données',
] as const;

export const COFFRE: Verbe = {
  nom: 'coffre',
  resume: 'pièces du coffre : les relire, les copier vers un stockage d’objets',
  sous: [
    {
      nom: 'verifier',
      alias: 'verify',
      resume: 'relire toutes les pièces et dire lesquelles sont altérées',
      options: [
        ['--sur <lieu>', 'dossier ou s3 ; à défaut celui que disent les réglages (coffre.type)'],
        DOSSIER,
        CONFIG,
      ],
      notes: [
        'Le nom d’une pièce est son empreinte SHA-256 : tous ses octets sont relus, et comparés à son nom. Une pièce que la base',
        'cite et que le coffre n’a plus ne se voit pas d’ici : « vaguemestre preuve » la dit (VGM-NOY-006).',
        'Codes de sortie : 0 tout est intact, 1 échec (réglages, disque, stockage), 2 commande mal écrite, 3 pièce altérée.',
      ],
      json: true,
      charger: () => import('./verbes/coffre.ts').then((m) => m.verifier),
    },
    {
      nom: 'migrer',
      alias: 'migrate',
      resume: 'copier toutes les pièces d’un dossier vers un stockage d’objets, ou l’inverse',
      options: [
        ['--vers <lieu>*', 's3 : du dossier au stockage d’objets ; dossier : l’inverse'],
        [
          '--relire',
          'relire en entier les pièces déjà sur le stockage, au lieu de croire l’empreinte qu’il en dit',
        ],
        DOSSIER,
        CONFIG,
      ],
      notes: [
        'Chaque pièce copiée est prouvée de l’autre côté. Rien n’est effacé. La copie peut être interrompue à tout instant et',
        'relancée : ce qui est fait n’est pas refait. On ne change coffre.type qu’une fois lu « Complet ».',
        'Codes de sortie : 0 complet ; 1 échec (réglages, disque, stockage) ; 2 commande mal écrite ; 3 pas complet : des',
        'pièces manquent ou sont altérées, ou un démon range encore du côté que l’on copie.',
      ],
      json: true,
      charger: () => import('./verbes/coffre.ts').then((m) => m.migrer),
    },
  ],
};
