import { erreurUsage } from '../erreurs.ts';
import { clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { etat, json, sur } from '../rendu.ts';
import type { FluxVu } from '../vues.ts';

async function ordonner(appel: Appel, ordre: string, corps: object): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const { flux } = await client.json<{ flux: FluxVu }>({
    methode: 'POST',
    chemin: `/flux/${id}/${ordre}`,
    json: corps,
  });
  if (drapeau(appel.options, 'json')) json(sorties, [flux]);
  else sorties.ecrire(`${sur(flux.identite)} : ${etat(sorties, flux.etat, flux.libelle)}.`);
  return 0;
}

/** `vaguemestre renvoyer ID` */
export const renvoyer: ModuleVerbe = { executer: (appel) => ordonner(appel, 'renvoyer', {}) };

/** `vaguemestre abandonner ID --motif …` */
export const abandonner: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'abandonner', { motif: texte(appel.options, 'motif') }),
};

/** `vaguemestre trancher ID --recu|--non-recu --motif …` */
export const trancher: ModuleVerbe = {
  executer: (appel) => {
    const [recu, nonRecu] = [drapeau(appel.options, 'recu'), drapeau(appel.options, 'nonRecu')];
    if (recu === nonRecu) {
      const detail = 'Il faut « --recu » ou « --non-recu », l’un des deux.';
      throw erreurUsage(detail, appel.verbe);
    }
    const decision = recu ? 'recu' : 'non_recu';
    return ordonner(appel, 'trancher', { decision, motif: texte(appel.options, 'motif') });
  },
};
