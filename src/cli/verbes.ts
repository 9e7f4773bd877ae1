import type { Verbe } from './verbe.ts';
import { ADMINISTRATION } from './verbes-administration.ts';
import { CONFIANCE } from './verbes-confiance.ts';
import { FLUX, RETOURS } from './verbes-flux.ts';
import { HORS_LIGNE } from './verbes-hors-ligne.ts';
import { SCHEMAS } from './verbes-schemas.ts';

const CONFIG = ['--config <fichier>', 'réglages (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'] as const;

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
      ['--port <port>', 'port HTTPS (par défaut celui du vaguemestre.toml du dossier ; 0 : un port libre)'],
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
  { titre: 'Les flux', verbes: FLUX },
  { titre: 'Les réponses de l’État', verbes: RETOURS },
  { titre: 'Hors ligne', verbes: [...HORS_LIGNE, CONFIANCE, SCHEMAS] },
  { titre: 'Administration', verbes: ADMINISTRATION },
  { titre: 'Essai', verbes: essai },
];
