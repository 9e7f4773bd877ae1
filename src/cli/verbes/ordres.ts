import { erreurUsage } from '../erreurs.ts';
import { clientDe, type Requete } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { formulaire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { etat, json, sur } from '../rendu.ts';
import type { FluxVu } from '../vues.ts';

/** What the order carries: JSON, or a form. */
type Corps = Pick<Requete, 'json' | 'corps'>;

async function ordonner(
  appel: Appel,
  ordre: string,
  preparer: () => Corps | Promise<Corps>,
): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const chemin = `/flux/${id}/${ordre}`;
  const { flux } = await client.json<{ flux: FluxVu }>({ methode: 'POST', chemin, ...(await preparer()) });
  if (drapeau(appel.options, 'json')) json(sorties, [flux]);
  else sorties.ecrire(`${sur(flux.identite)} : ${etat(sorties, flux.etat, flux.libelle)}.`);
  return 0;
}

/** `vaguemestre renvoyer ID` */
export const renvoyer: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'renvoyer', () => ({ json: {} })),
};

/** `vaguemestre confirmer ID` */
export const confirmer: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'confirmer', () => ({ json: {} })),
};

/** `vaguemestre apporter ID FICHIER` */
export const apporter: ModuleVerbe = {
  executer: (appel) =>
    ordonner(appel, 'signature', async () => ({
      corps: await formulaire(
        [{ nom: 'pes', fichier: appel.arguments[1] ?? '' }],
        await appel.monde.hasard(),
      ),
    })),
};

/** `vaguemestre abandonner ID --motif …` */
export const abandonner: ModuleVerbe = {
  executer: (appel) =>
    ordonner(appel, 'abandonner', () => ({ json: { motif: texte(appel.options, 'motif') } })),
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
    return ordonner(appel, 'trancher', () => ({
      json: { decision, motif: texte(appel.options, 'motif') },
    }));
  },
};
