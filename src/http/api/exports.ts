import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import type { Jour, Siren } from '../../metier/identifiants.ts';
import { disposition } from '../entetes.ts';
import type { Porte } from '../porte.ts';
import { filtreTrace, lire } from './formes.ts';

/** Tables drawn for others: the DGFiP, the collectivité, an auditor. */
export function routesExports(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/exports/trace-helios', async (requete, reponse) => {
    const { du, au, siren } = lire(filtreTrace, requete.query);
    const lignes = await gestes.tracerHelios(requete.contexte, {
      du: du as Jour,
      au: au as Jour,
      ...(siren === undefined ? {} : { collectivite: siren as Siren }),
    });
    reponse.headers({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': disposition(`trace-helios-${du}-${au}.csv`),
      'x-content-type-options': 'nosniff',
    });
    return reponse.send(Readable.from(lignes, { objectMode: false }));
  });
}
