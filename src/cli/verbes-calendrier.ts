import type { Verbe } from './verbe.ts';

const JOUR = '<AAAA-MM-JJ>';

export const CALENDRIER: Verbe = {
  nom: 'calendrier',
  alias: 'calendar',
  resume: 'dater les délais d’un acte : caractère exécutoire, fin du contrôle, validation',
  arguments: [['[flux]', 'acte que tient le démon ; sans lui, hors ligne, d’après les options']],
  options: [
    [`--recu ${JOUR}`, 'réception par la préfecture : DateReception de l’accusé (1-2)'],
    [`--decision ${JOUR}`, 'décision, ou signature de l’acte'],
    [`--transmis ${JOUR}`, 'transmission à la préfecture'],
    [`--publie ${JOUR}`, 'publication, ou notification d’un acte individuel'],
    [
      '--departement <code>',
      'trois caractères (067, 02A, 974), dont suivent les jours fériés ; à défaut la métropole',
    ],
    [
      '--nature-collectivite <code>',
      'deux chiffres (31 commune, 21 département, 11 région), dont suivent les articles',
    ],
    ['--nature <code>', 'nature de l’acte : 3 pour un acte individuel, à transmettre sous quinze jours'],
    ['--matiere <code>', 'matière de l’acte : 1.1, 1.2 et 2 ouvrent la suspension d’office'],
    ['--budgetaire', 'budget, décision modificative ou budget supplémentaire'],
    ['--compte', 'compte administratif ou compte financier unique'],
    ['--papier-attendu', 'l’acte est à compléter sur papier, et ce complément manque'],
    [`--papier-recu ${JOUR}`, 'réception du complément sur papier'],
    [`--demande-pieces ${JOUR}`, 'demande de pièces (3-1) reçue par la collectivité'],
    [`--pieces-recues ${JOUR}`, 'pièces (3-4) reçues par la préfecture : DateReception du 3-5'],
    [`--pieces-refusees ${JOUR}`, 'refus des pièces (3-3) reçu par la préfecture'],
    [`--observations ${JOUR}`, 'lettre d’observations (4-1) reçue par la collectivité'],
    [`--observations-repondues ${JOUR}`, 'réponse (4-4) reçue par la préfecture : DateReception du 4-5'],
    [`--observations-rejetees ${JOUR}`, 'rejet (4-3) reçu par la préfecture'],
    [`--defere ${JOUR}`, 'déféré au tribunal administratif (5-1) : DateDepot'],
    [`--annule ${JOUR}`, 'annulation de la transmission (6-2) : DateReception'],
    ['--acte <identifiant>', 'identifiant de l’acte : son agenda remplace alors celui qu’on en avait'],
    ['--ical', 'un fichier iCalendar, à importer dans un agenda'],
  ],
  notes: [
    'Le dernier jour du préfet est donné inclus. Une date provisoire suppose qu’aucune réponse ne vient ; une date',
    'inconnue dit ce qui manque. Le calendrier éclaire : seul le juge dit un délai.',
    'Codes de sortie : 0 fait, 2 commande mal écrite ou dates qui se contredisent.',
  ],
  demon: true,
  json: true,
  charger: () => import('./verbes/calendrier.ts'),
};
