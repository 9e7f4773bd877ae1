import type { Verbe } from './verbe.ts';

/** Verbs about the schema packs: files of the disk, without daemon. */

const OU: NonNullable<Verbe['options']> = [
  ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'],
  ['--dossier <dossier>', 'dossier des paquets, à la place de celui des réglages'],
];

const NOM = ['<nom>', 'nom du paquet'] as const;

export const SCHEMAS: Verbe = {
  nom: 'schemas',
  resume: 'jeux de schémas officiels (DGFiP) selon lesquels les PES sont jugés',
  sous: [
    {
      nom: 'importer',
      alias: 'import',
      resume: 'installer un jeu de schémas PES à côté des autres',
      arguments: [['<source>', 'dossier ou ZIP du jeu, tel qu’il est livré']],
      options: [
        ['--nom <nom>', 'nom du paquet ; à défaut, sa version'],
        [
          '--version <version>',
          'version de la norme (5.17) ; à défaut, celle que disent les noms des fichiers',
        ],
        ['--politique <politique>', 'ignorer, avertir (par défaut) ou bloquer un fichier non conforme'],
        ['--remplacer', 'remplacer le paquet de ce nom, si son contenu est autre'],
        ...OU,
      ],
      notes: [
        'Les schémas sont compilés avant d’être installés : un jeu dont un schéma ne peut pas être appliqué est refusé, et',
        'rien n’est installé. Rien n’est demandé au réseau ; un catalogue XML (catalog.xml, OASIS) placé dans le jeu mène les',
        'adresses à ses fichiers. Importer deux fois le même jeu ne change rien ; un paquet abîmé est remis en état.',
        'Codes de sortie : 0 importé ou déjà en place, 1 échec (fichier, disque), 2 commande mal écrite, 3 refusé.',
      ],
      json: true,
      charger: () => import('./verbes/schemas.ts').then((m) => m.importer),
    },
    {
      nom: 'lister',
      alias: 'list',
      resume: 'montrer les paquets installés, ce qu’ils décrivent, et lesquels sont en vigueur',
      options: OU,
      json: true,
      charger: () => import('./verbes/schemas.ts').then((m) => m.lister),
    },
    {
      nom: 'politique',
      resume: 'dire ce que fait un paquet d’un fichier non conforme',
      arguments: [NOM, ['<politique>', 'ignorer, avertir ou bloquer']],
      options: OU,
      notes: ['Un démon en marche suit le changement sans redémarrer.'],
      json: true,
      charger: () => import('./verbes/schemas.ts').then((m) => m.politique),
    },
    {
      nom: 'retirer',
      alias: 'remove',
      resume: 'retirer un paquet',
      arguments: [NOM],
      options: OU,
      json: true,
      charger: () => import('./verbes/schemas.ts').then((m) => m.retirer),
    },
    {
      nom: 'valider',
      alias: 'validate',
      resume: 'dire si un PES est conforme à un paquet, ou à chacun',
      arguments: [['<fichier>', 'fichier XML']],
      options: [
        ['--paquet <nom>', 'seulement ce paquet ; à défaut tous'],
        ['--erreurs <nombre>', 'fautes à montrer par paquet (50 par défaut)'],
        ...OU,
      ],
      notes: [
        'Le fichier est lu une fois, quel que soit le nombre de paquets. Les paquets à ignorer sont interrogés aussi, et ne',
        'comptent pas dans le code de sortie, sauf nommés par --paquet ou seuls à répondre.',
        'Codes de sortie : 0 conforme ; 1 échec, ou paquet inutilisable ; 2 commande mal écrite ; 3 non conforme à un paquet',
        'qui compte, décrit par aucun, ou mal formé.',
      ],
      json: true,
      charger: () => import('./verbes/schemas.ts').then((m) => m.valider),
    },
  ],
};
