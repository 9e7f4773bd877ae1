/**
 * s3rver in a process of its own: `node s3-processus.ts <folder> <port> <bucket>`. A store keeps a promise that s3rver does not: an
 * object is there whole or not at all, once success is answered. As it is, it answers before the last bytes are in the file,
 * truncates the object in place, and keeps what it received of a body that was cut.
 */
import { mkdir, rename, stat } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as attendre } from 'node:timers/promises';
import S3rver from 's3rver';

const [directory = '', port = '', compartiment = ''] = process.argv.slice(2);
const serveur = new S3rver({
  directory,
  port: Number(port),
  address: '127.0.0.1',
  silent: true,
  configureBuckets: [{ name: compartiment }],
});

/** Bucket of the objects being written: its name is not one that a request can ask for. */
const PROVISOIRE = '.provisoire';
const { store } = serveur;
const poser = store.putObject.bind(store);
let rang = 0;

async function attendreTaille(fichier: string, taille: number): Promise<void> {
  while ((await stat(fichier)).size !== taille) await attendre(1);
}

store.putObject = async (objet) => {
  const { bucket, key, content } = objet;
  rang += 1;
  const cle = `${rang}`;
  Object.assign(objet, { bucket: PROVISOIRE, key: cle });
  const fait = await poser(objet);
  await attendreTaille(store.getResourcePath(PROVISOIRE, cle, 'object'), fait.size);
  if (content instanceof IncomingMessage && !content.complete) throw new Error('body cut');
  await mkdir(dirname(store.getResourcePath(bucket, key, 'object')), { recursive: true });
  for (const quoi of ['object.md5', 'metadata.json', 'object']) {
    await rename(store.getResourcePath(PROVISOIRE, cle, quoi), store.getResourcePath(bucket, key, quoi));
  }
  return fait;
};

await serveur.run();
