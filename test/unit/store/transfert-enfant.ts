import { kill, pid } from 'node:process';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { transferer } from '../../../src/adapters/store/transfert/transferer.ts';
import { T0 } from '../../contracts/store.fabrique.ts';
import { accesDe } from '../../contracts/store.postgres.ts';

/** A move that is killed by the system a few batches after it began, whatever is on the line then. */

interface Demande {
  readonly fichier: string;
  readonly cible: Parameters<typeof accesDe>[0];
  /** Batches that it is left. */
  readonly attente: number;
}

const { fichier, cible, attente } = JSON.parse(process.argv[2] ?? '') as Demande;
const clock = creerFakeClock(T0);
let lots = 0;
await transferer(
  {
    fichier,
    acces: accesDe(cible),
    recommencer: false,
    patience: 5000,
    signal: new AbortController().signal,
    suivre: (etape) => {
      if (etape !== 'copie') return;
      // The batch that follows is being sent.
      if (lots === attente) setImmediate(() => kill(pid, 'SIGKILL'));
      lots += 1;
    },
  },
  { clock, random: creerRandomSysteme(clock) },
);
