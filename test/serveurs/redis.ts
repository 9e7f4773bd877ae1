import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { assurerPaquets, trouver } from './installer.ts';
import { lancer, portLibre, type Processus } from './processus.ts';

export interface ServeurRedis {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly adresse: string;
  readonly socket: string;
  /** A client of the test's own, reconnected by itself. */
  readonly client: Redis;
  /** kill -9: what it had not written is lost. */
  tuer(): Promise<void>;
  /** On the same port, with what it had written. */
  redemarrer(): Promise<void>;
  /** Stops answering without closing anything, then goes on. */
  figer(): void;
  liberer(): void;
  fermer(): Promise<void>;
}

export interface OptionsRedis {
  /** Settings that differ: `{ appendonly: 'no' }`. */
  readonly reglages?: Readonly<Record<string, string>>;
  /** Password of the default account. */
  readonly secret?: string;
}

const REGLAGES = { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction', save: '' };

/** A real redis-server, set as the daemon wants it, in a folder and on a port of its own. */
export async function demarrerRedis({ reglages = {}, secret }: OptionsRedis = {}): Promise<ServeurRedis> {
  await assurerPaquets(['redis-server']);
  const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-redis-'));
  const port = await portLibre();
  const socket = join(dossier, 'redis.sock');
  const voulus = {
    ...REGLAGES,
    ...(secret === undefined ? {} : { requirepass: secret }),
    ...reglages,
    port: String(port),
    bind: '127.0.0.1',
    unixsocket: socket,
    dir: dossier,
    daemonize: 'no',
  };
  const args = Object.entries(voulus).flatMap(([nom, valeur]) => [`--${nom}`, valeur]);
  const demarrer = (): Promise<Processus> => lancer(trouver('redis-server') ?? 'redis-server', args, port);
  let processus = await demarrer();
  const client = new Redis({
    port,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    ...(secret === undefined ? {} : { password: secret }),
  });
  client.on('error', () => undefined);
  return {
    port,
    adresse: `127.0.0.1:${port}`,
    socket,
    client,
    tuer: () => processus.arreter('SIGKILL'),
    redemarrer: async () => {
      processus = await demarrer();
    },
    figer: () => process.kill(processus.pid, 'SIGSTOP'),
    liberer: () => process.kill(processus.pid, 'SIGCONT'),
    fermer: async () => {
      client.disconnect();
      await processus.arreter('SIGKILL');
      rmSync(dossier, { recursive: true, force: true });
    },
  };
}
