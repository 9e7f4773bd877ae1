import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { erreurBanc } from '../metier/catalogue/banc.ts';
import type { Clock } from '../ports/clock.ts';
import { type ClientApi, creerClientApi } from './client.ts';
import { demarrerMinistere, type Ministere, type OptionsMinistere } from './ministere.ts';
import { creerPkiEssai, type PkiEssai } from './pki.ts';

/** A whole world on loopback ports: PKI, ministry, one daemon as its own process, and a client of its API. */
export interface Laboratoire {
  readonly dossier: string;
  readonly configFichier: string;
  readonly ministere: Ministere;
  readonly pki: PkiEssai;
  readonly client: ClientApi;
  /** Starts the daemon and waits until it answers. Throws VGM-BAN-004 when it dies first, or once all is closed. */
  demarrerDemon(): Promise<ProcessusDemon>;
  /** Kills any daemon that was not stopped. */
  fermer(): Promise<void>;
}

export interface ProcessusDemon {
  readonly pid: number;
  /** Asks for a graceful stop (SIGTERM) and waits for it. @returns the exit code. */
  arreter(): Promise<number | null>;
  /** kill -9, and waits for the end. */
  tuer(): Promise<void>;
}

export interface OptionsLaboratoire {
  readonly dossier: string;
  readonly clock: Clock;
  readonly graine: number;
  /** Settings over those of the laboratory, by section, as the TOML file would have them. */
  readonly reglages?: Readonly<Record<string, unknown>>;
  readonly ministere?: Partial<Pick<OptionsMinistere, 'delaiReponseMs' | 'tardMs' | 'scenarios'>>;
}

export const CLASSIFICATION_DATE = '2019-08-29';
const RACINE = join(import.meta.dirname, '..', '..');
/** Wait for the daemon to answer: steps and their number. */
const PAS_MS = 25;
const PAS_MAX = 1_200;

/** A port that was free an instant ago. */
async function portLibre(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const serveur = createServer().listen(0, '127.0.0.1', () => {
    const adresse = serveur.address();
    serveur.close(() => resolve(typeof adresse === 'object' && adresse !== null ? adresse.port : 0));
  });
  return promise;
}

interface Adresses {
  readonly url: string;
  readonly portSmtp: number;
  readonly pki: PkiEssai;
}

function reglagesDe(options: OptionsLaboratoire, a: Adresses): Record<string, unknown> {
  const { client } = a.pki.paires;
  const ministere = { url: a.url, certificat: client.certificat, cle: client.cle, autorites: a.pki.ca };
  const base: Record<string, Record<string, unknown>> = {
    api: { port: 0 },
    operateur: { adresse_retour: 'tdt@operateur.example.fr' },
    actes: { ministere },
    reception: { smtp: { actif: true, port: a.portSmtp } },
    notification: { webhook: { http_permis: true, reseaux_permis: ['127.0.0.0/8'] } },
  };
  const reglages: Record<string, unknown> = {
    donnees: join(options.dossier, 'donnees'),
    journal_technique: 'warn',
    ...base,
  };
  for (const [section, valeurs] of Object.entries(options.reglages ?? {})) {
    const groupe = base[section];
    reglages[section] =
      typeof valeurs === 'object' && groupe !== undefined ? { ...groupe, ...valeurs } : valeurs;
  }
  return reglages;
}

/** Builds the world; the daemon is started apart, as many times as wanted, on the same data. */
export async function creerLaboratoire(options: OptionsLaboratoire): Promise<Laboratoire> {
  const { dossier, clock } = options;
  await mkdir(dossier, { recursive: true });
  const pki = await creerPkiEssai(join(dossier, 'pki'), { clock });
  const portSmtp = await portLibre();
  const ministere = await demarrerMinistere({
    https: await portesDe(pki),
    smtp: { hote: '127.0.0.1', port: portSmtp },
    clock,
    graine: options.graine,
    delaiReponseMs: options.ministere?.delaiReponseMs ?? 0,
    classificationDate: CLASSIFICATION_DATE,
    registre: join(dossier, 'registre.jsonl'),
    ...(options.ministere?.tardMs === undefined ? {} : { tardMs: options.ministere.tardMs }),
    ...(options.ministere?.scenarios === undefined ? {} : { scenarios: options.ministere.scenarios }),
  });
  const configFichier = join(dossier, 'vaguemestre.toml');
  await writeFile(configFichier, stringify(reglagesDe(options, { url: ministere.url, portSmtp, pki })));
  const client = creerClientApi(join(dossier, 'donnees', 'vaguemestre.sock'));
  const vivants = new Set<ChildProcess>();
  const fin = new AbortController();
  return {
    dossier,
    configFichier,
    ministere,
    pki,
    client,
    demarrerDemon: () => demarrerDemon({ dossier, configFichier, client, clock, vivants, fin: fin.signal }),
    fermer: async () => {
      fin.abort();
      for (const processus of vivants) processus.kill('SIGKILL');
      await client.fermer();
      await ministere.arreter();
    },
  };
}

async function portesDe(pki: PkiEssai): Promise<OptionsMinistere['https']> {
  const { certificat, cle } = pki.paires.ministere;
  const [cert, key, caClients] = await Promise.all([
    readFile(certificat, 'utf8'),
    readFile(cle, 'utf8'),
    readFile(pki.ca, 'utf8'),
  ]);
  return { port: 0, cert, key, caClients };
}

interface Lancement {
  readonly dossier: string;
  readonly configFichier: string;
  readonly client: ClientApi;
  readonly clock: Clock;
  /** Daemons that run. */
  readonly vivants: Set<ChildProcess>;
  /** Aborted when the world is closed. */
  readonly fin: AbortSignal;
}

async function demarrerDemon(l: Lancement): Promise<ProcessusDemon> {
  if (l.fin.aborted) throw erreurBanc('VGM-BAN-004', { journal: join(l.dossier, 'demon.log') });
  const journal = await open(join(l.dossier, 'demon.log'), 'a');
  const commande = [join(RACINE, 'bin', 'vaguemestre'), 'demarrer', '--config', l.configFichier];
  const processus = spawn(process.execPath, commande, { stdio: ['ignore', journal.fd, journal.fd] });
  l.vivants.add(processus);
  const fini = new Promise<number | null>((resolve) => {
    processus.once('exit', (code) => {
      l.vivants.delete(processus);
      resolve(code);
    });
  });
  await journal.close();
  await attendreReponse(l, processus);
  return {
    pid: processus.pid ?? 0,
    arreter: () => {
      processus.kill('SIGTERM');
      return fini;
    },
    tuer: async () => {
      processus.kill('SIGKILL');
      await fini;
    },
  };
}

async function attendreReponse(l: Lancement, processus: ChildProcess): Promise<void> {
  for (let pas = 0; pas < PAS_MAX; pas += 1) {
    if (processus.exitCode !== null || l.fin.aborted) break;
    const sante = await l.client.lire('/sante').catch(() => null);
    if (sante?.statut === 200) return;
    await l.clock.sleep(PAS_MS);
  }
  processus.kill('SIGKILL');
  throw erreurBanc('VGM-BAN-004', { journal: join(l.dossier, 'demon.log') });
}
