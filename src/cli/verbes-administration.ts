import type { Verbe } from './verbe.ts';

/** Verbs about those who are served, their notifications, tokens, the journal. */

const SIREN = ['<siren>', 'SIREN de la collectivité (neuf chiffres)'] as const;

const DESTINATION = ['<destination>', 'ACTES, HELIOS, ou une passerelle (HELIOS:dgfip)'] as const;

const FICHE: NonNullable<Verbe['options']> = [
  ['--nom <nom>', 'nom de la collectivité'],
  ['--departement <code>', 'département, trois caractères (034, 02A)'],
  ['--arrondissement <chiffre>', 'arrondissement, un chiffre'],
  ['--nature <code>', 'nature, deux chiffres de la table de la DGCL (31 : commune)'],
  ['--referent-nom <nom>', 'nom du référent, écrit dans l’enveloppe'],
  ['--referent-telephone <numero>', 'téléphone du référent'],
  ['--referent-courriel <adresse>', 'courriel du référent'],
  ['--adresse-retour <adresses...>', 'autres adresses de retour'],
  [
    '--cachet <quoi>',
    'ACTES : ce que nous signons : aucun, formulaire, documents ou tout ; « - » : ce que dit l’exploitant',
  ],
  ['--cle-cachet <nom>', 'ACTES : clé des réglages qui signe ; « - » : celle de l’exploitant'],
  ['--siret <sirets...>', 'HELIOS : SIRET de ses budgets'],
  ['--destination <centre>', 'HELIOS : centre destinataire, P_DEST (VHPCE11…)'],
  ['--passerelle <nom>', 'HELIOS : passerelle des réglages ; « - » : la première'],
  [
    '--signature <sort>',
    'HELIOS : sort d’un PES non signé : refuser (par défaut), transmettre, signer, confirmer ou parapheur',
  ],
  ['--perimetre <unite>', 'HELIOS : ce que nous signons, bordereaux (par défaut) ou fichier'],
  ['--cle-signature <nom>', 'HELIOS : clé des réglages qui signe ; « - » : aucune'],
  ['--qualite <texte>', 'HELIOS : qualité du signataire écrite dans nos signatures'],
];

const point: Verbe = {
  nom: 'point',
  resume: 'où vont les notifications',
  sous: [
    {
      nom: 'ajouter',
      resume: 'ajouter un webhook (https://…) ou une adresse de courriel',
      arguments: [SIREN, ['<cible>', 'adresse https://… ou courriel']],
      options: [['--evenement <types...>', 'seulement ces événements (flux.acquitte…) ; tous par défaut']],
      demon: true,
      json: true,
      charger: () => import('./verbes/points.ts').then((m) => m.ajouter),
    },
    {
      nom: 'retirer',
      resume: 'retirer un point',
      arguments: [SIREN, ['<point>', 'identifiant du point']],
      demon: true,
      charger: () => import('./verbes/points.ts').then((m) => m.retirer),
    },
    {
      nom: 'activer',
      resume: 'activer un point suspendu',
      arguments: [SIREN, ['<point>', 'identifiant du point']],
      demon: true,
      charger: () => import('./verbes/points.ts').then((m) => m.activer),
    },
    {
      nom: 'suspendre',
      resume: 'suspendre un point',
      arguments: [SIREN, ['<point>', 'identifiant du point']],
      demon: true,
      charger: () => import('./verbes/points.ts').then((m) => m.suspendre),
    },
    {
      nom: 'secret',
      resume: 'renouveler le secret d’un webhook ; l’ancien reste bon jusqu’au renouvellement suivant',
      arguments: [SIREN, ['<point>', 'identifiant du point']],
      demon: true,
      json: true,
      charger: () => import('./verbes/points.ts').then((m) => m.secret),
    },
  ],
};

export const ADMINISTRATION: readonly Verbe[] = [
  {
    nom: 'collectivite',
    resume: 'collectivités servies',
    sous: [
      {
        nom: 'ajouter',
        resume: 'ajouter une collectivité',
        arguments: [SIREN],
        options: FICHE,
        demon: true,
        json: true,
        charger: () => import('./verbes/collectivite.ts').then((m) => m.ajouter),
      },
      {
        nom: 'modifier',
        resume: 'modifier une collectivité ; ce qui n’est pas donné reste',
        arguments: [SIREN],
        options: [...FICHE, ['--activer', 'accepter ses dépôts'], ['--desactiver', 'refuser ses dépôts']],
        demon: true,
        json: true,
        charger: () => import('./verbes/collectivite.ts').then((m) => m.modifier),
      },
      {
        nom: 'lister',
        resume: 'lister les collectivités',
        demon: true,
        json: true,
        charger: () => import('./verbes/collectivite.ts').then((m) => m.lister),
      },
      {
        nom: 'montrer',
        resume: 'montrer une collectivité',
        arguments: [SIREN],
        demon: true,
        json: true,
        charger: () => import('./verbes/collectivite.ts').then((m) => m.montrer),
      },
      {
        nom: 'classification',
        resume: 'importer la classification d’un fichier (message 7-2 de la préfecture)',
        arguments: [SIREN, ['<fichier>', 'message XML']],
        demon: true,
        json: true,
        charger: () => import('./verbes/collectivite.ts').then((m) => m.classification),
      },
      point,
    ],
  },
  {
    nom: 'webhook',
    resume: 'notifications par webhook',
    sous: [
      {
        nom: 'recevoir',
        resume: 'recevoir ici des webhooks, pour mettre au point un récepteur',
        options: [
          ['--port <port>', 'port d’écoute (8787 par défaut)'],
          ['--secret <secret>', 'secret du point (whsec_…) : vérifie les signatures'],
          ['--statut <statut>', 'statut HTTP à répondre (204 par défaut)'],
        ],
        json: true,
        charger: () => import('./verbes/webhook.ts').then((m) => m.recevoir),
      },
      {
        nom: 'lister',
        resume: 'lister les notifications dues, livrées ou abandonnées',
        options: [
          ['--flux <id>', 'celles d’un flux'],
          ['--etat <etats...>', 'a_faire, livree, abandonnee'],
          ['--limite <nombre>', '1 à 1000 (50 par défaut)'],
        ],
        demon: true,
        json: true,
        charger: () => import('./verbes/webhook.ts').then((m) => m.lister),
      },
      {
        nom: 'essais',
        resume: 'montrer le journal de livraison d’une notification',
        arguments: [['<id>', 'identifiant de la notification (webhook-id)']],
        demon: true,
        json: true,
        charger: () => import('./verbes/webhook.ts').then((m) => m.essais),
      },
      {
        nom: 'rejouer',
        resume: 'livrer de nouveau, sous le même webhook-id',
        arguments: [['[id]', 'identifiant de la notification (webhook-id)']],
        options: [
          ['--tous', 'toutes les notifications abandonnées'],
          ['--siren <siren>', 'avec --tous : seulement celles de cette collectivité'],
        ],
        demon: true,
        json: true,
        charger: () => import('./verbes/rejouer.ts'),
      },
    ],
  },
  {
    nom: 'destination',
    resume: 'portes de l’État : suspendre l’émission, la reprendre',
    sous: [
      {
        nom: 'lister',
        resume: 'lister les destinations et les suspensions',
        demon: true,
        json: true,
        charger: () => import('./verbes/destination.ts').then((m) => m.lister),
      },
      {
        nom: 'suspendre',
        resume: 'suspendre aussitôt l’émission ; les dépôts continuent, les flux attendent',
        arguments: [DESTINATION],
        options: [['--motif <texte>*', 'raison, écrite au journal (sans donnée personnelle)']],
        demon: true,
        json: true,
        charger: () => import('./verbes/destination.ts').then((m) => m.suspendre),
      },
      {
        nom: 'reprendre',
        resume: 'reprendre l’émission : ce qui attendait part dans la minute',
        arguments: [DESTINATION],
        demon: true,
        json: true,
        charger: () => import('./verbes/destination.ts').then((m) => m.reprendre),
      },
    ],
  },
  {
    nom: 'jeton',
    resume: 'jetons de l’API',
    sous: [
      {
        nom: 'creer',
        resume: 'créer un jeton ; il n’est montré que cette fois',
        arguments: [['<nom>', 'nom du jeton, écrit au journal à chaque demande']],
        options: [['--siren <siren>', 'limité à cette collectivité ; sinon, jeton d’exploitant']],
        demon: true,
        json: true,
        charger: () => import('./verbes/jeton.ts').then((m) => m.creer),
      },
      {
        nom: 'lister',
        resume: 'lister les jetons',
        demon: true,
        json: true,
        charger: () => import('./verbes/jeton.ts').then((m) => m.lister),
      },
      {
        nom: 'revoquer',
        resume: 'révoquer un jeton',
        arguments: [['<nom>', 'nom du jeton']],
        demon: true,
        charger: () => import('./verbes/jeton.ts').then((m) => m.revoquer),
      },
    ],
  },
  {
    nom: 'journal',
    resume: 'journal à valeur de preuve',
    sous: [
      {
        nom: 'verifier',
        resume: 'vérifier le chaînage de tout le journal',
        demon: true,
        json: true,
        charger: () => import('./verbes/journal.ts'),
      },
    ],
  },
];
