import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as attendre } from 'node:timers/promises';

/**
 * A port that was free a moment ago, under those that the system gives away: one of these may become the near end of somebody's
 * line while its server is stopped.
 */
export async function portLibre(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 20_000);
    const serveur = createServer().listen(port, '127.0.0.1');
    const libre = await once(serveur, 'listening').then(
      () => true,
      () => false,
    );
    serveur.close();
    if (libre) return port;
  }
}

/** Consecutive ports that were free a moment ago, under those that the system gives away. */
export async function portsSuivis(nombre: number): Promise<number[]> {
  for (let base = 20_000 + (process.pid % 500) * 20; ; base += nombre) {
    const ports = Array.from({ length: nombre }, (_, rang) => base + rang);
    const serveurs = ports.map((port) => createServer().listen(port, '127.0.0.1'));
    const libres = await Promise.all(
      serveurs.map((s) =>
        once(s, 'listening').then(
          () => true,
          () => false,
        ),
      ),
    );
    for (const serveur of serveurs) serveur.close();
    if (libres.every(Boolean)) return ports;
  }
}

export interface Processus {
  readonly pid: number;
  /** Resolves once the process is gone. */
  arreter(signal?: NodeJS.Signals): Promise<void>;
}

/** Where a server answers. */
export interface Lieu {
  readonly hote: string;
  readonly port: number;
}

/** Starts a server in the foreground and waits until its port answers; a bare number is a port of 127.0.0.1. */
export async function lancer(
  programme: string,
  args: readonly string[],
  lieu: number | Lieu,
): Promise<Processus> {
  const ou = typeof lieu === 'number' ? { hote: '127.0.0.1', port: lieu } : lieu;
  const enfant = spawn(programme, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const dits: string[] = [];
  for (const flot of [enfant.stdout, enfant.stderr]) flot.on('data', (d: Buffer) => dits.push(d.toString()));
  const fini = once(enfant, 'exit');
  try {
    await ecoute(enfant, ou);
  } catch (erreur) {
    enfant.kill('SIGKILL');
    throw new Error(`${programme} ne démarre pas : ${dits.join('')}`, { cause: erreur });
  }
  return {
    pid: enfant.pid ?? -1,
    async arreter(signal = 'SIGTERM') {
      if (enfant.exitCode === null && enfant.signalCode === null) enfant.kill(signal);
      await fini;
    },
  };
}

async function ecoute(enfant: ChildProcess, { hote, port }: Lieu): Promise<void> {
  for (let essai = 0; essai < 600; essai += 1) {
    if (enfant.exitCode !== null) throw new Error(`arrêt immédiat, code ${enfant.exitCode}`);
    const prise = connect(port, hote);
    try {
      await once(prise, 'connect');
      return;
    } catch {
      await attendre(50);
    } finally {
      prise.destroy();
    }
  }
  throw new Error(`rien n’écoute sur le port ${port} après 30 s`);
}
