import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import { nomDeFichier } from '../../formats/encodages/noms.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { FluxId, RetourId, Siren } from '../../metier/identifiants.ts';
import { disposition } from '../entetes.ts';
import { borner, compteur, exigerOctets, purger } from '../flot.ts';
import type { Porte } from '../porte.ts';
import { filtreRetours, lire, optionsRetour, ordreMotif, ordreRattacher, ordreRemettre } from './formes.ts';
import { retourId } from './identifiants.ts';
import { vueRetour } from './vues.ts';

function lectures(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/retours', async (requete) => {
    const { etat, avant, limite } = lire(filtreRetours, requete.query);
    const retours = await gestes.retours.lister(requete.contexte, {
      limite,
      ...(etat === undefined ? {} : { etats: etat }),
      ...(avant === undefined ? {} : { avant: avant as RetourId }),
    });
    return {
      retours: retours.map(vueRetour),
      suite: retours.length < limite ? null : (retours.at(-1)?.id ?? null),
    };
  });

  app.get('/retours/:id', async (requete) => {
    const vu = await gestes.retours.montrer(requete.contexte, retourId(requete));
    vu.brut.destroy();
    const { parties, expediteur, objet, texte } = vu;
    return { retour: vueRetour(vu.retour), parties, expediteur, objet, texte };
  });

  app.get('/retours/:id/brut', async (requete, reponse) => {
    const { retour, brut } = await gestes.retours.montrer(requete.contexte, retourId(requete));
    const { nom } = retour;
    reponse.headers({
      'content-type': nom === null ? 'message/rfc822' : 'application/xml',
      'content-length': retour.taille,
      'content-disposition': disposition(nom ?? `${retour.id}.eml`),
      'x-content-type-options': 'nosniff',
    });
    return reponse.send(brut);
  });
}

function ordres(app: FastifyInstance, { gestes }: Porte): void {
  app.post('/retours/:id/retraiter', async (requete) => ({
    retour: vueRetour(await gestes.retours.retraiter(requete.contexte, retourId(requete))),
  }));

  app.post('/retours/:id/rattacher', async (requete) => {
    const id = retourId(requete);
    const { flux, issue, motif } = lire(ordreRattacher, requete.body ?? {});
    const cible = flux as FluxId;
    const retour =
      issue === undefined || motif === undefined
        ? await gestes.retours.rattacher(requete.contexte, id, cible)
        : await gestes.retours.trancher(requete.contexte, id, { flux: cible, issue, motif });
    return { retour: vueRetour(retour) };
  });

  app.post('/retours/:id/remettre', async (requete) => {
    const id = retourId(requete);
    const { siren } = lire(ordreRemettre, requete.body ?? {});
    return { retour: vueRetour(await gestes.retours.remettre(requete.contexte, id, siren as Siren)) };
  });

  app.post('/retours/:id/classer', async (requete) => {
    const id = retourId(requete);
    const { motif } = lire(ordreMotif, requete.body ?? {});
    return { retour: vueRetour(await gestes.retours.classer(requete.contexte, id, motif)) };
  });

  app.post('/releve', async (requete) => ({ sources: await gestes.relever(requete.contexte) }));
}

function lireFaute(e: unknown): ErreurVgm {
  return e instanceof ErreurVgm ? e : erreurApi('VGM-API-012', {}, e);
}

/** A raw message filed by hand: its bytes are streamed, whatever type they are announced as. */
function depotManuel(app: FastifyInstance, { gestes, config }: Porte): void {
  app.register(async (enfant) => {
    enfant.removeAllContentTypeParsers();
    enfant.addContentTypeParser('*', (_requete, corps, fini) => fini(null, corps));
    enfant.post('/retours', async (requete, reponse) => {
      const compte = compteur(config.api.taille_max_octets);
      const { nom } = lire(optionsRetour, requete.query);
      if (!(requete.body instanceof Readable)) {
        throw erreurApi('VGM-API-003', { problemes: 'le message à ranger est attendu dans le corps.' });
      }
      try {
        const source = exigerOctets(borner(requete.body, compte, lireFaute), compte);
        const retour = await gestes.retours.deposer(
          requete.contexte,
          source,
          nom === undefined ? null : nomDeFichier(nom) || 'fichier.xml',
        );
        reponse.code(201).header('location', `/api/v1/retours/${retour.id}`);
        return { retour: vueRetour(retour) };
      } catch (e) {
        purger(requete.raw, reponse.raw);
        throw compte.panne ?? e;
      }
    });
  });
}

/** Messages of the State: the parked queue and its orders (operator only: `gestes` refuses the others). */
export function routesRetours(app: FastifyInstance, porte: Porte): void {
  lectures(app, porte);
  ordres(app, porte);
  depotManuel(app, porte);
}
