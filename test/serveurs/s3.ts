import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lancer, portLibre, type Processus } from './processus.ts';

export interface ServeurS3 {
  /** `http://127.0.0.1:port`. */
  readonly adresse: string;
  readonly compartiment: string;
  readonly cleAcces: string;
  readonly secret: string;
  /** Where the bytes of an object are. */
  fichier(cle: string): string;
  /** Keys of the objects stored. */
  cles(): Promise<readonly string[]>;
  arreter(): Promise<void>;
  /** kill -9; what is stored stays. */
  tuer(): Promise<void>;
  /** Again, on the same port and the same objects. */
  relancer(): Promise<void>;
}

const COMPARTIMENT = 'pieces';
const SUFFIXE = '._S3rver_object';

/** A real S3 server (s3rver), in its own process and folder; it knows one account, `S3RVER`. */
export async function demarrerS3(): Promise<ServeurS3> {
  const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-s3-'));
  const port = await portLibre();
  const script = join(import.meta.dirname, 's3-processus.ts');
  // s3rver ciphers the marks of its pages with DES, which OpenSSL keeps apart.
  const args = ['--openssl-legacy-provider', '--no-warnings', script, dossier, String(port), COMPARTIMENT];
  const demarrer = (): Promise<Processus> => lancer(process.execPath, args, port);
  let processus = await demarrer();
  return {
    adresse: `http://127.0.0.1:${port}`,
    compartiment: COMPARTIMENT,
    cleAcces: 'S3RVER',
    secret: 'S3RVER',
    fichier: (cle) => join(dossier, COMPARTIMENT, `${cle}${SUFFIXE}`),
    async cles() {
      const noms = await readdir(join(dossier, COMPARTIMENT), { recursive: true });
      return noms.filter((nom) => nom.endsWith(SUFFIXE)).map((nom) => nom.slice(0, -SUFFIXE.length));
    },
    async arreter() {
      await processus.arreter('SIGKILL');
      rmSync(dossier, { recursive: true, force: true });
    },
    tuer: () => processus.arreter('SIGKILL'),
    async relancer() {
      processus = await demarrer();
    },
  };
}
