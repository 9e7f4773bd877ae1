import { erreurUsage } from '../erreurs.ts';
import { type Appel, drapeau, type ModuleVerbe, texte } from '../monde.ts';

function entier(appel: Appel, nom: string, defaut: number): number {
  const brut = texte(appel.options, nom);
  if (brut === undefined) return defaut;
  if (/^[0-9]{1,9}$/.test(brut)) return Number(brut);
  const detail = `L’option « --${nom} » attend un nombre, et on lit « ${brut} ».`;
  throw erreurUsage(detail, appel.verbe);
}

function relais(appel: Appel): { hote: string; port: number } {
  const brut = texte(appel.options, 'smtp') ?? '127.0.0.1:2525';
  const [, hote, port] = /^(.+):([0-9]{1,5})$/.exec(brut) ?? [];
  if (hote !== undefined && port !== undefined) return { hote, port: Number(port) };
  const detail = `L’option « --smtp » attend « hôte:port », et on lit « ${brut} ».`;
  throw erreurUsage(detail, appel.verbe);
}

async function lancerSimulateur(appel: Appel): Promise<number> {
  const { monde, options } = appel;
  const reglage = {
    port: texte(options, 'port') === undefined ? null : entier(appel, 'port', 0),
    smtp: relais(appel),
    graine: entier(appel, 'graine', 1),
    dossier: texte(options, 'dossier') ?? 'simulateur',
    json: drapeau(options, 'json'),
  };
  const { simulateur: demarrer } = await monde.modules.banc();
  const interruption = monde.interruption();
  const ministere = await demarrer(reglage, monde.sorties);
  if (interruption.aborted) ministere.arreter();
  interruption.addEventListener('abort', () => ministere.arreter(), { once: true });
  return ministere.arrete;
}

async function lancerDemo({ monde, options }: Appel): Promise<number> {
  const dossier = texte(options, 'dossier');
  const banc = await monde.modules.banc();
  return banc.demo({ json: drapeau(options, 'json'), ...(dossier === undefined ? {} : { dossier }) });
}

/** `vaguemestre simulateur`: until Ctrl-C. */
export const simulateur: ModuleVerbe = { executer: lancerSimulateur };
/** `vaguemestre demo`: 0 only if all ended as announced. */
export const demo: ModuleVerbe = { executer: lancerDemo };
