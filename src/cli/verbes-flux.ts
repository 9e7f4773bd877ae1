import type { Verbe } from './verbe.ts';

/** Verbs about flux and the answers of the State. */

const MOTIF = ['--motif <texte>*', 'raison, écrite au journal (sans donnée personnelle)'] as const;
const DESIGNATION =
  'identifiant du flux, identifiant unique de l’acte, NomFic du PES, nom de l’archive ou d’envoi';
const ID_FLUX = ['<id>', DESIGNATION] as const;
const ID_RETOUR = ['<id>', 'identifiant du retour'] as const;

export const FLUX: readonly Verbe[] = [
  {
    nom: 'deposer',
    resume: 'déposer un acte et ses annexes, ou un PES',
    options: [
      ['--siren <siren>*', 'collectivité'],
      ['--pes <fichier>', 'fichier PES (HELIOS), à la place d’un acte'],
      ['--document <fichier:typologie>', 'document principal et sa typologie (delib.pdf:99_DE)'],
      ['--annexe <fichier:typologie...>', 'annexes, dans l’ordre'],
      ['--numero <numero>', 'numéro de l’acte'],
      ['--date <jour>', 'date de la décision (AAAA-MM-JJ)'],
      ['--objet <texte>', 'objet'],
      ['--nature <code>', 'nature (1 : délibération, 2 : arrêté réglementaire…)'],
      ['--matiere <code>', 'matière de la classification (7.1)'],
      ['--papier', 'des documents papier suivent par ailleurs'],
      ['--precedent <identifiant>', 'identifiant unique de l’acte que celui-ci remplace'],
      ['--corrige <flux>', 'le flux, déjà répondu, que ce dépôt corrige'],
      ['--cle <cle>', 'clé d’idempotence : répéter la commande avec elle est sans effet'],
      ['--a-blanc', 'répondre seulement les contrôles, sans rien garder'],
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/deposer.ts'),
  },
  {
    nom: 'lister',
    alias: 'list',
    resume: 'lister les flux, du plus récent au plus ancien',
    options: [
      ['--etat <etats...>', 'seulement ces états (pret, transmis, incertain…)'],
      ['--protocole <nom>', 'ACTES ou HELIOS'],
      ['--recherche <texte>', 'partie de l’identité ou du nom d’envoi'],
      ['--alerte', 'seulement ceux qui ont une alerte'],
      ['--avant <id>', 'page suivante : déposés avant ce flux'],
      ['--limite <nombre>', 'nombre de flux, 1 à 1000 (50 par défaut)'],
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/lister.ts'),
  },
  {
    nom: 'montrer',
    alias: 'inspect',
    resume: 'montrer un flux : chronologie, pièces, empreintes, notifications',
    arguments: [ID_FLUX],
    options: [
      ['--piece <rang>', 'télécharger cette pièce'],
      ['--sortie <fichier>', 'où l’écrire'],
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/montrer.ts'),
  },
  {
    nom: 'suivre',
    resume: 'suivre en direct tous les flux, ou un seul jusqu’à sa fin',
    arguments: [['[id]', DESIGNATION]],
    demon: true,
    json: true,
    charger: () => import('./verbes/suivre.ts'),
  },
  {
    nom: 'renvoyer',
    alias: 'resend',
    resume: 'envoyer de nouveau, sous le même nom, un flux en échec ou sans accusé',
    arguments: [ID_FLUX],
    demon: true,
    json: true,
    charger: () => import('./verbes/ordres.ts').then((m) => m.renvoyer),
  },
  {
    nom: 'confirmer',
    resume: 'donner l’accord de la collectivité pour que son PES soit signé ici',
    arguments: [ID_FLUX],
    demon: true,
    json: true,
    charger: () => import('./verbes/ordres.ts').then((m) => m.confirmer),
  },
  {
    nom: 'apporter',
    resume: 'apporter un PES signé ailleurs, pour le flux qui l’attend',
    arguments: [ID_FLUX, ['<fichier>', 'le fichier déposé, signé sans autre changement']],
    demon: true,
    json: true,
    charger: () => import('./verbes/ordres.ts').then((m) => m.apporter),
  },
  {
    nom: 'abandonner',
    resume: 'renoncer à un flux qui n’est pas parti',
    arguments: [ID_FLUX],
    options: [MOTIF],
    demon: true,
    json: true,
    charger: () => import('./verbes/ordres.ts').then((m) => m.abandonner),
  },
  {
    nom: 'trancher',
    resume: 'dire si l’État détient un flux au sort incertain',
    arguments: [ID_FLUX],
    options: [
      ['--recu', 'l’État le détient'],
      ['--non-recu', 'l’État ne le détient pas : il repartira'],
      MOTIF,
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/ordres.ts').then((m) => m.trancher),
  },
  {
    nom: 'corriger',
    resume: 'dire ce que le PES corrigé doit retirer, corriger ou renvoyer, d’après l’acquittement',
    arguments: [ID_FLUX],
    options: [
      [
        '--verifier <fichier>',
        'vérifier ce PES corrigé : rien d’accepté n’y reste, rien de refusé n’y manque',
      ],
    ],
    notes: [
      'Avec --verifier, codes de sortie : 0 rien à reprendre, 3 un point au moins à reprendre ou fichier illisible. La',
      'commande ne voit pas si ce qui avait été refusé est bien corrigé : « deposer --a-blanc » refait tous les contrôles.',
    ],
    demon: true,
    json: true,
    charger: () => import('./verbes/corriger.ts'),
  },
  {
    nom: 'preuve',
    resume: 'exporter la preuve d’un flux (.asice)',
    arguments: [ID_FLUX],
    options: [['--sortie <fichier>*', 'où l’écrire']],
    demon: true,
    json: true,
    charger: () => import('./verbes/preuve.ts'),
  },
  {
    nom: 'exporter',
    resume: 'exporter une table pour un tiers',
    sous: [
      {
        nom: 'trace-helios',
        resume: 'trace des fichiers échangés avec Hélios : noms, dates, tailles, empreintes (CSV)',
        options: [
          ['--du <jour>*', 'premier jour (AAAA-MM-JJ), heure de Paris'],
          ['--au <jour>*', 'dernier jour, compris'],
          ['--siren <siren>', 'une seule collectivité'],
          ['--sortie <fichier>*', 'où l’écrire'],
        ],
        demon: true,
        json: true,
        charger: () => import('./verbes/exporter.ts'),
      },
    ],
  },
];

export const RETOURS: readonly Verbe[] = [
  {
    nom: 'relever',
    resume: 'relever maintenant les boîtes et les passerelles où l’État répond',
    demon: true,
    json: true,
    charger: () => import('./verbes/relever.ts'),
  },
  {
    nom: 'retours',
    resume: 'messages reçus de l’État, et ceux qu’une personne doit trancher',
    sous: [
      {
        nom: 'lister',
        resume: 'lister les retours (ceux à trancher par défaut)',
        options: [
          ['--etat <etats...>', 'recu, attribue, a_trancher, classe'],
          ['--tous', 'tous les états'],
          ['--avant <id>', 'page suivante'],
          ['--limite <nombre>', 'nombre de retours, 1 à 1000 (50 par défaut)'],
        ],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.lister),
      },
      {
        nom: 'montrer',
        resume: 'montrer un retour et ses parties',
        arguments: [ID_RETOUR],
        options: [['--sortie <fichier>', 'enregistrer le message tel que reçu']],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.montrer),
      },
      {
        nom: 'deposer',
        resume: 'ranger à la main un courriel enregistré (.eml) ou un fichier de la DGFiP (.xml)',
        arguments: [['<fichier>', 'message brut ; un fichier .xml est rangé sous son nom']],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.deposer),
      },
      {
        nom: 'retraiter',
        resume: 'analyser de nouveau un retour',
        arguments: [ID_RETOUR],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.retraiter),
      },
      {
        nom: 'rattacher',
        resume: 'rattacher un retour à un flux, et dire au besoin ce que signifie un acquittement',
        arguments: [ID_RETOUR, ['<flux>', 'identifiant du flux']],
        options: [
          ['--issue <issue>', 'accepte, partiel ou refuse : ce qu’Hélios a fait du fichier ; règle le flux'],
          ['--motif <texte>', 'raison, écrite au journal (sans donnée personnelle) ; va avec --issue'],
        ],
        notes: [
          'Sans --issue, l’état du flux ne change pas. « --issue accepte » et « --issue partiel » reviennent aussi sur un refus',
          'déjà reçu, tant qu’aucun autre flux ne porte le même nom.',
        ],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.rattacher),
      },
      {
        nom: 'remettre',
        resume: 'remettre à une collectivité un PES Retour dont le SIRET est inconnu ou partagé',
        arguments: [ID_RETOUR],
        options: [['--siren <siren>*', 'collectivité']],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.remettre),
      },
      {
        nom: 'classer',
        resume: 'dire qu’un retour n’appelle rien',
        arguments: [ID_RETOUR],
        options: [MOTIF],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.classer),
      },
    ],
  },
];
