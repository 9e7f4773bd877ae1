import type { Verbe } from './verbe.ts';

/** Verbs about what is exchanged with the préfecture after an acte. */

export const ECHANGES: readonly Verbe[] = [
  {
    nom: 'repondre',
    alias: 'reply',
    resume: 'répondre à un courrier de la préfecture (courrier simple, demande de pièces, observations)',
    arguments: [['<id>', 'identifiant du flux du courrier, non de l’acte']],
    options: [
      ['--document <fichier:typologie>*', 'document et sa typologie (plan.pdf:99_DE)'],
      ['--annexe <fichier:typologie...>', 'autres pièces demandées, dans l’ordre'],
      ['--refus', 'refuser d’envoyer les pièces demandées, ou rejeter les observations'],
      ['--cle <cle>', 'clé d’idempotence : répéter la commande avec elle est sans effet'],
    ],
    notes: [
      '« vaguemestre montrer » de l’acte liste ses courriers ; de l’un d’eux, il dit ce qui peut y être répondu. L’accusé',
      'de réception d’une demande de pièces ou d’une lettre d’observations part de lui-même.',
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/echanges.ts').then((m) => m.repondre),
  },
  {
    nom: 'annuler',
    resume: 'demander à la préfecture d’annuler la transmission d’un acte qu’elle a reçu',
    arguments: [['<id>', 'identifiant du flux, ou identifiant unique de l’acte']],
    notes: [
      'L’acte n’est annulé qu’à l’arrivée de l’accusé de la préfecture. Un flux qui n’est pas encore parti s’abandonne',
      '(« vaguemestre abandonner »).',
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/echanges.ts').then((m) => m.annuler),
  },
  {
    nom: 'classification',
    resume: 'montrer la classification détenue d’une collectivité, ou la demander à la préfecture',
    arguments: [['<siren>', 'SIREN de la collectivité (neuf chiffres)']],
    options: [
      ['--demander', 'la demander à la préfecture (7-1), une fois par jour au plus'],
      ['--complete', 'avec --demander : tout redemander, même si celle qui est détenue est en vigueur'],
    ],
    notes: [
      'Celle que la préfecture envoie en réponse entre en vigueur d’elle-même. Depuis un fichier :',
      '« vaguemestre collectivite classification ».',
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/classification.ts'),
  },
];
