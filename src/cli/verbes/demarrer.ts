import { type Appel, texte } from '../monde.ts';

/** `vaguemestre demarrer`: until SIGTERM or Ctrl-C; a second signal, a second later or more, stops at once. */
export async function executer({ options, monde }: Appel): Promise<number> {
  const configFichier = texte(options, 'config');
  const { demarrer } = await monde.modules.demon();
  const interruption = monde.interruption();
  const demon = await demarrer(configFichier === undefined ? {} : { configFichier });
  if (interruption.aborted) demon.arreter();
  interruption.addEventListener('abort', () => demon.arreter(), { once: true });
  return demon.arrete;
}
