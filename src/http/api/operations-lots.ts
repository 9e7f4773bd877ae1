import * as formes from './formes.ts';
import { binaire } from './operation-parties.ts';
import type { Operation } from './operation.ts';
import { listeDe, objet, renvoi } from './schemas.ts';

/** The part of the operations table about batches of actes. */

const CLE = {
  nom: 'Idempotency-Key',
  description: 'Clé propre au lot : le répéter avec elle redonne le même lot.',
};

export const LOTS: readonly Operation[] = [
  {
    id: 'deposerLot',
    famille: 'Lots',
    methode: 'post',
    chemin: '/collectivites/{siren}/lots',
    resume:
      'Envoyer un lot d’actes : un ZIP de leurs pièces et d’un manifeste CSV (lot.csv). 202 : pris en entier ; 200 : répétition.',
    entetes: [CLE],
    corpsBrut: { types: ['application/zip', 'application/octet-stream'], schema: binaire },
    statut: 202,
    rend: 'Le lot, que le démon dépose ensuite acte par acte ; Location dit où le suivre.',
    reponse: objet({ rejeu: { type: 'boolean' }, lot: renvoi('Lot') }),
  },
  {
    id: 'listerLots',
    famille: 'Lots',
    methode: 'get',
    chemin: '/lots',
    resume: 'Lister les lots, du plus récent au plus ancien.',
    requete: formes.filtreLots,
    statut: 200,
    rend: 'Une page de lots.',
    reponse: objet({
      lots: listeDe(renvoi('Lot')),
      suite: { type: ['string', 'null'], description: 'à redonner dans « avant » ; null : fin' },
    }),
  },
  {
    id: 'montrerLot',
    famille: 'Lots',
    methode: 'get',
    chemin: '/lots/{id}',
    resume: 'Montrer un lot : ses comptes, et le sort de ses lignes, dans l’ordre du manifeste.',
    requete: formes.filtreLignes,
    statut: 200,
    rend: 'Le lot et une page de ses lignes.',
    reponse: objet({
      lot: renvoi('Lot'),
      lignes: listeDe(renvoi('LigneDeLot')),
      suite: { type: ['integer', 'null'], description: 'à redonner dans « apres » ; null : fin' },
    }),
  },
  {
    id: 'abandonnerLot',
    famille: 'Lots',
    methode: 'post',
    chemin: '/lots/{id}/abandonner',
    resume: 'Ne plus rien déposer d’un lot ; ce qui est déposé le reste.',
    corps: formes.ordreMotif,
    statut: 200,
    rend: 'Le lot.',
    reponse: objet({ lot: renvoi('Lot') }),
  },
];
