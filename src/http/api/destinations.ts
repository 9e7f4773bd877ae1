import type { FastifyInstance } from 'fastify';
import type { Porte } from '../porte.ts';
import { lire, ordreMotif } from './formes.ts';
import { parametre } from './identifiants.ts';
import { vueDestination } from './vues.ts';

/** Doors of the State, and the orders that hold sendings back (operator only: `gestes` refuses the others). */
export function routesDestinations(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/destinations', async (requete) => ({
    destinations: (await gestes.destinations.lister(requete.contexte)).map(vueDestination),
  }));

  app.post('/destinations/:destination/suspendre', async (requete) => {
    const nom = parametre(requete, 'destination');
    const { motif } = lire(ordreMotif, requete.body ?? {});
    return { destination: vueDestination(await gestes.destinations.suspendre(requete.contexte, nom, motif)) };
  });

  app.post('/destinations/:destination/reprendre', async (requete) => {
    const nom = parametre(requete, 'destination');
    return { destination: vueDestination(await gestes.destinations.reprendre(requete.contexte, nom)) };
  });
}
