import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ServeurS3 } from '../../serveurs/s3.ts';

/** The pieces, read by nothing of the product. */
export interface Coffre {
  /** SHA-256 of the pieces whose bytes are those of their name. */
  readonly saines: ReadonlySet<string>;
  /** Names of the files whose bytes are others. */
  readonly alterees: readonly string[];
  /** Drafts that nobody swept. */
  readonly brouillons: readonly string[];
}

async function empreinte(fichier: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const bloc of createReadStream(fichier)) sha256.update(bloc as Buffer);
  return sha256.digest('hex');
}

/** @param fichiers name of each piece, and where its bytes are. */
async function examiner(fichiers: Iterable<readonly [nom: string, fichier: string]>): Promise<Coffre> {
  const [saines, alterees] = [new Set<string>(), [] as string[]];
  for (const [nom, fichier] of fichiers) {
    if ((await empreinte(fichier)) === nom) saines.add(nom);
    else alterees.push(nom);
  }
  return { saines, alterees, brouillons: [] };
}

/** Every file of a folder. */
export async function lireCoffre(dossier: string): Promise<Coffre> {
  const sous = (await readdir(dossier)).filter((nom) => nom !== 'tmp');
  const fichiers = await Promise.all(
    sous.map(async (nom) =>
      (await readdir(join(dossier, nom))).map((f) => [f, join(dossier, nom, f)] as const),
    ),
  );
  return { ...(await examiner(fichiers.flat())), brouillons: await readdir(join(dossier, 'tmp')) };
}

/** Every object of an object store. @param brouillons folders where the nodes receive what comes. */
export async function lireObjets(s3: ServeurS3, brouillons: readonly string[]): Promise<Coffre> {
  const cles = await s3.cles();
  const restes = await Promise.all(brouillons.map(fichiersDe));
  const lus = await examiner(cles.map((cle) => [basename(cle), s3.fichier(cle)] as const));
  return { ...lus, brouillons: restes.flat() };
}

async function fichiersDe(dossier: string): Promise<string[]> {
  if (!existsSync(dossier)) return [];
  const entrees = await readdir(dossier, { recursive: true, withFileTypes: true });
  return entrees.filter((e) => e.isFile()).map((e) => e.name);
}
