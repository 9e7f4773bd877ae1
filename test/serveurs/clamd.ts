import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assurerPaquets, trouver } from './installer.ts';
import { lancer, portLibre } from './processus.ts';

export interface Clamd {
  /** `127.0.0.1:port`. */
  readonly adresse: string;
  /** Path of the same server's socket. */
  readonly socket: string;
  readonly pid: number;
  arreter(): Promise<void>;
  /** kill -9. */
  tuer(): Promise<void>;
}

/** The EICAR test string, kept reversed: written out, it would have this very file put in quarantine. */
export function eicar(): Buffer {
  const envers = '*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X';
  return Buffer.from([...envers].toReversed().join(''), 'latin1');
}

export interface OptionsClamd {
  /** `StreamMaxLength`, default 200M. */
  readonly limite?: string;
}

/** A real clamd whose only signature is EICAR: no virus database is needed, it starts in a second. */
export async function demarrerClamd(options: OptionsClamd = {}): Promise<Clamd> {
  await assurerPaquets(['clamav-daemon']);
  const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-clamd-'));
  const port = await portLibre();
  mkdirSync(join(dossier, 'base'));
  writeFileSync(join(dossier, 'base', 'essai.ndb'), `Essai.Eicar:0:*:${eicar().toString('hex')}\n`);
  const reglages = [
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    `LocalSocket ${dossier}/clamd.sock`,
    `DatabaseDirectory ${dossier}/base`,
    `TemporaryDirectory ${dossier}`,
    `LogFile ${dossier}/clamd.log`,
    `StreamMaxLength ${options.limite ?? '200M'}`,
    'MaxFileSize 200M',
    'MaxScanSize 400M',
    'Foreground yes',
    ...(process.getuid?.() === 0 ? ['User root'] : []),
  ];
  writeFileSync(join(dossier, 'clamd.conf'), `${reglages.join('\n')}\n`);
  const processus = await lancer(trouver('clamd') ?? 'clamd', ['-c', join(dossier, 'clamd.conf')], port);
  const finir = async (signal?: NodeJS.Signals): Promise<void> => {
    await processus.arreter(signal);
    rmSync(dossier, { recursive: true, force: true });
  };
  return {
    adresse: `127.0.0.1:${port}`,
    socket: join(dossier, 'clamd.sock'),
    pid: processus.pid,
    arreter: () => finir(),
    tuer: () => finir('SIGKILL'),
  };
}
