import { type Appel, drapeau, type ModuleVerbe } from '../monde.ts';

function fichier(appel: Appel): string {
  return appel.arguments[0] ?? '';
}

/** `vaguemestre controler FICHIER`, without daemon. */
export const controlerFichier: ModuleVerbe = {
  async executer(appel) {
    const { controler } = await import('../controler.ts');
    return controler(fichier(appel), { json: drapeau(appel.options, 'json') }, appel.monde.sorties);
  },
};
