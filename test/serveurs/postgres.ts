import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as attendre } from 'node:timers/promises';
import { Client } from 'pg';
import { assurerPaquets, racineServeurs } from './installer.ts';
import { lancer, portLibre, type Processus } from './processus.ts';

/** Where an empty base is, as the settings of the daemon name it. */
export interface BaseVide {
  readonly hote: string;
  readonly port: number;
  readonly base: string;
  readonly utilisateur: string;
  readonly motDePasse: string;
  /** File that holds the password. */
  readonly secretFichier: string;
}

export interface Postgres {
  readonly port: number;
  /** Folder of its socket. */
  readonly dossier: string;
  /**
   * A role that owns a schema of its own, where all that it does lands (`search_path` is "$user", public): as good as a base,
   * and made in a few milliseconds.
   */
  creerBase(): Promise<BaseVide>;
  /** Takes every row out of a base, the journal's too: quicker than another base. */
  vider(base: BaseVide): Promise<void>;
  /** Runs statements as the superuser, once the server answers. @returns the rows of the last one. */
  sql<L extends object = Record<string, unknown>>(texte: string): Promise<L[]>;
  /** A connection of the superuser, left open. */
  session(): Promise<Client>;
  /** Asks until this query gives a first column that is true. */
  jusqua(question: string): Promise<void>;
  /** Fast stop: open transactions are undone, what was committed is on the disk. */
  arreter(): Promise<void>;
  /** Immediate stop, as a power cut but for the memory of the system: it recovers from its log at the next start. */
  couper(): Promise<void>;
  /** Starts again on the same port and folder; the settings replace those of the last start. */
  relancer(reglages?: Readonly<Record<string, string>>): Promise<void>;
  /** Immediate stop; the folder goes. */
  fermer(): Promise<void>;
}

export interface OptionsPostgres {
  /** Settings over its own (`-c name=value`). */
  readonly reglages?: Readonly<Record<string, string>>;
  /** Certificate and key of the server, PEM files; absent = no TLS. */
  readonly tls?: { readonly certificat: string; readonly cle: string };
}

const PROGRAMMES = '/usr/lib/postgresql/15/bin';
const MOT_DE_PASSE = 'secret-d-essai';
const root = process.getuid?.() === 0;

/** PostgreSQL refuses to run as root. */
function enPostgres(programme: string, args: readonly string[]): [string, string[]] {
  const entier = join(PROGRAMMES, programme);
  if (!root) return [entier, [...args]];
  return ['setpriv', ['--reuid', 'postgres', '--regid', 'postgres', '--init-groups', entier, ...args]];
}

function preparer({ tls }: OptionsPostgres): { dossier: string; donnees: string } {
  const dossier = mkdtempSync(join(racineServeurs(), 'vaguemestre-pg-'));
  chmodSync(dossier, 0o755);
  donner(dossier);
  writeFileSync(join(dossier, 'secret'), `${MOT_DE_PASSE}\n`);
  const donnees = join(dossier, 'donnees');
  // A language whose order of letters is not that of the bytes: the store must not lean on it.
  const langue = [
    '--encoding',
    'UTF8',
    '--locale',
    'C.UTF-8',
    '--locale-provider',
    'icu',
    '--icu-locale',
    'fr',
  ];
  const acces = ['--username', 'postgres', '--auth-local', 'trust', '--auth-host', 'scram-sha-256'];
  const [programme, args] = enPostgres('initdb', ['-D', donnees, '--data-checksums', ...langue, ...acces]);
  execFileSync(programme, [...args, '--no-sync'], { stdio: 'ignore', cwd: '/' });
  if (tls !== undefined) installerTls(donnees, tls);
  return { dossier, donnees };
}

/** Copied: the server wants a key that nobody else may read. */
function installerTls(donnees: string, tls: NonNullable<OptionsPostgres['tls']>): void {
  for (const [de, vers] of [
    [tls.certificat, 'server.crt'],
    [tls.cle, 'server.key'],
  ] as const) {
    writeFileSync(join(donnees, vers), readFileSync(de), { mode: 0o600 });
    donner(join(donnees, vers));
  }
}

/** To the account of the server. */
function donner(chemin: string): void {
  if (!root) return;
  const [uid, gid] = ['-u', '-g'].map((quoi) => Number(execFileSync('id', [quoi, 'postgres']).toString()));
  chownSync(chemin, uid ?? 0, gid ?? 0);
}

/** A real PostgreSQL 15, `fsync` on, in its own folder and on a free port. */
export async function demarrerPostgres(options: OptionsPostgres = {}): Promise<Postgres> {
  await assurerPaquets(['postgresql']);
  const { dossier, donnees } = preparer(options);
  const port = await portLibre();
  const fixes = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: dossier,
    shared_buffers: '64MB',
    max_connections: '100',
    ...(options.tls === undefined ? {} : { ssl: 'on' }),
  };
  let processus: Processus | null = null;
  const relancer: Postgres['relancer'] = async (reglages = {}) => {
    const paires = Object.entries({ ...fixes, ...reglages }).flatMap(([nom, v]) => ['-c', `${nom}=${v}`]);
    const [programme, args] = enPostgres('postgres', ['-D', donnees, '-p', String(port), ...paires]);
    processus = await lancer(programme, args, port);
    await pret(dossier, port);
  };
  const finir = async (signal: NodeJS.Signals): Promise<void> => {
    await processus?.arreter(signal);
    processus = null;
  };
  await relancer(options.reglages);
  let bases = 0;
  const sql: Postgres['sql'] = (texte) => executer({ dossier, port }, texte);
  return {
    port,
    dossier,
    sql,
    relancer,
    creerBase: async () => {
      const utilisateur = `essai_${(bases += 1)}`;
      await sql(
        `CREATE ROLE ${utilisateur} LOGIN PASSWORD '${MOT_DE_PASSE}'; CREATE SCHEMA AUTHORIZATION ${utilisateur}`,
      );
      const commun = { base: 'postgres', motDePasse: MOT_DE_PASSE, secretFichier: join(dossier, 'secret') };
      return { hote: '127.0.0.1', port, utilisateur, ...commun };
    },
    vider: async ({ utilisateur }) => void (await sql(videur(utilisateur))),
    session: () => connecter({ dossier, port }),
    jusqua: async (question) => {
      while (Object.values((await sql(question))[0] ?? {})[0] !== true) await attendre(20);
    },
    arreter: () => finir('SIGINT'),
    couper: () => finir('SIGQUIT'),
    fermer: async () => {
      await finir('SIGQUIT');
      rmSync(dossier, { recursive: true, force: true });
    },
  };
}

/** As a replica applies its changes, no trigger fires: neither what guards the journal nor the foreign keys. */
function videur(schema: string): string {
  return `SET session_replication_role = replica;
    DO $$ DECLARE t record; BEGIN
      FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' AND tablename <> 'migrations' LOOP
        EXECUTE format('DELETE FROM ${schema}.%I', t.tablename);
      END LOOP; END $$`;
}

interface LieuServeur {
  readonly dossier: string;
  readonly port: number;
}

async function connecter({ dossier, port }: LieuServeur): Promise<Client> {
  const client = new Client({ host: dossier, port, user: 'postgres', database: 'postgres', ssl: false });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function executer<L extends object>(lieu: LieuServeur, texte: string): Promise<L[]> {
  const client = await connecter(lieu);
  try {
    const resultats = [await client.query<L>(texte)].flat();
    return resultats.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** The port answers before the log is replayed: asks until the server takes a statement. */
async function pret(dossier: string, port: number): Promise<void> {
  for (let essai = 0; ; essai += 1) {
    try {
      await executer({ dossier, port }, 'SELECT 1');
      return;
    } catch (erreur) {
      if (essai > 600) throw erreur;
      await attendre(50);
    }
  }
}
