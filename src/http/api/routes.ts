import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Contexte } from '../../gestes/gestes.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import type { Famille, Porte } from '../porte.ts';
import { routesActes } from './actes.ts';
import { routesCollectivites } from './collectivites.ts';
import { routesCopies } from './copies.ts';
import { routesDepot } from './depot.ts';
import { routesDestinations } from './destinations.ts';
import { routesEchanges } from './echanges.ts';
import { routesExploitation } from './exploitation.ts';
import { routesExports } from './exports.ts';
import { routesFiles } from './files.ts';
import { routesFlux } from './flux.ts';
import { routesJetons } from './jetons.ts';
import { routesLivraisons } from './livraisons.ts';
import { routesLots } from './lots.ts';
import { routesReconciliation } from './reconciliation.ts';
import { routesRetours } from './retours.ts';

const FAMILLES: readonly Famille[] = [
  routesDepot,
  routesLots,
  routesFlux,
  routesEchanges,
  routesActes,
  routesCopies,
  routesExports,
  routesRetours,
  routesCollectivites,
  routesLivraisons,
  routesDestinations,
  routesReconciliation,
  routesFiles,
  routesJetons,
  routesExploitation,
];

/** Answered to anybody: is it alive, and what does it offer. */
const SANS_JETON: readonly string[] = ['/api/v1/sante', '/api/v1/openapi.json'];

/** Every route of `/api/v1`, behind one authentication. */
export function routesApi(
  app: FastifyInstance,
  porte: Porte,
  authentifier: (requete: FastifyRequest) => Promise<Contexte | undefined>,
): void {
  app.addHook('onRequest', async (requete) => {
    if (SANS_JETON.includes(requete.routeOptions.url ?? '')) return;
    const contexte = await authentifier(requete);
    if (contexte === undefined) throw erreurApi('VGM-API-001');
    requete.contexte = contexte;
  });
  for (const famille of FAMILLES) famille(app, porte);
}
