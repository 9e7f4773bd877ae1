import type { Verbe } from './verbe.ts';
import { ADMINISTRATION } from './verbes-administration.ts';
import { CALENDRIER } from './verbes-calendrier.ts';
import { COFFRE } from './verbes-coffre.ts';
import { CONFIANCE } from './verbes-confiance.ts';
import { ECHANGES } from './verbes-echanges.ts';
import { FLUX, RETOURS } from './verbes-flux.ts';
import { HORS_LIGNE } from './verbes-hors-ligne.ts';
import { VERBES_LOT } from './verbes-lot.ts';
import { SAUVEGARDE } from './verbes-sauvegarde.ts';
import { SCHEMAS } from './verbes-schemas.ts';
import { STOCKAGE } from './verbes-stockage.ts';

const CONFIG = ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'] as const;

const demon: readonly Verbe[] = [
  {
    nom: 'demarrer',
    alias: 'serve',
    resume: 'démarrer le démon (Ctrl-C ou SIGTERM l’arrête proprement)',
    options: [
      CONFIG,
      ['--role <roles...>', 'ce que fait ce démon, à la place de « noeud.roles » : portes, travail, releve'],
      [
        '--restauree <instant>',
        'la base vient d’une sauvegarde commencée alors, remise par d’autres outils (pg_restore) : rien ne part avant « reconcilier »',
      ],
    ],
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
    nom: 'files',
    resume: 'montrer ce qui attend dans chaque file, les nœuds en service et leurs tours',
    demon: true,
    json: true,
    charger: () => import('./verbes/files.ts'),
  },
  {
    nom: 'config',
    resume: 'montrer les réglages en vigueur et l’origine de chacun',
    options: [CONFIG],
    json: true,
    charger: () => import('./verbes/config.ts'),
  },
];

const PORT = 'par défaut celui du vaguemestre.toml du dossier ; 0 : un port libre';

/** A test holds the scenarios named here equal to those of the bench. */
const NOTES_SIMULATEUR = [
  'Tout écoute sur 127.0.0.1. Adresses, compte, empreinte de la clé d’hôte et réglages à coller sont écrits au début ;',
  'le dossier reçoit aussi un vaguemestre.toml qui suffit à démarrer un démon. La DGFiP simulée attend la plateforme',
  'd’essai (helios.plateforme) et oublie une réponse une fois lue.',
  '',
  'Le scénario est choisi par la fin du numéro de l’acte (2026_04_MUET) :',
  '  _ANO13 _NOMVIDE          acte refusé (1-3)',
  '  _ANOENV _N999            enveloppe refusée (AnomalieEnveloppe)',
  '  _TARD _DOUBLE _DESORDRE _UTF8 _MUET   accusé tardif, en double, en désordre, mal encodé, jamais envoyé',
  '  _H500 _H500P _H503 _COUPE _COUPEA     panne au guichet ou coupure, sans ou avec prise en compte',
  '  _C21 _C31 _C41 _C51      accusé, puis courrier simple, demande de pièces, observations, déféré',
  '  _C31X2 _C31BIS _C31TOT   deux demandes, la même deux fois, une demande après l’accusé de sa réponse',
  '  _CROISE _CLASSIF         demande qui croise l’annulation, classification nouvelle',
  'ou par la fin du NomFic du PES, extension mise à part (ESSAI_0012_KOBORD.xml) :',
  '  _KO _KOTEMPS _NACK       fichier refusé : budget inconnu, panne d’Hélios, forme ancienne du refus',
  '  _KOBORD _KOPIECE _KOLIGNE _KOSIG _KOPJ   refus partiel : doublon, pièce, lignes, signature, pièce jointe',
  '  _V1 _TARD _DOUBLE _UTF8 _ORPHELIN _MUET  acquittement ancien, tardif, double, mal encodé, d’un autre, absent',
  '  _RETOUR                  acquittement, puis PES Retour',
  '  _PLEIN _SANSNOM _COUPE _COUPEA   disque plein, nom refusé, coupure, sans ou avec prise en compte',
  'Toute autre fin : accepté et acquitté.',
  '',
  'La préfecture répond aussi aux échanges (3-5, 4-5, 6-2, 7-2, 7-3) et prend des ordres pendant qu’elle tourne : écrire un',
  'courrier sur un acte, rappeler un document papier, changer de classification ; la ligne « curl » en est écrite au début.',
];

const essai: readonly Verbe[] = [
  {
    nom: 'simulateur',
    resume: 'faire tourner un État simulé : préfecture (HTTPS, SMTP) et DGFiP (SFTP, FTPS, FTP)',
    options: [
      ['--seulement <service>', 'un seul des deux : prefecture ou dgfip'],
      ['--port <port>', `port HTTPS de la préfecture (${PORT})`],
      ['--smtp <hote:port>', 'où la préfecture envoie ses réponses (127.0.0.1:2525 par défaut)'],
      ['--port-sftp <port>', 'port SFTP de la DGFiP (Passtrans SFTP)'],
      ['--port-ftps <port>', 'port FTPS de la DGFiP (Passtrans FTPS)'],
      ['--port-ftp <port>', 'port FTP de la DGFiP (Gateway, sans chiffrement)'],
      ['--graine <nombre>', 'même graine, mêmes délais (1 par défaut)'],
      ['--dossier <dossier>', 'clés, registres et réglages à employer (simulateur par défaut)'],
    ],
    notes: NOTES_SIMULATEUR,
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
  { titre: 'Les flux', verbes: [...FLUX, ...VERBES_LOT] },
  { titre: 'Les échanges avec la préfecture', verbes: ECHANGES },
  { titre: 'Les réponses de l’État', verbes: RETOURS },
  { titre: 'Hors ligne', verbes: [...HORS_LIGNE, CALENDRIER, CONFIANCE, SCHEMAS, COFFRE, STOCKAGE] },
  { titre: 'La sauvegarde', verbes: SAUVEGARDE },
  { titre: 'Administration', verbes: ADMINISTRATION },
  { titre: 'Essai', verbes: essai },
];
