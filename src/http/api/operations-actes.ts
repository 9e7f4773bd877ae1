import type { Operation } from './operation.ts';
import { binaire, unFlux } from './operation-parties.ts';
import * as formes from './formes.ts';
import { listeDe, objet, renvoi } from './schemas.ts';

/** The part of the operations table about an acte that has left. */

const COMPLEMENT = {
  type: 'object',
  description: '« document » : la preuve de réception, si elle existe.',
  required: ['demande'],
  properties: {
    demande: {
      type: 'object',
      description: 'JSON {recu} : le jour où la préfecture a reçu le document papier.',
      required: ['recu'],
      properties: { recu: { type: 'string', format: 'date' } },
    },
    document: binaire,
  },
};

export const ACTES: readonly Operation[] = [
  {
    id: 'calendrierActe',
    famille: 'Actes',
    methode: 'get',
    chemin: '/flux/{id}/calendrier',
    resume: 'Dater les délais d’un acte : caractère exécutoire, fin du contrôle, validation.',
    statut: 200,
    rend: 'Les échéances, dans l’ordre des dates.',
    reponse: objet({ calendrier: listeDe(renvoi('Jalon')) }),
  },
  {
    id: 'agendaActe',
    famille: 'Actes',
    methode: 'get',
    chemin: '/flux/{id}/calendrier.ics',
    resume: 'Télécharger le calendrier d’un acte pour un agenda (RFC 5545).',
    statut: 200,
    rend: 'Un fichier iCalendar.',
    typeReponse: 'text/calendar',
  },
  {
    id: 'tamponnerPiece',
    famille: 'Actes',
    methode: 'get',
    chemin: '/flux/{id}/pieces/{rang}/tampon',
    resume:
      'Télécharger une copie tamponnée d’un PDF transmis : dates d’envoi, de réception et de publication, identifiant.',
    requete: formes.formeTampon,
    statut: 200,
    rend: 'Le PDF, complété sans être réécrit.',
    typeReponse: 'application/pdf',
  },
  {
    id: 'bordereauActe',
    famille: 'Actes',
    methode: 'get',
    chemin: '/flux/{id}/bordereau',
    resume: 'Télécharger le bordereau d’acquittement d’une transmission.',
    statut: 200,
    rend: 'Un PDF balisé.',
    typeReponse: 'application/pdf',
  },
  {
    id: 'publierActe',
    famille: 'Actes',
    methode: 'post',
    chemin: '/flux/{id}/publication',
    resume: 'Consigner la publication, ou la notification, d’un acte.',
    corps: formes.ordrePublier,
    statut: 200,
    rend: 'L’acte ; son calendrier en tient compte.',
    reponse: unFlux,
  },
  {
    id: 'validerActe',
    famille: 'Actes',
    methode: 'post',
    chemin: '/flux/{id}/valider',
    resume: 'Tenir un acte pour définitif, une fois passés les délais du préfet.',
    statut: 200,
    rend: 'L’acte, validé.',
    reponse: unFlux,
  },
  {
    id: 'completerActe',
    famille: 'Actes',
    methode: 'post',
    chemin: '/flux/{id}/complement',
    resume: 'Consigner la réception, par la préfecture, du document papier d’un acte.',
    corpsBrut: { types: ['multipart/form-data'], schema: COMPLEMENT },
    statut: 200,
    rend: 'L’acte, qui n’attend plus son complément.',
    reponse: unFlux,
  },
];
