import { Readable } from 'node:stream';
import type { OptionsSftp } from '../../src/adapters/passerelle/sftp.ts';
import { creerPasserelleSftp } from '../../src/adapters/passerelle/sftp.ts';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { EnvoiPes } from '../../src/ports/passerelle.ts';

/** A deposit in a process of its own, that dies (kill -9) after so many bytes of the source, or once the PES is taken. */
interface Demande {
  readonly options: OptionsSftp;
  readonly envoi: Omit<EnvoiPes, 'ouvrir'>;
  /** Beyond the size: after the answer, before anybody wrote it down. */
  readonly mortApres: number;
}

const { options, envoi, mortApres } = JSON.parse(process.argv[2] ?? '') as Demande;
const mourir = (): void => void process.kill(process.pid, 'SIGKILL');

async function* source(): AsyncGenerator<Buffer> {
  for (let lus = 0; lus < envoi.taille; lus += 10_000) {
    if (lus >= mortApres) {
      mourir();
      await new Promise(() => undefined);
    }
    yield Buffer.alloc(Math.min(10_000, envoi.taille - lus), 'p');
  }
}

const passerelle = creerPasserelleSftp(options, { clock: creerClockSysteme() });
await passerelle.deposer(
  { ...envoi, ouvrir: async () => Readable.from(source()) },
  new AbortController().signal,
);
mourir();
