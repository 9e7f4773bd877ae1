import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { LotId } from '../../metier/identifiants.ts';
import { borner, compteur, purger } from '../flot.ts';
import type { Porte } from '../porte.ts';
import { RefusDepot } from '../problemes.ts';
import { cleDe } from './depot.ts';
import { filtreLignes, filtreLots, lire, ordreMotif } from './formes.ts';
import { lotId, sirenDe } from './identifiants.ts';
import { vueLigneDeLot, vueLot } from './vues.ts';

/** Batches of actes: their door, and how they are followed. */

const TYPES: readonly string[] = [
  'application/zip',
  'application/x-zip-compressed',
  'application/octet-stream',
];

function suivis(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/lots', async (requete) => {
    const { etat, avant, limite } = lire(filtreLots, requete.query);
    const lots = await gestes.lots.lister(requete.contexte, {
      limite,
      ...(etat === undefined ? {} : { enCours: etat === 'en_cours' }),
      ...(avant === undefined ? {} : { avant: avant as LotId }),
    });
    return { lots: lots.map(vueLot), suite: lots.length < limite ? null : (lots.at(-1)?.id ?? null) };
  });

  app.get('/lots/:id', async (requete) => {
    const id = lotId(requete);
    const { sort, apres, limite } = lire(filtreLignes, requete.query);
    const { lot, lignes } = await gestes.lots.montrer(requete.contexte, id, {
      limite,
      ...(sort === undefined ? {} : { sorts: sort }),
      ...(apres === undefined ? {} : { apres }),
    });
    const suite = lignes.length < limite ? null : (lignes.at(-1)?.ligne ?? null);
    return { lot: vueLot(lot), lignes: lignes.map(vueLigneDeLot), suite };
  });

  app.post('/lots/:id/abandonner', async (requete) => {
    const id = lotId(requete);
    const { motif } = lire(ordreMotif, requete.body ?? {});
    return { lot: vueLot(await gestes.lots.abandonner(requete.contexte, id, motif)) };
  });
}

/** The body of a batch. Throws VGM-API-004, -005. */
function zipDe(requete: FastifyRequest, limite: number): Readable {
  const [type = ''] = (requete.headers['content-type'] ?? 'aucun').toLowerCase().split(';');
  if (!TYPES.includes(type.trim()) || !(requete.body instanceof Readable))
    throw erreurApi('VGM-API-005', { type: type.slice(0, 100), attendu: 'un ZIP (application/zip)' });
  if (Number(requete.headers['content-length'] ?? 0) > limite) throw erreurApi('VGM-API-004', { limite });
  return requete.body;
}

function lireFaute(e: unknown): ErreurVgm {
  return e instanceof ErreurVgm ? e : erreurApi('VGM-API-012', {}, e);
}

async function deposer(requete: FastifyRequest, reponse: FastifyReply, { gestes, config }: Porte) {
  const limite = config.api.lot_max_octets;
  const compte = compteur(limite);
  const collectivite = sirenDe(requete);
  const cleIdempotence = cleDe(requete);
  const zip = borner(zipDe(requete, limite), compte, lireFaute);
  const demande = { collectivite, zip, cleIdempotence };
  const pris = await gestes.lots.deposer(requete.contexte, demande).catch((e: unknown) => {
    throw compte.panne ?? e;
  });
  if (pris.type === 'refuse') {
    const { manifeste, anomalies } = pris;
    const compteDit = anomalies.length > 1 ? `${anomalies.length} fautes` : '1 faute';
    throw new RefusDepot(anomalies, erreurLot('VGM-LOT-007', { manifeste, compte: compteDit }));
  }
  const { lot, rejeu } = pris;
  reponse.code(rejeu ? 200 : 202).header('location', `/api/v1/lots/${lot.id}`);
  return { rejeu, lot: vueLot(lot) };
}

export function routesLots(app: FastifyInstance, porte: Porte): void {
  suivis(app, porte);
  app.register(async (enfant) => {
    enfant.removeAllContentTypeParsers();
    enfant.addContentTypeParser('*', (_requete, corps, fini) => fini(null, corps));
    enfant.post('/collectivites/:siren/lots', async (requete, reponse) => {
      try {
        return await deposer(requete, reponse, porte);
      } catch (e) {
        purger(requete.raw, reponse.raw);
        throw e;
      }
    });
  });
}
