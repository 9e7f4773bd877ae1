import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { erreurConfig } from '../metier/catalogue/config.ts';
import { cleProche } from './cles.ts';
import { rendreAbsolus } from './chemins.ts';
import { coherence } from './coherence.ts';
import { type Config, manifest } from './manifest.ts';
import { chemin, messageFrancais } from './messages.ts';

/** Where a value comes from: `défaut`, `fichier /etc/…`, `environnement VAGUEMESTRE_…`. */
export type Origine = 'défaut' | `fichier ${string}` | `environnement ${string}`;

export interface ConfigChargee {
  readonly config: Config;
  /** Origin of each setting, by dotted name. Lists are one setting. */
  readonly origines: ReadonlyMap<string, Origine>;
  /** The file read, absolute; null when none was named. */
  readonly fichier: string | null;
}

export type Environnement = Readonly<Record<string, string | undefined>>;

/** The only variables that set something: a closed list, so that an environment never changes more than it says. */
export const VARIABLES: readonly {
  readonly variable: string;
  readonly cle: string;
  readonly nombre?: boolean;
}[] = [
  { variable: 'VAGUEMESTRE_DONNEES', cle: 'donnees' },
  { variable: 'VAGUEMESTRE_JOURNAL_TECHNIQUE', cle: 'journal_technique' },
  { variable: 'VAGUEMESTRE_API_SOCKET', cle: 'api.socket' },
  { variable: 'VAGUEMESTRE_API_ADRESSE', cle: 'api.adresse' },
  { variable: 'VAGUEMESTRE_API_PORT', cle: 'api.port', nombre: true },
];

type Groupe = Record<string, unknown>;

function estGroupe(valeur: unknown): valeur is Groupe {
  return typeof valeur === 'object' && valeur !== null && !Array.isArray(valeur) && !(valeur instanceof Date);
}

function lireToml(fichier: string): Groupe {
  let texte: string;
  try {
    texte = readFileSync(fichier, 'utf8');
  } catch (e) {
    const code = e instanceof Error && 'code' in e ? String(e.code) : 'illisible';
    const raison = { ENOENT: 'fichier absent', EACCES: 'droits insuffisants', EISDIR: 'c’est un dossier' }[
      code
    ];
    throw erreurConfig('VGM-CFG-001', { fichier, raison: raison ?? code }, e);
  }
  try {
    return parse(texte.replace(/^\uFEFF/, '')) as Groupe;
  } catch (e) {
    if (!(e instanceof TomlError)) throw e;
    const lieu = { ligne: e.line, colonne: e.column, extrait: e.codeblock.trimEnd() };
    throw erreurConfig('VGM-CFG-002', { fichier, ...lieu }, e);
  }
}

function poser(racine: Groupe, cle: string, valeur: unknown): void {
  const noms = cle.split('.');
  const dernier = noms.pop() as string;
  let groupe = racine;
  for (const nom of noms) {
    if (!estGroupe(groupe[nom])) groupe[nom] = {};
    groupe = groupe[nom] as Groupe;
  }
  groupe[dernier] = valeur;
}

/** Dotted names of the leaves of a parsed document. */
export function feuilles(groupe: object, prefixe = ''): string[] {
  return Object.entries(groupe).flatMap(([nom, valeur]) => {
    const cle = prefixe === '' ? nom : `${prefixe}.${nom}`;
    return estGroupe(valeur) && Object.keys(valeur).length > 0 ? feuilles(valeur, cle) : [cle];
  });
}

function decrire(faute: z.core.$ZodIssue): string[] {
  const ou = chemin(faute.path);
  if (faute.code !== 'unrecognized_keys') return [`- ${ou} : ${faute.message}.`];
  return faute.keys.map((nom) => {
    const complet = ou === '' ? nom : `${ou}.${nom}`;
    const proche = cleProche(ou, nom);
    return `- ${complet} : réglage inconnu${proche === undefined ? '' : ` ; vouliez-vous dire « ${proche} » ?`}${
      proche === undefined ? '.' : ''
    }`;
  });
}

function valider(brut: Groupe): Config {
  const lu = manifest.safeParse(brut, { error: messageFrancais });
  const problemes = lu.success ? coherence(lu.data) : lu.error.issues.flatMap(decrire);
  if (!lu.success || problemes.length > 0) {
    throw erreurConfig('VGM-CFG-003', { problemes: problemes.join('\n') });
  }
  return lu.data;
}

/** Variables that are set, with the value to write. An empty variable is one that is not set. */
function surcharges(env: Environnement): { cle: string; variable: string; valeur: unknown }[] {
  return VARIABLES.flatMap(({ variable, cle, nombre }) => {
    const texte = env[variable];
    if (texte === undefined || texte === '') return [];
    const valeur = nombre === true && /^[0-9]+$/.test(texte) ? Number(texte) : texte;
    return [{ cle, variable, valeur }];
  });
}

/**
 * Reads the settings: defaults of the manifest, then the TOML file, then the listed environment variables.
 * Paths come out absolute: relative to the folder of the file that wrote them, or to the working folder otherwise.
 * @param demande.fichier path of the file; `VAGUEMESTRE_CONFIG` when absent; defaults alone when neither is given.
 * Throws VGM-CFG-001 (unreadable), 002 (not TOML), 003 (every wrong setting, at once).
 */
export function chargerConfig(demande: {
  readonly fichier?: string;
  readonly env: Environnement;
}): ConfigChargee {
  const nomme = demande.fichier ?? demande.env['VAGUEMESTRE_CONFIG'];
  const fichier = nomme === undefined || nomme === '' ? null : resolve(nomme);
  const brut = fichier === null ? {} : lireToml(fichier);
  const origines = new Map<string, Origine>();
  const duFichier = new Set(feuilles(brut));
  const imposees = surcharges(demande.env);
  for (const { cle, valeur } of imposees) poser(brut, cle, valeur);
  const config = valider(brut);
  for (const cle of feuilles(config)) {
    origines.set(cle, fichier !== null && duFichier.has(cle) ? `fichier ${fichier}` : 'défaut');
  }
  for (const { cle, variable } of imposees) origines.set(cle, `environnement ${variable}`);
  const dossier = (cle: string): string =>
    fichier !== null && origines.get(cle)?.startsWith('fichier') === true ? dirname(fichier) : resolve('.');
  return { config: rendreAbsolus(config, dossier), origines, fichier };
}
