import fs from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { Instant } from '../../../src/metier/identifiants.ts';

/**
 * A process that imports an authority and dies, without a word, at its n-th gesture on the disk.
 * Arguments: folder, certificate, rank of the last gesture. Says `fini` when it lived to its end.
 */

const [dossier = '', certificat = '', rang = ''] = process.argv.slice(2);
let reste = Number(rang);

for (const nom of ['mkdir', 'open', 'readdir', 'rename', 'unlink'] as const) {
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

const { importerCertificats } = await import('../../../src/cli/confiance/importer-certificats.ts');
await importerCertificats({
  fichiers: [{ nom: certificat, octets: readFileSync(certificat) }],
  famille: 'rgs',
  niveau: 'N',
  politiques: [],
  dossier,
  auteur: { qui: 'essai', quand: 0 as Instant },
});
process.stdout.write('fini');
