import type { ModuleVerbe } from './monde.ts';

/**
 * The verbs, as data: their help is written from it, their code is loaded only when called
 * (`--help` costs commander and this table).
 */
export interface Verbe {
  readonly nom: string;
  /** English word that operators would guess. */
  readonly alias?: string;
  readonly resume: string;
  /** `<obligatoire>` or `[facultatif]`, and what it is. */
  readonly arguments?: readonly (readonly [string, string])[];
  /** commander's flags, and what it is; `…*` marks one that must be given. */
  readonly options?: readonly (readonly [string, string])[];
  /** Speaks to the daemon: takes --config and --socket. */
  readonly demon?: true;
  readonly json?: true;
  readonly sous?: readonly Verbe[];
  readonly charger?: () => Promise<ModuleVerbe>;
}

const CONFIG = ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'] as const;
const MOTIF = ['--motif <texte>*', 'raison, écrite au journal (sans donnée personnelle)'] as const;
const ID_FLUX = ['<id>', 'identifiant du flux'] as const;
const ID_RETOUR = ['<id>', 'identifiant du retour'] as const;
const SIREN = ['<siren>', 'SIREN de la collectivité (neuf chiffres)'] as const;

const FICHE: NonNullable<Verbe['options']> = [
  ['--nom <nom>', 'nom de la collectivité'],
  ['--departement <code>', 'département, trois caractères (034, 02A)'],
  ['--arrondissement <chiffre>', 'arrondissement, un chiffre'],
  ['--nature <code>', 'nature, deux chiffres de la table de la DGCL (31 : commune)'],
  ['--referent-nom <nom>', 'nom du référent, écrit dans l’enveloppe'],
  ['--referent-telephone <numero>', 'téléphone du référent'],
  ['--referent-courriel <adresse>', 'courriel du référent'],
  ['--adresse-retour <adresses...>', 'autres adresses de retour'],
];

const flux: readonly Verbe[] = [
  {
    nom: 'deposer',
    resume: 'déposer un acte et ses annexes',
    options: [
      ['--siren <siren>*', 'collectivité'],
      ['--document <fichier:typologie>*', 'document principal et sa typologie (delib.pdf:99_DE)'],
      ['--annexe <fichier:typologie...>', 'annexes, dans l’ordre'],
      ['--numero <numero>', 'numéro de l’acte'],
      ['--date <jour>', 'date de la décision (AAAA-MM-JJ)'],
      ['--objet <texte>', 'objet'],
      ['--nature <code>', 'nature (1 : délibération, 2 : arrêté réglementaire…)'],
      ['--matiere <code>', 'matière de la classification (7.1)'],
      ['--papier', 'des documents papier suivent par ailleurs'],
      ['--precedent <identifiant>', 'identifiant unique de l’acte que celui-ci remplace'],
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
    arguments: [['[id]', 'identifiant du flux']],
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
    options: [['--recu', 'l’État le détient'], ['--non-recu', 'l’État ne le détient pas : il repartira'], MOTIF],
    demon: true,
    json: true,
    charger: () => import('./verbes/ordres.ts').then((m) => m.trancher),
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
];

const retours: readonly Verbe[] = [
  {
    nom: 'relever',
    resume: 'relever maintenant les boîtes où l’État répond',
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
        resume: 'ranger à la main un message enregistré (.eml)',
        arguments: [['<fichier>', 'message brut']],
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
        resume: 'rattacher un retour à un flux ; l’état du flux ne change pas',
        arguments: [ID_RETOUR, ['<flux>', 'identifiant du flux']],
        demon: true,
        json: true,
        charger: () => import('./verbes/retours.ts').then((m) => m.rattacher),
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
      resume: 'renouveler le secret d’un webhook ; l’ancien reste bon quelque temps',
      arguments: [SIREN, ['<point>', 'identifiant du point']],
      demon: true,
      json: true,
      charger: () => import('./verbes/points.ts').then((m) => m.secret),
    },
  ],
};

const administration: readonly Verbe[] = [
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
        resume: 'importer la classification (message 7-2 de la préfecture)',
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
        arguments: [['<id>', 'identifiant de la notification (webhook-id)']],
        demon: true,
        json: true,
        charger: () => import('./verbes/webhook.ts').then((m) => m.rejouer),
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

const horsLigne: readonly Verbe[] = [
  {
    nom: 'controler',
    resume: 'dire, hors ligne, ce qui serait refusé dans une archive .tar.gz ou un message XML, et pourquoi',
    arguments: [['<fichier>', 'archive ou message']],
    json: true,
    charger: () => import('./verbes/hors-ligne.ts').then((m) => m.controlerFichier),
  },
  {
    nom: 'verifier',
    resume: 'vérifier, hors ligne, un fichier de preuve .asice',
    arguments: [['<fichier>', 'preuve']],
    json: true,
    charger: () => import('./verbes/hors-ligne.ts').then((m) => m.verifierFichier),
  },
];

const demon: readonly Verbe[] = [
  {
    nom: 'demarrer',
    alias: 'serve',
    resume: 'démarrer le démon (Ctrl-C ou SIGTERM l’arrête proprement)',
    options: [CONFIG],
    charger: () => import('./verbes/demarrer.ts'),
  },
  {
    nom: 'diagnostiquer',
    resume: 'faire l’état du démon : réglages, files, correspondants, disque',
    demon: true,
    json: true,
    charger: () => import('./verbes/diagnostiquer.ts'),
  },
  {
    nom: 'config',
    resume: 'montrer les réglages en vigueur et l’origine de chacun',
    options: [CONFIG],
    json: true,
    charger: () => import('./verbes/config.ts'),
  },
];

const essai: readonly Verbe[] = [
  {
    nom: 'simulateur',
    resume: 'faire tourner un ministère simulé (HTTPS et SMTP réels)',
    options: [
      ['--port <port>', 'port HTTPS (0 par défaut : un port libre)'],
      ['--smtp <hote:port>', 'où envoyer ses réponses (127.0.0.1:2525 par défaut)'],
      ['--graine <nombre>', 'même graine, mêmes délais (1 par défaut)'],
      ['--dossier <dossier>', 'clés et registre (simulateur par défaut)'],
    ],
    json: true,
    charger: () => import('./verbes/banc.ts').then((m) => m.simulateur),
  },
  {
    nom: 'demo',
    resume: 'faire la démonstration complète, simulateur et démon compris',
    options: [['--dossier <dossier>', 'tout garder dans ce dossier']],
    json: true,
    charger: () => import('./verbes/banc.ts').then((m) => m.demo),
  },
];

export const VERBES: readonly { readonly titre: string; readonly verbes: readonly Verbe[] }[] = [
  { titre: 'Le démon', verbes: demon },
  { titre: 'Les flux', verbes: flux },
  { titre: 'Les réponses de l’État', verbes: retours },
  { titre: 'Hors ligne', verbes: horsLigne },
  { titre: 'Administration', verbes: administration },
  { titre: 'Essai', verbes: essai },
];
