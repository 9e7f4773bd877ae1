import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ouvrirCoffreS3 } from '../../../src/adapters/coffre/s3.ts';
import { depsEssai, reglageEssai } from '../../contracts/coffre-s3.montage.ts';
import { dossierEssai } from '../../contracts/montage.ts';
import { demarrerS3, type ServeurS3 } from '../../serveurs/s3.ts';

const ENFANT = join(import.meta.dirname, 's3-enfant.ts');
const racine = dossierEssai();
let serveur: ServeurS3;
beforeAll(async () => {
  serveur = await demarrerS3();
});
afterAll(async () => {
  await serveur.arreter();
  racine[Symbol.dispose]();
});

function lancer(quoi: string, dossier: string) {
  const { adresse, compartiment, cleAcces, secret } = serveur;
  const acces = JSON.stringify({ adresse, compartiment, cleAcces, secret });
  return spawn(process.execPath, [ENFANT, quoi, acces, dossier], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the child (-9) once it has said `lignes` lines. @returns all it had said. */
async function tuerApres(dossier: string, lignes: number): Promise<string[]> {
  const enfant = lancer('ajouter', dossier);
  const fini = once(enfant, 'close');
  const dites: string[] = [];
  for await (const ligne of createInterface({ input: enfant.stdout })) {
    dites.push(ligne);
    if (dites.length === lignes) enfant.kill('SIGKILL');
  }
  await fini;
  return dites;
}

test('kill -9 of a process that adds pieces, 6 times: every one that was acknowledged is whole on the server', async () => {
  const dossier = join(racine.chemin, 'tues');
  const reconnues = new Map<string, number>();
  for (let coup = 1; coup <= 6; coup += 1) {
    for (const dite of await tuerApres(dossier, coup * 5)) {
      const [sha256 = '', taille] = dite.split(' ');
      reconnues.set(sha256, Number(taille));
    }
  }
  expect(reconnues.size).toBeGreaterThanOrEqual(105);
  expect(Math.max(...reconnues.values())).toBe(500_000);
  for (const [sha256, taille] of reconnues) {
    const octets = readFileSync(serveur.fichier(`tdt/${sha256.slice(0, 2)}/${sha256}`));
    expect(octets).toHaveLength(taille);
    expect(createHash('sha256').update(octets).digest('hex')).toBe(sha256);
  }
  // Drafts of the dead are there until the next opening, and go with it.
  expect(readdirSync(join(dossier, 'tmp')).length).toBeGreaterThan(0);
  const { coffre } = await ouvrirCoffreS3(reglageEssai(serveur, dossier), depsEssai());
  expect(readdirSync(join(dossier, 'tmp'))).toEqual([]);
  await coffre.fermer();
});

test('memory stays bounded: a piece of 200 MB is sent and read in far less', async () => {
  const enfant = lancer('memoire', join(racine.chemin, 'memoire'));
  const mesure = JSON.parse(await text(enfant.stdout)) as Record<string, number | boolean>;
  console.log(`object store, 200 MB: ${JSON.stringify(mesure)}`);
  expect(mesure).toMatchObject({ taille: 200_000_000, juste: true });
  expect(mesure['lecture']).toBeLessThan(110e6);
});
