import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { type AccesDgfip, reglagesPasserelles } from './dgfip/acces.ts';
import type { Dgfip } from './dgfip/dgfip.ts';
import { classificationDuBanc } from './referentiel.ts';

/** What the simulator leaves in its folder for a daemon: settings to start it with, a classification to import. */

/** The services as opened; null: not asked for. */
export interface Services {
  readonly dossier: string;
  readonly prefecture: {
    /** Address of the ministry. */
    readonly url: string;
    /** Where its answers are mailed. */
    readonly smtp: { readonly hote: string; readonly port: number };
    /** Date of the classification in force. */
    readonly classification: string;
  } | null;
  readonly dgfip: {
    readonly acces: AccesDgfip;
    readonly portes: Pick<Dgfip, 'portSftp' | 'portFtp' | 'portFtps'>;
  } | null;
}

/** Ports of the doors; 0 = any free one. */
export interface Ports {
  readonly https: number;
  readonly sftp: number;
  readonly ftps: number;
  readonly ftp: number;
}

/** `gardes`: the settings were there and agree; `differents`: they were there and name other addresses. */
export type EtatReglages = 'ecrits' | 'gardes' | 'differents';

const lieuReglages = (dossier: string): string => join(dossier, 'vaguemestre.toml');

/** @returns the settings already in the folder; null when there are none, `{}` when they are no TOML. */
async function lireReglages(dossier: string): Promise<unknown> {
  let texte: string;
  try {
    texte = await readFile(lieuReglages(dossier), 'utf8');
  } catch {
    return null;
  }
  try {
    return parse(texte);
  } catch {
    return {};
  }
}

function valeur(table: unknown, ...cles: readonly string[]): unknown {
  return cles.reduce<unknown>(
    (t, cle) =>
      typeof t === 'object' && t !== null ? (t as Readonly<Record<string, unknown>>)[cle] : undefined,
    table,
  );
}

/** Rows of `helios.passerelles`, whatever else stands there. */
function passerellesDe(reglages: unknown): readonly unknown[] {
  const lignes = valeur(reglages, 'helios', 'passerelles');
  return Array.isArray(lignes) ? lignes : [];
}

/** @returns the ports that the settings of the folder name, so that a daemon started with them finds us again; else 0. */
export async function portsDesReglages(dossier: string): Promise<Ports> {
  const reglages = await lireReglages(dossier);
  const url = valeur(reglages, 'actes', 'ministere', 'url');
  const port = (mode: string): number => {
    const lu = valeur(
      passerellesDe(reglages).find((p) => valeur(p, 'mode') === mode),
      'port',
    );
    return typeof lu === 'number' ? lu : 0;
  };
  return {
    https: typeof url === 'string' && URL.canParse(url) ? Number(new URL(url).port) : 0,
    sftp: port('passtrans_sftp'),
    ftps: port('passtrans_ftps'),
    ftp: port('gateway'),
  };
}

type Chemin = (fichier: string) => string;
type Reglages = Record<string, Record<string, unknown>>;

function reglagesActes({ url, smtp }: NonNullable<Services['prefecture']>, pki: Chemin): Reglages {
  const ministere = {
    url,
    certificat: pki('client.pem'),
    cle: pki('client.key'),
    autorites: pki('ca.pem'),
  };
  return {
    operateur: { adresse_retour: 'tdt@example.org' },
    actes: { ministere },
    reception: { smtp: { actif: true, adresse: smtp.hote, port: smtp.port } },
  };
}

/** The settings by which a daemon speaks to the services. @param chemin how they name a file of the folder. */
function reglagesDe({ dossier, prefecture, dgfip }: Services, chemin: Chemin): Reglages {
  const autorites = join(dossier, 'pki', 'ca.pem');
  return {
    ...(prefecture === null ? {} : reglagesActes(prefecture, (nom) => chemin(join(dossier, 'pki', nom)))),
    ...(dgfip === null
      ? {}
      : { helios: { passerelles: reglagesPasserelles({ ...dgfip, autorites, chemin }) } }),
  };
}

/** To be pasted in the settings of any daemon of this machine: every path is absolute. TOML. */
export function reglagesACopier(services: Services): string {
  return stringify(reglagesDe(services, (fichier) => resolve(fichier))).trim();
}

function accordes(presents: unknown, voulus: Reglages): boolean {
  const memes = (...cles: readonly string[]): boolean =>
    valeur(voulus, ...cles) === undefined || valeur(presents, ...cles) === valeur(voulus, ...cles);
  const adresses =
    memes('actes', 'ministere', 'url') &&
    memes('reception', 'smtp', 'adresse') &&
    memes('reception', 'smtp', 'port');
  const connues = passerellesDe(presents);
  const champs = ['mode', 'port', 'utilisateur', 'empreintes'];
  const decrire = (p: unknown): string => JSON.stringify(champs.map((c) => valeur(p, c) ?? null));
  return adresses && passerellesDe(voulus).every((p) => connues.some((c) => decrire(c) === decrire(p)));
}

/** Settings that an operator may have changed are never written over. */
export async function ecrireAides(services: Services): Promise<EtatReglages> {
  const { dossier, prefecture } = services;
  if (prefecture !== null) {
    await writeFile(join(dossier, 'classification-7-2.xml'), classificationDuBanc(prefecture.classification));
  }
  const voulus = reglagesDe(services, (fichier) => relative(dossier, fichier));
  const presents = await lireReglages(dossier);
  if (presents !== null) return accordes(presents, voulus) ? 'gardes' : 'differents';
  const notification = { webhook: { http_permis: true, reseaux_permis: ['127.0.0.0/8'] } };
  await writeFile(lieuReglages(dossier), stringify({ donnees: 'donnees', ...voulus, notification }));
  return 'ecrits';
}
