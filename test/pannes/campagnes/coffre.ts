import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ServeurS3 } from '../../serveurs/s3.ts';

/** The pieces, read by nothing of the product. */
export interface Coffre {
  /** SHA-256 of the pieces whose bytes are those of their name. */
  readonly saines: ReadonlySet<string>;
  /** Names of the files whose bytes are others. */
  readonly alterees: readonly string[];
  /** Drafts that nobody threw away, though they were complete when the daemons were asked to stop. */
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

/** Every file of a folder. @param arret when the daemons were asked to stop: what came in meanwhile is swept at the next start. */
export async function lireCoffre(dossier: string, arret: number): Promise<Coffre> {
  const sous = (await readdir(dossier)).filter((nom) => nom !== 'tmp');
  const fichiers = await Promise.all(
    sous.map(async (nom) =>
      (await readdir(join(dossier, nom))).map((f) => [f, join(dossier, nom, f)] as const),
    ),
  );
  return { ...(await examiner(fichiers.flat())), brouillons: await delaisses(join(dossier, 'tmp'), arret) };
}

/** Every object of an object store. @param brouillons folders where the nodes receive what comes. */
export async function lireObjets(
  s3: ServeurS3,
  brouillons: readonly string[],
  arret: number,
): Promise<Coffre> {
  const cles = await s3.cles();
  const restes = await Promise.all(brouillons.map((dossier) => delaisses(dossier, arret)));
  const lus = await examiner(cles.map((cle) => [basename(cle), s3.fichier(cle)] as const));
  return { ...lus, brouillons: restes.flat() };
}

/** Written longer ago than anything takes to be received. */
async function delaisses(dossier: string, arret: number): Promise<string[]> {
  if (!existsSync(dossier)) return [];
  const entrees = await readdir(dossier, { recursive: true, withFileTypes: true });
  const fichiers = entrees.filter((e) => e.isFile());
  const ages = await Promise.all(fichiers.map((e) => stat(join(e.parentPath, e.name))));
  return fichiers.flatMap((e, n) => ((ages[n]?.mtimeMs ?? 0) < arret ? [e.name] : []));
}
