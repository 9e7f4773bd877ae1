import type { Verbe } from './verbe.ts';

/** Verbs about the base itself, while no daemon holds it. */

const CONFIG = ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'] as const;

export const STOCKAGE: Verbe = {
  nom: 'stockage',
  alias: 'storage',
  resume: 'base de l’état et du journal : la passer à PostgreSQL, revenir à un schéma antérieur',
  sous: [
    {
      nom: 'migrer',
      alias: 'migrate',
      resume: 'passer la base SQLite du dossier des données à PostgreSQL, démons arrêtés',
      options: [
        ['--recommencer', 'vider ce qu’un passage inachevé a laissé sur PostgreSQL, et tout reprendre'],
        CONFIG,
      ],
      notes: [
        'La base SQLite est celle du réglage « donnees », la base PostgreSQL celle de « [stockage.postgres] », que',
        'stockage.type vaille déjà postgres ou encore sqlite. Interrompu à tout instant, même tué, le passage reprend par la même',
        'commande ; d’ici là, SQLite sert toujours. Il finit par une vérification (chaque table, chaque chaîne du journal), puis',
        'la base SQLite ne s’ouvre plus et PostgreSQL sert. Le coffre ne bouge pas.',
        'Codes de sortie : 0 complet, ou déjà fait ; 1 échec (réglages, disque, serveur, démon en marche) ; 2 commande mal',
        'écrite ; 3 écart : la copie n’est pas la base, rien n’a changé de main.',
      ],
      json: true,
      charger: () => import('./verbes/stockage.ts').then((m) => m.migrer),
    },
    {
      nom: 'reprendre',
      resume: 'revenir exprès à la base SQLite passée à PostgreSQL, démons arrêtés',
      options: [
        ['--perdue', 'renoncer à ce que PostgreSQL a fait depuis, ou qu’on ne peut plus lui demander'],
        CONFIG,
      ],
      notes: [
        'Si rien n’a été fait depuis le passage, la base SQLite sert de nouveau telle quelle. Sinon, il faut --perdue : elle est',
        'alors une sauvegarde remise, et rien n’est envoyé avant « vaguemestre reconcilier ».',
        'Codes de sortie : 0 la base SQLite sert de nouveau, 1 échec ou refus, 2 commande mal écrite.',
      ],
      json: true,
      charger: () => import('./verbes/stockage.ts').then((m) => m.reprendre),
    },
    {
      nom: 'schema',
      resume: 'montrer le schéma de la base, ou l’amener à un autre pour remettre un programme antérieur',
      options: [
        ['--vers <numero>', 'amener la base à ce schéma, démons arrêtés ; tout entier ou pas du tout'],
        CONFIG,
      ],
      notes: [
        'Descendre est refusé tant que la base contient ce que le programme antérieur ne saurait pas ; ce que la descente perd',
        'sans dommage est montré. Le journal ne change jamais. Sauvegarder avant.',
        'Codes de sortie : 0 montré ou fait, 1 échec ou refus (rien n’a changé), 2 commande mal écrite.',
      ],
      json: true,
      charger: () => import('./verbes/stockage.ts').then((m) => m.schema),
    },
  ],
};
