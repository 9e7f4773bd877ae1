import { erreurUsage } from '../erreurs.ts';
import type { OptionsSimulateur } from '../modules.ts';
import { type Appel, drapeau, type ModuleVerbe, texte } from '../monde.ts';

function entier(appel: Appel, nom: string, option: string): number | null {
  const brut = texte(appel.options, nom);
  if (brut === undefined) return null;
  if (/^[0-9]{1,9}$/.test(brut)) return Number(brut);
  const detail = `L’option « --${option} » attend un nombre, et on lit « ${brut} ».`;
  throw erreurUsage(detail, appel.verbe);
}

const PORT_MAX = 65_535;

function port(appel: Appel, nom: string, option: string): number | null {
  const lu = entier(appel, nom, option);
  if (lu === null || lu <= PORT_MAX) return lu;
  throw erreurUsage(`L’option « --${option} » attend un port, de 0 à ${PORT_MAX}.`, appel.verbe);
}

function relais(appel: Appel): { hote: string; port: number } {
  const brut = texte(appel.options, 'smtp') ?? '127.0.0.1:2525';
  const [, hote, numero] = /^(.+):([0-9]{1,5})$/.exec(brut) ?? [];
  if (hote !== undefined && numero !== undefined) return { hote, port: Number(numero) };
  const detail = `L’option « --smtp » attend « hôte:port », et on lit « ${brut} ».`;
  throw erreurUsage(detail, appel.verbe);
}

const SERVICES = ['prefecture', 'dgfip'] as const;

function services(appel: Appel): OptionsSimulateur['services'] {
  const demande = texte(appel.options, 'seulement');
  if (demande === undefined) return SERVICES;
  const nu = demande.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const choisi = SERVICES.find((s) => s === nu);
  if (choisi !== undefined) return [choisi];
  const detail = `L’option « --seulement » attend « prefecture » ou « dgfip », et on lit « ${demande} ».`;
  throw erreurUsage(detail, appel.verbe);
}

async function lancerSimulateur(appel: Appel): Promise<number> {
  const { monde, options } = appel;
  const reglage: OptionsSimulateur = {
    services: services(appel),
    ports: {
      https: port(appel, 'port', 'port'),
      sftp: port(appel, 'portSftp', 'port-sftp'),
      ftps: port(appel, 'portFtps', 'port-ftps'),
      ftp: port(appel, 'portFtp', 'port-ftp'),
    },
    smtp: relais(appel),
    graine: entier(appel, 'graine', 'graine') ?? 1,
    dossier: texte(options, 'dossier') ?? 'simulateur',
    json: drapeau(options, 'json'),
  };
  const { simulateur: demarrer } = await monde.modules.banc();
  const interruption = monde.interruption();
  const etat = await demarrer(reglage, monde.sorties);
  if (interruption.aborted) etat.arreter();
  interruption.addEventListener('abort', () => etat.arreter(), { once: true });
  return etat.arrete;
}

async function lancerDemo({ monde, options }: Appel): Promise<number> {
  const dossier = texte(options, 'dossier');
  const banc = await monde.modules.banc();
  const demande = { json: drapeau(options, 'json'), ...(dossier === undefined ? {} : { dossier }) };
  return banc.demo(demande, monde.sorties, monde.interruption());
}

/** `vaguemestre simulateur`: until Ctrl-C. */
export const simulateur: ModuleVerbe = { executer: lancerSimulateur };
/** `vaguemestre demo`: 0 only if all ended as announced. */
export const demo: ModuleVerbe = { executer: lancerDemo };
