import type { Verbe } from './verbe.ts';

/** Verbs that need neither daemon nor settings: they read files and answer. */

const DOCUMENT = ['<fichier>', 'fichier XML'] as const;
const CONFIG = [
  '--config <fichier>',
  'réglages (TOML) dont suivre la section « confiance » ; à défaut, la variable VAGUEMESTRE_CONFIG',
] as const;
const TIRET = 'Un nom qui commence par un tiret s’écrit « ./-nom ».';

const signer: Verbe = {
  nom: 'signer',
  alias: 'sign',
  resume: 'signer, hors ligne, un PES Aller (XAdES), avec une clé PKCS#12',
  arguments: [['<fichier>', 'PES Aller à signer ; il n’est pas modifié']],
  options: [
    ['--p12 <fichier>*', 'clé et certificat (PKCS#12 : .p12 ou .pfx)'],
    ['--secret-fichier <fichier>*', 'fichier qui contient le mot de passe du PKCS#12'],
    ['--sortie <fichier>*', 'où écrire le PES signé'],
    ['--remplacer', 'remplacer le fichier de sortie s’il existe'],
    ['--bordereaux', 'signer chaque bordereau (par défaut)'],
    ['--fichier', 'signer le fichier entier, pièces jointes comprises'],
    ['--id <ids...>', 'signer ces seuls éléments, par leur attribut Id'],
    ['--ajouter-id', 'ajouter l’attribut Id qui manque aux éléments à signer'],
    ['--annoncer', 'faire dire au fichier qu’il est dématérialisé (InfoDematerialisee à 1)'],
    ['--role <texte>', 'qualité du signataire ; à défaut le titre, sinon l’organisation, du certificat'],
    ['--ville <texte>', 'lieu de la signature'],
    ['--code-postal <texte>', 'code postal du lieu'],
    ['--pays <texte>', 'pays du lieu'],
    ['--politique <oid>', 'politique de signature ; à défaut la plus récente de la DGFiP que l’on connaisse'],
    ['--xades <version>', '1.1.1 (par défaut, celle du schéma du PES), 1.2.2, 1.3.2 ou 1.4.1'],
    CONFIG,
    ['--instant <date>', 'date de signature à écrire, pour un essai ou une reprise ; à défaut maintenant'],
  ],
  notes: [
    'Par défaut chaque bordereau est signé : c’est ce que signe un ordonnateur, et la signature suit son bordereau.',
    'Les pièces jointes ne sont alors pas couvertes ; --fichier couvre tout. Un fichier sans bordereau est refusé',
    'plutôt que signé autrement. Un élément déjà signé est refusé : la politique n’admet pas de cosignature.',
    'Hélios refuse un fichier signé qui ne s’annonce pas dématérialisé : s’il ne le fait pas, la réponse en avertit, et',
    '--annoncer y remédie. Hors des signatures, des Id ajoutés et de cette annonce, aucun octet ne change.',
    TIRET,
    'Codes de sortie : 0 signé, 1 échec (fichier, mot de passe, disque), 2 commande mal écrite,',
    '3 document ou certificat refusé. Rien n’est écrit si la signature n’est pas faite.',
  ],
  json: true,
  charger: () => import('./verbes/signer.ts'),
};

const verifier: Verbe = {
  nom: 'verifier',
  alias: 'verify',
  resume:
    'vérifier, hors ligne, un fichier de preuve .asice, ou les signatures d’un XML, d’un PDF, d’une archive ACTES ou d’un .p7s',
  arguments: [
    [
      '<fichier>',
      'preuve (.asice), XML ou PDF signé, archive ACTES (.tar.gz) ou signature (.p7s), reconnus à leur contenu',
    ],
  ],
  options: [
    ['--magasin <fichiers...>', 'magasins de confiance (JSON) ou dossiers qui les contiennent'],
    CONFIG,
    ['--sans-magasin', 'ne pas juger la chaîne des certificats, même si des réglages donnent un magasin'],
    ['--crl <fichiers...>', 'preuves de révocation : listes de certificats révoqués (DER ou PEM)'],
    ['--ocsp <fichiers...>', 'preuves de révocation : réponses OCSP (DER)'],
    ['--instant <date>', 'date à laquelle juger les certificats ; à défaut celle que la signature annonce'],
    ['--schema <fichier>', 'valider aussi le fichier selon ce schéma XSD, dans la même lecture'],
    ['--erreurs <nombre>', 'fautes de schéma à montrer (50 par défaut)'],
    ['--document <fichiers...>', 'fichiers signés à part, sous leur nom dans la signature (ou nom=chemin)'],
    ['--contenu <fichier>', 'fichier que signe un .p7s, s’il n’est pas joint à la signature'],
  ],
  notes: [
    'Sans magasin de confiance, la chaîne des certificats n’est pas jugée : l’intégrité et le profil le sont, et la',
    'réponse le dit. Avec un magasin, tout certificat dont la confiance n’est pas établie fait refuser.',
    TIRET,
    'Codes de sortie : 0 tout est bon ; 1 fichier illisible ou échec ; 2 commande mal écrite ; 3 quelque chose est à',
    'refuser. Un fichier sans signature, ou signé en partie, est à refuser : 3 dit « ne pas s’y fier ».',
  ],
  json: true,
  charger: () => import('./verbes/verifier.ts'),
};

const tamponner: Verbe = {
  nom: 'tamponner',
  alias: 'stamp',
  resume: 'tamponner, hors ligne, une copie d’un PDF : dates de transmission et identifiant de l’acte',
  arguments: [['<fichier>', 'PDF à tamponner ; il n’est pas modifié']],
  options: [
    ['--sortie <fichier>*', 'où écrire la copie tamponnée'],
    ['--remplacer', 'remplacer le fichier de sortie s’il existe'],
    ['--envoye <jour>', '« Envoyé en préfecture le … » (2026-03-02 ou 02/03/2026)'],
    ['--recu <jour>', '« Reçu en préfecture le … »'],
    ['--publie <jour>', '« Publié le … »'],
    ['--id <identifiant>', '« ID : … », l’identifiant de l’acte'],
    [
      '--position <lieu>',
      'haut-gauche (par défaut), haut-droite, bas-gauche, bas-droite, ou le coin haut gauche du tampon en pour cent de la page (10%,25%)',
    ],
    ['--pages <pages>', 'toutes (par défaut), premiere, ou une liste (1,3-5)'],
    ['--taille <pourcent>', 'taille du tampon, de 50 à 300 (100 par défaut : lettres de 7 points)'],
    ['--respecter-certification', 'refuser un PDF que son auteur a certifié sans permettre cet ajout'],
  ],
  notes: [
    'La copie commence par les octets du PDF, tels quels ; le tampon est ajouté après eux. Une signature reste vérifiable',
    'pour ce qu’elle couvre, et les lecteurs disent que le document a été complété ensuite : garder aussi l’original.',
    'Une certification qui interdit tout ajout est rompue sur la copie, et la réponse en avertit.',
    TIRET,
    'Codes de sortie : 0 tamponné, 1 échec (fichier, disque, délai), 2 commande mal écrite, 3 PDF refusé (abîmé, protégé',
    'par un mot de passe, démesuré). Rien n’est écrit si le tampon n’est pas posé.',
  ],
  json: true,
  charger: () => import('./verbes/tamponner.ts'),
};

const xml: Verbe = {
  nom: 'xml',
  resume: 'outils pour un fichier XML, hors ligne',
  sous: [
    {
      nom: 'empreinte',
      alias: 'digest',
      resume: 'calculer l’empreinte SHA-256 de la forme canonique (c14n 1.0) d’un élément',
      arguments: [DOCUMENT],
      options: [
        ['--id <id>*', 'valeur de l’attribut Id de l’élément'],
        ['--c14n <forme>', 'exclusive (par défaut) ou inclusive'],
        ['--commentaires', 'garder les commentaires (#WithComments)'],
        [
          '--prefixes <liste>',
          'préfixes à traiter comme en forme inclusive, entre guillemets ("a b #default")',
        ],
        ['--sans-signature', 'ôter la signature placée dans l’élément (transformation enveloped-signature)'],
        ['--sortie <fichier>', 'écrire aussi les octets canoniques'],
        ['--remplacer', 'remplacer le fichier de sortie s’il existe'],
      ],
      notes: [
        'L’empreinte est celle de l’élément tel quel, signatures comprises : pour celle qu’une signature placée dans',
        'l’élément annonce, ajouter --sans-signature. L’attribut est « Id », exactement ; deux éléments de même Id',
        'font refuser le fichier.',
        TIRET,
        'Codes de sortie : 0 fait, 1 échec, 2 commande mal écrite, 3 XML refusé ou Id introuvable.',
      ],
      json: true,
      charger: () => import('./verbes/xml-empreinte.ts'),
    },
    {
      nom: 'valider',
      alias: 'validate',
      resume: 'dire si un fichier XML est conforme à un schéma XSD ; sans schéma, s’il est bien formé',
      arguments: [DOCUMENT],
      options: [
        [
          '--schema <fichier>',
          'schéma XSD principal ; ceux qu’il inclut sont lus auprès de lui, jamais sur le réseau',
        ],
        ['--erreurs <nombre>', 'fautes à montrer (50 par défaut) ; leur nombre total est toujours dit'],
      ],
      notes: [
        TIRET,
        'Codes de sortie : 0 conforme, 1 échec (fichier illisible, schéma absent ou inutilisable), 2 commande mal',
        'écrite, 3 non conforme ou mal formé.',
      ],
      json: true,
      charger: () => import('./verbes/xml-valider.ts'),
    },
  ],
};

export const HORS_LIGNE: readonly Verbe[] = [
  {
    nom: 'controler',
    resume:
      'dire, hors ligne, ce qui serait refusé dans une archive .tar.gz, un message XML ou un PES, et pourquoi',
    arguments: [['<fichier>', 'archive ou message ACTES, ou fichier PES']],
    options: [
      [
        '--schemas <dossier>',
        'paquets de schémas selon lesquels juger aussi un PES ; à défaut ceux des réglages',
      ],
      [
        '--config <fichier>',
        'réglages (TOML) dont suivre les paquets de schémas ; à défaut, la variable VAGUEMESTRE_CONFIG',
      ],
    ],
    notes: [
      'D’un PES, ce qui demande le démon n’est pas jugé, et la réponse le dit : la fiche de la collectivité, les doublons,',
      'l’antivirus. Ses signatures se jugent par « vaguemestre verifier ».',
      'Chaque paquet de schémas fait ce que dit sa politique : « bloquer » est un motif de refus, « avertir » un avis,',
      '« ignorer » n’est pas interrogé. Sans paquets ni réglages, ils ne jugent pas, et la réponse le dit.',
      'Codes de sortie : 0 rien à refuser, 1 échec (fichier, réglages, paquets), 2 commande mal écrite, 3 à refuser.',
    ],
    json: true,
    charger: () => import('./verbes/hors-ligne.ts').then((m) => m.controlerFichier),
  },
  signer,
  verifier,
  tamponner,
  xml,
];
