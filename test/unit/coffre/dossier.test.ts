import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { ouvrirCoffreDossier } from '../../../src/adapters/coffre/dossier.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { enFlux } from '../../contracts/coffre.contract.ts';
import { codeDe, dossierEssai, petitDisque } from '../../contracts/montage.ts';

const ouverts: { fermer(): Promise<void> }[] = [];
afterEach(async () => {
  for (const coffre of ouverts.splice(0)) await coffre.fermer();
});

const ouvrir = (dossier: string) => {
  const coffre = ouvrirCoffreDossier({ dossier, random: creerFakeRandom(creerFakeClock(0)) });
  ouverts.push(coffre);
  return coffre;
};

test('a piece is the file ab/<sha256>, read-only, that « sha256sum » verifies without us', async () => {
  using d = dossierEssai();
  const dossier = join(d.chemin, 'profond', 'coffre');
  const { sha256 } = await ouvrir(dossier).ajouter(Buffer.from('abc'));
  expect(sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const chemin = join(dossier, 'ba', sha256);
  expect(statSync(chemin).mode & 0o777).toBe(0o400);
  expect(statSync(dossier).mode & 0o777).toBe(0o700);
});

test('drafts left by an interrupted process are swept at opening, pieces are not', async () => {
  using d = dossierEssai();
  const { sha256 } = await ouvrir(d.chemin).ajouter(Buffer.from('abc'));
  writeFileSync(join(d.chemin, 'tmp', 'reste'), 'à moitié écrit');
  const rouvert = ouvrir(d.chemin);
  expect(readdirSync(join(d.chemin, 'tmp'))).toEqual([]);
  expect(await rouvert.verifier(sha256)).toBe(true);
});

test('memory stays bounded: a stream of 200 MB passes in far less', async () => {
  using d = dossierEssai();
  const bloc = Buffer.alloc(64 * 1024, 7);
  async function* gros(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 3200; i += 1) yield bloc;
  }
  const avant = process.memoryUsage().rss;
  const { taille } = await ouvrir(d.chemin).ajouter(gros());
  expect(taille).toBe(3200 * bloc.length);
  expect(process.memoryUsage().rss - avant).toBeLessThan(100e6);
});

test('full disk: VGM-NOY-005, nothing left, and the coffre works again once there is room', async () => {
  using disque = petitDisque('2m');
  const coffre = ouvrir(join(disque.chemin, 'coffre'));
  const petit = await coffre.ajouter(Buffer.from('déjà là'));
  const ballast = join(disque.chemin, 'ballast');
  mkdirSync(ballast);
  writeFileSync(join(ballast, 'b'), Buffer.alloc(1_200_000));
  const gros = Buffer.alloc(900_000, 'x');
  const tentatives = [
    coffre.ajouter(gros),
    coffre.ajouter(enFlux(gros.subarray(0, 500_000), gros.subarray(500_000))),
    coffre.recevoir(gros),
  ];
  expect(await Promise.all(tentatives.map((t) => codeDe(t)))).toEqual(Array(3).fill('VGM-NOY-005'));
  expect(readdirSync(join(disque.chemin, 'coffre', 'tmp'))).toEqual([]);
  expect(await coffre.verifier(petit.sha256)).toBe(true);
  await rm(ballast, { recursive: true });
  const depot = await coffre.ajouter(gros);
  expect(await coffre.verifier(depot.sha256)).toBe(true);
});

test('opening on a place that is not a folder: VGM-NOY-005', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'fichier');
  writeFileSync(fichier, '');
  expect(await codeDe((async () => ouvrir(fichier))())).toBe('VGM-NOY-005');
  expect(existsSync(fichier)).toBe(true);
});
