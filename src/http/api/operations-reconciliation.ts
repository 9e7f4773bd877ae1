import type { Operation } from './operation.ts';
import * as formes from './formes.ts';
import { listeDe, objet, renvoi } from './schemas.ts';

/** The part of the operations table about backups and what follows a restoration. */

const mot = { type: 'string' } as const;
const entier = { type: 'integer' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const instantOuNul = { type: ['string', 'null'], format: 'date-time' } as const;
const motOuNul = { type: ['string', 'null'] } as const;

const RECONCILIATION = objet({
  sauvegarde: instant,
  restauree: instant,
  close: instantOuNul,
  sources: listeDe(objet({ nom: mot, lue: instantOuNul })),
  aAnalyser: entier,
  incertains: listeDe(renvoi('Flux')),
  genres: { type: 'object', additionalProperties: entier },
  orphelins: listeDe(
    objet({
      sha256: mot,
      taille: entier,
      ajoutee: instant,
      genre: mot,
      libelle: mot,
      protocole: motOuNul,
      collectivite: motOuNul,
      identite: motOuNul,
      fluxConnu: { type: ['boolean', 'null'] },
    }),
  ),
  series: objet({ jour: { type: 'string', format: 'date' }, apres: entier }),
  empechements: listeDe(mot),
});

const famille = 'Sauvegarde';

export const RECONCILIATIONS: readonly Operation[] = [
  {
    id: 'prendreInstantane',
    famille,
    methode: 'post',
    chemin: '/instantane',
    resume: 'Copier la base à un instant, pour une sauvegarde faite sur cette machine (exploitant).',
    statut: 200,
    rend: 'Le chemin de la copie sur la machine du démon ; qui la demande la retire.',
    reponse: objet({ instantane: objet({ fichier: mot, donnees: mot, taille: entier }) }),
  },
  {
    id: 'montrerReconciliation',
    famille,
    methode: 'get',
    chemin: '/reconciliation',
    resume: 'Dire ce que le monde sait, et que la base restaurée ignore (exploitant).',
    statut: 200,
    rend: 'La réconciliation ; null : la base n’a jamais été restaurée.',
    reponse: objet({ reconciliation: { anyOf: [RECONCILIATION, { type: 'null' }] } }),
  },
  {
    id: 'cloreReconciliation',
    famille,
    methode: 'post',
    chemin: '/reconciliation/clore',
    resume: 'Clore la réconciliation : l’émission reprend (exploitant).',
    corps: formes.ordreClore,
    statut: 200,
    rend: 'La réconciliation, close.',
    reponse: objet({ reconciliation: RECONCILIATION }),
  },
  {
    id: 'rangerRetoursRetrouves',
    famille,
    methode: 'post',
    chemin: '/reconciliation/retours',
    resume: 'Ranger de nouveau les réponses de l’État retrouvées dans le coffre (exploitant).',
    statut: 200,
    rend: 'Le nombre de réponses rangées.',
    reponse: objet({ nombre: entier }),
  },
];
