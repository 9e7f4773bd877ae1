import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { erreurApi } from '../../metier/catalogue/api.ts';
import type { FluxId } from '../../metier/identifiants.ts';
import type { DemandeReponse, ReponseDepot } from '../../gestes/gestes.ts';
import type { Porte } from '../porte.ts';
import { cleDe, lireDemande, repondreDepot } from './depot.ts';
import { demandeClassification, demandeReponse, lire } from './formes.ts';
import { avecFormulaires, type Formulaire, lireFormulaire, ordonnes, purgeant } from './formulaire.ts';
import { fluxId, sirenDe } from './identifiants.ts';

/** Exchanges about an acte that the State holds: answers, cancellation, request of the classification. */

/** A « pes » answers nothing, nor does a signature beside its document; that there is a document, and how many, is for the controls to say. */
function comprendre(formulaire: Formulaire): Pick<DemandeReponse, 'refus' | 'typologies' | 'fichiers'> {
  const { refus, typologies } = lireDemande(demandeReponse, formulaire);
  const { fichiers } = formulaire;
  const intruse = fichiers.find((f) => f.role === 'pes' || f.role === 'signature');
  if (intruse !== undefined) throw erreurApi('VGM-API-008', { partie: intruse.role });
  if (!fichiers.some((f) => f.role === 'document')) throw erreurApi('VGM-API-007', { partie: 'document' });
  return { refus, typologies, fichiers: ordonnes(formulaire) };
}

async function repondre(requete: FastifyRequest, porte: Porte): Promise<ReponseDepot> {
  const courrier: FluxId = fluxId(requete);
  const cle = cleDe(requete);
  const lu = await lireFormulaire(requete, porte, comprendre);
  return porte.gestes.repondre(requete.contexte, { courrier, ...lu, cleIdempotence: cle });
}

/** What no document goes with: the flux alone is worth telling. */
function creer(reponse: FastifyReply, resultat: ReponseDepot) {
  const { flux } = repondreDepot(reponse, resultat);
  return { flux };
}

export function routesEchanges(app: FastifyInstance, porte: Porte): void {
  const { gestes } = porte;
  avecFormulaires(app, (enfant) => {
    enfant.post(
      '/flux/:id/reponse',
      purgeant(async (requete, reponse) => repondreDepot(reponse, await repondre(requete, porte))),
    );
  });

  app.post('/flux/:id/annulation', async (requete, reponse) =>
    creer(reponse, await gestes.annuler(requete.contexte, fluxId(requete))),
  );

  app.get('/collectivites/:siren/classification', async (requete) => {
    const { actes } = await gestes.collectivites.trouver(requete.contexte, sirenDe(requete));
    return { classification: actes?.classification ?? null };
  });

  app.post('/collectivites/:siren/classification/demande', async (requete, reponse) => {
    const siren = sirenDe(requete);
    const { complete } = lire(demandeClassification, requete.body ?? {});
    return creer(reponse, await gestes.demanderClassification(requete.contexte, { siren, complete }));
  });
}
