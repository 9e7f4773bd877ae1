import type { Verbe } from './verbe.ts';

/** Verbs about the trust store: files of the disk, without daemon. */

const OU: NonNullable<Verbe['options']> = [
  ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'],
  ['--dossier <dossier>', 'dossier du magasin, à la place de celui des réglages'],
];

export const CONFIANCE: Verbe = {
  nom: 'confiance',
  resume: 'autorités que l’on croit : listes de confiance, certificats, niveaux',
  sous: [
    {
      nom: 'importer',
      resume: 'importer une liste de confiance signée (XML), ou des certificats d’autorités (PEM ou DER)',
      arguments: [['<fichiers...>', 'une liste de confiance, ou des certificats']],
      options: [
        ...OU,
        [
          '--signataire <certificats...>',
          'pour une liste : certificat admis à la signer (fichier, ou son SHA-256)',
        ],
        ['--liste-des-listes <fichier>', 'pour une liste : liste des listes européenne, importée d’abord'],
        ['--forcer', 'pour une liste : la prendre même périmée ou plus ancienne ; jamais mal signée'],
        ['--famille <nom>', 'pour des certificats : famille où les ranger (rgs, dgfip…)'],
        ['--niveau <texte>', 'pour des certificats : niveau de ce qu’ils émettent (« RGS ** »…)'],
        ['--politique <oids...>', 'pour des certificats : seulement sous ces politiques ; à défaut, toutes'],
      ],
      notes: [
        'Une liste n’est prise que signée par un certificat donné avec --signataire, ou que la liste des listes désigne pour',
        'son territoire. Son numéro d’ordre ne recule pas. Chaque modification laisse une ligne dans registre.jsonl.',
        'Codes de sortie : 0 importé ou déjà en place, 1 échec (fichier, disque), 2 commande mal écrite, 3 refusé.',
      ],
      json: true,
      charger: () => import('./verbes/confiance.ts').then((m) => m.importer),
    },
    {
      nom: 'montrer',
      resume: 'montrer familles, autorités, niveaux, validités, et ce qui expire dans les 60 jours',
      options: OU,
      json: true,
      charger: () => import('./verbes/confiance.ts').then((m) => m.montrer),
    },
    {
      nom: 'retirer',
      resume: 'retirer une famille, ou une de ses autorités',
      arguments: [
        ['<famille>', 'nom de la famille, ou « liste-des-listes »'],
        ['[autorite]', 'son nom, ou le début de son SHA-256 (8 chiffres au moins)'],
      ],
      options: OU,
      json: true,
      charger: () => import('./verbes/confiance.ts').then((m) => m.retirer),
    },
    {
      nom: 'juger',
      resume: 'dire si un certificat est digne de confiance, à quel niveau, et par quel chemin',
      arguments: [['<certificat>', 'certificat (PEM ou DER), suivi au besoin de ceux de ses autorités']],
      options: [
        ...OU,
        ['--magasin <fichier>', 'autre magasin : fichier JSON ou dossier'],
        ['--instant <date>', 'date à laquelle le juger (2026-06-15T12:00:00Z) ; à défaut, maintenant'],
        ['--intermediaire <fichiers...>', 'certificats d’autorités intermédiaires'],
        ['--crl <fichiers...>', 'listes de révocation (DER ou PEM)'],
        ['--ocsp <fichiers...>', 'réponses OCSP (DER)'],
      ],
      notes: [
        'Rien n’est demandé au réseau : sans liste de révocation ni réponse OCSP, le verdict est « indéterminé ».',
        'Codes de sortie : 0 digne de confiance, 1 échec, 2 commande mal écrite, 3 tout autre verdict.',
      ],
      json: true,
      charger: () => import('./verbes/confiance.ts').then((m) => m.juger),
    },
  ],
};
