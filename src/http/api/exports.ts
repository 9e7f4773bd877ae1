import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Contexte, DemandeExport } from '../../gestes/gestes.ts';
import type { Jour, Siren } from '../../metier/identifiants.ts';
import { disposition } from '../entetes.ts';
import type { Porte } from '../porte.ts';
import { filtreExport, lire } from './formes.ts';

type Tirer = (ctx: Contexte, demande: DemandeExport) => Promise<AsyncIterable<string>>;

/** @param nom first part of the name of the file. */
function exporter(nom: string, tirer: Tirer) {
  return async (requete: FastifyRequest, reponse: FastifyReply): Promise<FastifyReply> => {
    const { du, au, siren } = lire(filtreExport, requete.query);
    const lignes = await tirer(requete.contexte, {
      du: du as Jour,
      au: au as Jour,
      ...(siren === undefined ? {} : { collectivite: siren as Siren }),
    });
    reponse.headers({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': disposition(`${nom}-${du}-${au}.csv`),
      'x-content-type-options': 'nosniff',
    });
    return reponse.send(Readable.from(lignes, { objectMode: false }));
  };
}

/** Tables drawn for others: the DGFiP, the préfecture, the collectivité, an auditor. */
export function routesExports(app: FastifyInstance, { gestes }: Porte): void {
  const { tracerHelios, exporterFonct05 } = gestes;
  app.get('/exports/trace-helios', exporter('trace-helios', tracerHelios));
  app.get('/exports/fonct-05', exporter('fonct-05', exporterFonct05));
}
