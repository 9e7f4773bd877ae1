import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { CLASSIFICATION_DATE } from './laboratoire.ts';
import { classificationDuBanc } from './referentiel.ts';

/** What the simulator leaves in its folder for a daemon: settings to start it with, a classification to import. */

export interface OptionsAides {
  readonly dossier: string;
  /** Address of the ministry, as opened. */
  readonly url: string;
  readonly smtp: { readonly hote: string; readonly port: number };
}

/** `gardes`: the settings were there and agree; `differents`: they were there and name other addresses. */
export type EtatReglages = 'ecrits' | 'gardes' | 'differents';

/** @returns the settings already in the folder; null when there are none, `{}` when they are no TOML. */
async function lireReglages(dossier: string): Promise<unknown> {
  let texte: string;
  try {
    texte = await readFile(join(dossier, 'vaguemestre.toml'), 'utf8');
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

/** @returns the port that the settings of the folder name, so that a daemon started with them finds us again; else 0. */
export async function portDesReglages(dossier: string): Promise<number> {
  const url = valeur(await lireReglages(dossier), 'actes', 'ministere', 'url');
  return typeof url === 'string' && URL.canParse(url) ? Number(new URL(url).port) : 0;
}

function accordes(reglages: unknown, { url, smtp }: OptionsAides): boolean {
  const reception = ['reception', 'smtp'] as const;
  return (
    valeur(reglages, 'actes', 'ministere', 'url') === url &&
    valeur(reglages, ...reception, 'adresse') === smtp.hote &&
    valeur(reglages, ...reception, 'port') === smtp.port
  );
}

/** Settings that an operator may have changed are never written over. */
export async function ecrireAides(options: OptionsAides): Promise<EtatReglages> {
  const { dossier, url, smtp } = options;
  await writeFile(join(dossier, 'classification-7-2.xml'), classificationDuBanc(CLASSIFICATION_DATE));
  const presents = await lireReglages(dossier);
  if (presents !== null) return accordes(presents, options) ? 'gardes' : 'differents';
  const reglages = {
    donnees: 'donnees',
    operateur: { adresse_retour: 'tdt@example.org' },
    actes: {
      ministere: {
        url,
        certificat: 'pki/client.pem',
        cle: 'pki/client.key',
        autorites: 'pki/ca.pem',
      },
    },
    reception: { smtp: { actif: true, adresse: smtp.hote, port: smtp.port } },
    notification: { webhook: { http_permis: true, reseaux_permis: ['127.0.0.0/8'] } },
  };
  await writeFile(join(dossier, 'vaguemestre.toml'), stringify(reglages));
  return 'ecrits';
}
