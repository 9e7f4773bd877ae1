import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { erreurApi } from '../../metier/catalogue/api.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Siren } from '../../metier/identifiants.ts';
import type { Gestes } from '../../gestes/gestes.ts';
import type { Porte } from '../porte.ts';
import { bascule, collectivite as forme, lire, point as formePoint } from './formes.ts';
import { parametre, sirenDe } from './identifiants.ts';
import { vueCollectivite } from './vues.ts';

/** Bytes of a 7-2 message: real ones are about 100 kB. */
const CLASSIFICATION_MAX = 5 * 1024 * 1024;

async function presente(
  gestes: Gestes,
  requete: FastifyRequest,
  siren: Siren,
): Promise<Collectivite | undefined> {
  try {
    return await gestes.collectivites.trouver(requete.contexte, siren);
  } catch (e) {
    if (e instanceof ErreurVgm && e.http === 404) return undefined;
    throw e;
  }
}

/** The classification is imported by its own route: a change of the card keeps the one in force. */
function fiche(
  siren: Siren,
  lue: z.output<typeof forme>,
  avant: Collectivite | undefined,
): Omit<Collectivite, 'points' | 'creee'> {
  const classification = avant?.actes?.classification ?? null;
  const actes = lue.actes === null ? null : { ...lue.actes, classification };
  return { siren, nom: lue.nom, actif: lue.actif, actes, helios: lue.helios, ver: lue.ver };
}

function fiches(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/collectivites', async (requete) => ({
    collectivites: (await gestes.collectivites.lister(requete.contexte)).map(vueCollectivite),
  }));

  app.get('/collectivites/:siren', async (requete) => ({
    collectivite: vueCollectivite(await gestes.collectivites.trouver(requete.contexte, sirenDe(requete))),
  }));

  app.put('/collectivites/:siren', async (requete, reponse) => {
    const siren = sirenDe(requete);
    const lue = lire(forme, requete.body ?? {});
    const avant = await presente(gestes, requete, siren);
    const c = await gestes.collectivites.enregistrer(requete.contexte, fiche(siren, lue, avant));
    if (avant === undefined) reponse.code(201);
    return { collectivite: vueCollectivite(c) };
  });
}

function routeClassification(app: FastifyInstance, { gestes }: Porte): void {
  app.register(async (enfant) => {
    enfant.removeAllContentTypeParsers();
    enfant.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: CLASSIFICATION_MAX },
      (_r, corps, fini) => fini(null, corps),
    );
    enfant.put('/collectivites/:siren/classification', { bodyLimit: CLASSIFICATION_MAX }, async (requete) => {
      const siren = sirenDe(requete);
      if (!(requete.body instanceof Uint8Array) || requete.body.length === 0) {
        throw erreurApi('VGM-API-003', { problemes: 'le message 7-2 (XML) est attendu dans le corps.' });
      }
      return {
        classification: await gestes.collectivites.importerClassification(
          requete.contexte,
          siren,
          requete.body,
        ),
      };
    });
  });
}

function points(app: FastifyInstance, { gestes }: Porte): void {
  const racine = '/collectivites/:siren/points';
  app.post(racine, async (requete, reponse) => {
    const siren = sirenDe(requete);
    const lu = lire(formePoint, requete.body ?? {});
    reponse.code(201);
    return gestes.collectivites.ajouterPoint(requete.contexte, siren, lu);
  });

  app.patch(`${racine}/:point`, async (requete, reponse) => {
    const siren = sirenDe(requete);
    const { actif } = lire(bascule, requete.body ?? {});
    await gestes.collectivites.basculerPoint(requete.contexte, siren, {
      id: parametre(requete, 'point'),
      actif,
    });
    return reponse.code(204).send();
  });

  app.delete(`${racine}/:point`, async (requete, reponse) => {
    await gestes.collectivites.retirerPoint(requete.contexte, sirenDe(requete), parametre(requete, 'point'));
    return reponse.code(204).send();
  });

  app.post(`${racine}/:point/secret`, async (requete) =>
    gestes.collectivites.renouvelerSecret(requete.contexte, sirenDe(requete), parametre(requete, 'point')),
  );
}

/** Collectivités: their cards, their classification, where their notifications go. */
export function routesCollectivites(app: FastifyInstance, porte: Porte): void {
  fiches(app, porte);
  routeClassification(app, porte);
  points(app, porte);
}
