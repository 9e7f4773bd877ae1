import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Copie } from '../../gestes/gestes.ts';
import { disposition } from '../entetes.ts';
import type { Porte } from '../porte.ts';
import { formeTampon, lire } from './formes.ts';
import { fluxId, rangPiece } from './identifiants.ts';

/** Copies made to be handed out: nothing of them is kept. */

function rendre(reponse: FastifyReply, { nom, taille, contenu }: Copie): FastifyReply {
  reponse.headers({
    'content-type': 'application/pdf',
    'content-length': taille,
    'content-disposition': disposition(nom),
    'x-content-type-options': 'nosniff',
  });
  return reponse.send(contenu);
}

export function routesCopies(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/flux/:id/pieces/:rang/tampon', async (requete, reponse) => {
    const id = fluxId(requete);
    const { position, pages } = lire(formeTampon, requete.query);
    const forme = { position, pages, echelle: 1, certifie: 'tamponner' } as const;
    const copie = await gestes.tamponner(requete.contexte, { id, rang: rangPiece(requete), forme });
    return rendre(reponse, copie);
  });

  app.get('/flux/:id/bordereau', async (requete, reponse) =>
    rendre(reponse, await gestes.bordereau(requete.contexte, fluxId(requete))),
  );
}
