import type { FastifyInstance } from 'fastify';
import type { FluxId } from '../../metier/identifiants.ts';
import type { Porte } from '../porte.ts';
import { filtreLivraisons, lire } from './formes.ts';
import { livraisonId } from './identifiants.ts';
import { vueEssai, vueLivraison } from './vues.ts';

/** Notifications owed: delivery log and replay. */
export function routesLivraisons(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/livraisons', async (requete) => {
    const { flux, etat, limite } = lire(filtreLivraisons, requete.query);
    const livraisons = await gestes.livraisons.lister(requete.contexte, {
      limite,
      ...(flux === undefined ? {} : { flux: flux as FluxId }),
      ...(etat === undefined ? {} : { etats: etat }),
    });
    return { livraisons: livraisons.map(vueLivraison) };
  });

  app.get('/livraisons/:id/essais', async (requete) => ({
    essais: (await gestes.livraisons.essais(requete.contexte, livraisonId(requete))).map(vueEssai),
  }));

  app.post('/livraisons/:id/rejouer', async (requete) => ({
    livraison: vueLivraison(await gestes.livraisons.rejouer(requete.contexte, livraisonId(requete))),
  }));
}
