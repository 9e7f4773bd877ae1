import { ROLES, type Role } from '../../metier/roles.ts';
import { erreurUsage } from '../erreurs.ts';
import { lireInstant } from '../instants.ts';
import type { OptionsDemarrage } from '../modules.ts';
import { type Appel, liste, texte } from '../monde.ts';

/** `vaguemestre demarrer`: until SIGTERM or Ctrl-C; a second signal, a second later or more, stops at once. */

function lireRoles({ options, verbe }: Appel): Role[] {
  return liste(options, 'role').map((brut) => {
    const role = ROLES.find((r) => r === brut);
    if (role !== undefined) return role;
    const detail = `L’option « --role » attend ${ROLES.join(', ')}, et on lit « ${brut} ».`;
    throw erreurUsage(detail, verbe);
  });
}

async function lireOptions(appel: Appel): Promise<OptionsDemarrage> {
  const configFichier = texte(appel.options, 'config');
  const roles = lireRoles(appel);
  const restauree = lireInstant(appel, 'restauree');
  if (restauree !== undefined && restauree > (await appel.monde.maintenant()))
    throw erreurUsage('L’option « --restauree » attend l’instant d’une sauvegarde, donc passé.', appel.verbe);
  return {
    ...(configFichier === undefined ? {} : { configFichier }),
    ...(roles.length === 0 ? {} : { roles }),
    ...(restauree === undefined ? {} : { restauree }),
  };
}

export async function executer(appel: Appel): Promise<number> {
  const { monde } = appel;
  const options = await lireOptions(appel);
  const { demarrer } = await monde.modules.demon();
  const interruption = monde.interruption();
  const demon = await demarrer(options);
  if (interruption.aborted) demon.arreter();
  interruption.addEventListener('abort', () => demon.arreter(), { once: true });
  return demon.arrete;
}
