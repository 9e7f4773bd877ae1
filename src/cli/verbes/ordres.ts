import { erreurUsage } from '../erreurs.ts';
import { formulaire } from '../fichiers.ts';
import { drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { ordonner } from '../ordonner.ts';

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
