import type { Operation } from './operation.ts';
import { binaire, CLE_IDEMPOTENCE, REPONSE_DEPOT, unFlux } from './operation-parties.ts';
import * as formes from './formes.ts';
import { listeDe, objet, renvoi } from './schemas.ts';

/** The part of the operations table about what is exchanged with the préfecture after an acte. */

const REPONSE = {
  type: 'object',
  description: '« document », puis les « annexe » : plusieurs documents ne vont qu’avec des pièces (3-4).',
  required: ['demande', 'document'],
  properties: {
    demande: {
      type: 'object',
      description:
        'JSON {refus, typologies} ; refus : des pièces demandées (3-3), ou des observations (4-3).',
      required: ['typologies'],
      properties: {
        refus: { type: 'boolean', default: false },
        typologies: { ...listeDe({ type: 'string' }), description: 'un code par document, dans leur ordre' },
      },
    },
    document: binaire,
    annexe: listeDe(binaire),
  },
};

const classification = '/collectivites/{siren}/classification';

export const ECHANGES: readonly Operation[] = [
  {
    id: 'repondre',
    famille: 'Échanges',
    methode: 'post',
    chemin: '/flux/{id}/reponse',
    resume:
      'Répondre à un courrier de la préfecture (2-1, 3-1, 4-1). 201 : nouveau flux ; 200 : répétition de la même réponse.',
    entetes: [CLE_IDEMPOTENCE],
    corpsBrut: { types: ['multipart/form-data'], schema: REPONSE },
    statut: 201,
    rend: 'Le flux de la réponse, qui cite le courrier.',
    reponse: REPONSE_DEPOT,
  },
  {
    id: 'annuler',
    famille: 'Échanges',
    methode: 'post',
    chemin: '/flux/{id}/annulation',
    resume: 'Demander à la préfecture d’annuler la transmission d’un acte acquitté (6-1).',
    statut: 201,
    rend: 'Le flux de l’annulation, qui cite l’acte.',
    reponse: unFlux,
  },
  {
    id: 'lireClassification',
    famille: 'Échanges',
    methode: 'get',
    chemin: classification,
    resume: 'Lire la classification détenue : date, natures et types de pièces, matières.',
    statut: 200,
    rend: 'La classification ; null : aucune n’est détenue.',
    reponse: objet({ classification: { anyOf: [renvoi('Classification'), { type: 'null' }] } }),
  },
  {
    id: 'demanderClassification',
    famille: 'Échanges',
    methode: 'post',
    chemin: `${classification}/demande`,
    resume:
      'Demander la classification en vigueur (7-1), une fois par jour au plus ; complete : même si celle qui est détenue l’est.',
    corps: formes.demandeClassification,
    statut: 201,
    rend: 'Le flux de la demande.',
    reponse: unFlux,
  },
];
