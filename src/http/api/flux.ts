import type { FastifyInstance } from 'fastify';
import type { FluxId } from '../../metier/identifiants.ts';
import { disposition, entetesPiece } from '../entetes.ts';
import type { Porte } from '../porte.ts';
import { filtreFlux, lire, ordreMotif, ordreTrancher } from './formes.ts';
import { fluxId, rangPiece } from './identifiants.ts';
import { vueCitant, vueFlux, vueLivraison, vuePiece } from './vues.ts';

function lectures(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/flux', async (requete) => {
    const { etat, avant, protocole, recherche, alerte, limite } = lire(filtreFlux, requete.query);
    const flux = await gestes.lister(requete.contexte, {
      limite,
      ...(etat === undefined ? {} : { etats: etat }),
      ...(avant === undefined ? {} : { avant: avant as FluxId }),
      ...(protocole === undefined ? {} : { protocole }),
      ...(recherche === undefined ? {} : { recherche }),
      ...(alerte === undefined ? {} : { alerte }),
    });
    return { flux: flux.map(vueFlux), suite: flux.length < limite ? null : (flux.at(-1)?.id ?? null) };
  });

  app.get('/etats', async (requete) => ({ etats: await gestes.compter(requete.contexte) }));

  app.get('/flux/:id', async (requete) => {
    const montre = await gestes.montrer(requete.contexte, fluxId(requete));
    return {
      flux: vueFlux(montre.flux),
      pieces: montre.pieces.map(vuePiece),
      chronologie: montre.chronologie,
      livraisons: montre.livraisons.map(vueLivraison),
      citants: montre.citants.map(vueCitant),
    };
  });

  app.get('/flux/:id/correction', async (requete) => ({
    correction: await gestes.corriger(requete.contexte, fluxId(requete)),
  }));
}

function telechargements(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/flux/:id/pieces/:rang', async (requete, reponse) => {
    const { piece, contenu } = await gestes.ouvrirPiece(
      requete.contexte,
      fluxId(requete),
      rangPiece(requete),
    );
    entetesPiece(reponse, piece);
    return reponse.send(contenu);
  });

  app.get('/flux/:id/preuve', async (requete, reponse) => {
    const preuve = await gestes.exporterPreuve(requete.contexte, fluxId(requete));
    reponse.headers({
      'content-type': 'application/vnd.etsi.asic-e+zip',
      'content-length': preuve.taille,
      'content-disposition': disposition(preuve.nom),
      'x-content-type-options': 'nosniff',
    });
    return reponse.send(preuve.contenu);
  });
}

function ordres(app: FastifyInstance, { gestes }: Porte): void {
  app.post('/flux/:id/renvoyer', async (requete) => ({
    flux: vueFlux(await gestes.renvoyer(requete.contexte, fluxId(requete))),
  }));

  app.post('/flux/:id/confirmer', async (requete) => ({
    flux: vueFlux(await gestes.confirmer(requete.contexte, fluxId(requete))),
  }));

  app.post('/flux/:id/abandonner', async (requete) => {
    const id = fluxId(requete);
    const { motif } = lire(ordreMotif, requete.body ?? {});
    return { flux: vueFlux(await gestes.abandonner(requete.contexte, id, motif)) };
  });

  app.post('/flux/:id/trancher', async (requete) => {
    const id = fluxId(requete);
    const { decision, motif } = lire(ordreTrancher, requete.body ?? {});
    return { flux: vueFlux(await gestes.trancher(requete.contexte, id, { decision, motif })) };
  });
}

/** Flux: list, time-line, pieces, proof, orders. */
export function routesFlux(app: FastifyInstance, porte: Porte): void {
  lectures(app, porte);
  telechargements(app, porte);
  ordres(app, porte);
}
