import type { FastifyInstance } from 'fastify';
import { ecrireAgenda } from '../../formats/encodages/icalendar.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import type { Jour } from '../../metier/identifiants.ts';
import { evenementsAgenda } from '../../protocoles/actes/agenda.ts';
import { disposition } from '../entetes.ts';
import type { Porte } from '../porte.ts';
import { lireDemande } from './depot.ts';
import { demandeComplement, lire, ordrePublier } from './formes.ts';
import { avecFormulaires, type Formulaire, lireFormulaire, purgeant } from './formulaire.ts';
import { fluxId } from './identifiants.ts';
import { vueFlux } from './vues.ts';

/** An acte once it has left: its legal calendar, and what the collectivité tells of it. */

const PRODUCTEUR = '-//vaguemestre//calendrier//FR';

function comprendre(formulaire: Formulaire) {
  const { recu } = lireDemande(demandeComplement, formulaire);
  const [fichier = null, autre] = formulaire.fichiers;
  const intrus = autre ?? (fichier?.role === 'document' ? null : fichier);
  if (intrus !== null) throw erreurApi('VGM-API-008', { partie: intrus.role });
  return { recu: recu as Jour, fichier };
}

export function routesActes(app: FastifyInstance, porte: Porte): void {
  const { gestes } = porte;

  app.get('/flux/:id/calendrier', async (requete) => ({
    calendrier: await gestes.calendrier(requete.contexte, fluxId(requete)),
  }));

  app.get('/flux/:id/calendrier.ics', async (requete, reponse) => {
    const id = fluxId(requete);
    const jalons = await gestes.calendrier(requete.contexte, id);
    const { identite, modifie } = (await gestes.montrer(requete.contexte, id)).flux;
    const agenda = ecrireAgenda({
      producteur: PRODUCTEUR,
      nom: `Calendrier de l’acte ${identite}`,
      // the same acte gives the same file
      instant: modifie,
      evenements: evenementsAgenda(jalons, identite),
    });
    reponse.headers({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': disposition(`${identite}.ics`),
    });
    return reponse.send(agenda);
  });

  app.post('/flux/:id/publication', async (requete) => {
    const id = fluxId(requete);
    const { jour } = lire(ordrePublier, requete.body ?? {});
    return { flux: vueFlux(await gestes.publier(requete.contexte, { id, jour: jour as Jour })) };
  });

  app.post('/flux/:id/valider', async (requete) => ({
    flux: vueFlux(await gestes.valider(requete.contexte, fluxId(requete))),
  }));

  avecFormulaires(app, (enfant) => {
    enfant.post(
      '/flux/:id/complement',
      purgeant(async (requete) => {
        const id = fluxId(requete);
        const lu = await lireFormulaire(requete, porte, comprendre);
        return { flux: vueFlux(await gestes.complement(requete.contexte, { id, ...lu })) };
      }),
    );
  });
}
