import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { Instant } from '../../../src/metier/identifiants.ts';

/**
 * A process that imports a set, in place of another of its name, and dies without a word at its n-th gesture on the
 * disk. Arguments: folder of the packs, set, rank of the last gesture. Says `fini` when it lived to its end.
 */

const [dossier = '', source = '', rang = ''] = process.argv.slice(2);
let reste = Number(rang);

for (const nom of ['mkdir', 'open', 'readdir', 'rename', 'rm', 'rmdir', 'chmod'] as const) {
  const vrai = fs[nom] as (...a: unknown[]) => Promise<unknown>;
  Object.assign(fs, {
    [nom]: (...a: unknown[]) => {
      reste -= 1;
      if (reste === 0) process.kill(process.pid, 'SIGKILL');
      return vrai.apply(fs, a);
    },
  });
}
syncBuiltinESMExports();

const { importerPaquet } = await import('../../../src/adapters/schemas/importer.ts');
const auteur = { qui: 'essai', quand: 0 as Instant };
await importerPaquet({ source, nom: '5.17', remplacer: true, dossier, auteur });
process.stdout.write('fini');
