import type { FastifyInstance } from 'fastify';
import { erreurApi } from '../../metier/catalogue/api.ts';
import type { Siren } from '../../metier/identifiants.ts';
import type { Porte } from '../porte.ts';
import { jeton as forme, lire } from './formes.ts';
import { parametre } from './identifiants.ts';
import { vueJeton } from './vues.ts';

/** Tokens of the API (operator only: `gestes` refuses the others). */
export function routesJetons(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/jetons', async (requete) => ({
    jetons: (await gestes.jetons.lister(requete.contexte)).map(vueJeton),
  }));

  app.post('/jetons', async (requete, reponse) => {
    const { nom, collectivite } = lire(forme, requete.body ?? {});
    const portee =
      collectivite === undefined ? ({ operateur: true } as const) : { collectivite: collectivite as Siren };
    const { jeton } = await gestes.jetons.creer(requete.contexte, nom, portee);
    reponse.code(201);
    return { nom, collectivite: collectivite ?? null, jeton };
  });

  app.delete('/jetons/:nom', async (requete, reponse) => {
    const nom = parametre(requete, 'nom');
    if (!(await gestes.jetons.revoquer(requete.contexte, nom))) {
      throw erreurApi('VGM-API-016', { nom: nom.slice(0, 64) });
    }
    return reponse.code(204).send();
  });
}
