import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { ouvrirStoreSqlite } from '../../../src/adapters/store/sqlite/store.ts';
import { verifierChaine } from '../../../src/metier/journal.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { codeDe, dossierEssai, petitDisque } from '../../contracts/montage.ts';
import { A, changement, entree, fluxId, nouveau, suite, T0 } from '../../contracts/store.fabrique.ts';
import { chaineEntiere, confronter, ENFANT, frapper } from './coups.ts';

function ouvrir(fichier: string): Store {
  const clock = creerFakeClock(T0);
  return ouvrirStoreSqlite({ fichier, clock, random: creerFakeRandom(clock), version: '1' });
}

test('kill -9 in mid-write, 20 times: every acknowledged write is there, no chain is broken, no number twice', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const dits = await frapper(fichier, 20);
  expect(existsSync(`${fichier}-wal`)).toBe(true);
  const store = ouvrir(fichier);
  await confronter(store, dits);
  await store.fermer();
});

test('a data folder already open is refused: VGM-NOY-007, in the same process and from another', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const enfant = spawn(process.execPath, [ENFANT, fichier, 'garde'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(enfant.stdout, 'data');
  const essayer = () => codeDe((async () => ouvrir(fichier))());
  expect(await essayer()).toBe('VGM-NOY-007');
  expect(await essayer()).toBe('VGM-NOY-007');
  enfant.kill('SIGKILL');
  await once(enfant, 'close');
  const store = ouvrir(fichier);
  expect(await essayer()).toBe('VGM-NOY-007');
  await store.fermer();
  await ouvrir(fichier).fermer();
});

test('what is closed is found again', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const avant = ouvrir(fichier);
  const { flux } = await avant.ecriture.creerFlux(nouveau(1), suite({ journal: [entree()] }));
  await avant.fermer();
  const apres = ouvrir(fichier);
  expect(await apres.flux.trouver(OPERATEUR, flux.id)).toEqual(flux);
  await apres.ecriture.ecrire(suite({ journal: [entree()] }));
  expect(verifierChaine(await apres.journal.lignes(A, 1, 10))).toEqual([]);
  await apres.fermer();
});

test('full disk: VGM-NOY-005, what was acknowledged stays readable, and writing resumes once there is room', async () => {
  using disque = petitDisque('4m');
  const ballast = join(disque.chemin, 'ballast');
  writeFileSync(ballast, Buffer.alloc(2_000_000));
  const store = ouvrir(join(disque.chemin, 'v.db'));
  const acquis: number[] = [];
  const codes = new Set<string>();
  for (let n = 1; n < 5000 && !codes.has('VGM-NOY-005'); n += 4) {
    const lot = [n, n + 1, n + 2, n + 3].map(async (i) => {
      const resume = { objet: 'x'.repeat(2000) };
      const depot = store.ecriture.creerFlux(
        nouveau(i, { resume }),
        suite({ journal: [entree({ tx: fluxId(i) })] }),
      );
      const code = await codeDe(depot);
      codes.add(code);
      if (code === 'rien') acquis.push(i);
    });
    await Promise.all(lot);
  }
  expect(codes).toEqual(new Set(['rien', 'VGM-NOY-005']));
  const presents = await Promise.all(acquis.map((i) => store.flux.trouver(OPERATEUR, fluxId(i))));
  expect(presents.filter((f) => f === undefined)).toEqual([]);
  expect(await chaineEntiere(store, A)).toHaveLength(acquis.length);
  rmSync(ballast);
  const [premier] = presents;
  if (premier === undefined) throw new Error('nothing was written before the disk filled up');
  await store.ecriture.ecrire(
    suite({ flux: [changement(premier, { etat: 'controle' })], journal: [entree()] }),
  );
  const chaine = await chaineEntiere(store, A);
  expect(verifierChaine(chaine)).toEqual([]);
  expect(chaine).toHaveLength(acquis.length + 1);
  expect(Object.values(await store.flux.compter(OPERATEUR)).reduce((s, n) => s + n, 0)).toBe(acquis.length);
  await store.fermer();
});
