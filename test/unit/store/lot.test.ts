import { describe, expect, test } from 'vitest';
import { FileEcriture } from '../../../src/adapters/store/sqlite/lot.ts';
import { panneStockage } from '../../../src/adapters/store/panne.ts';
import { Base } from '../../../src/adapters/store/sqlite/pilote.ts';
import { codeDe } from '../../contracts/montage.ts';

function ouvrir(durcir?: () => Promise<void>) {
  const base = new Base(':memory:', 0);
  base.executer('PRAGMA foreign_keys = ON');
  base.executer('CREATE TABLE mere (id INTEGER PRIMARY KEY) STRICT');
  base.executer(
    'CREATE TABLE t (v INTEGER, mere INTEGER REFERENCES mere (id) DEFERRABLE INITIALLY DEFERRED) STRICT',
  );
  const file = new FileEcriture(base, durcir);
  const poser = (v: number, mere: number | null = null) =>
    file.soumettre(() => base.ecrire('INSERT INTO t VALUES (:v, :mere)', { v, mere }));
  const lus = () => base.lignes<{ v: number }>('SELECT v FROM t ORDER BY v').map((l) => l.v);
  return { base, file, poser, lus };
}

class Refus extends Error {}

test('writes of the same tick share one transaction; those of the next have their own', async () => {
  const { file, poser } = ouvrir();
  await Promise.all(Array.from({ length: 50 }, (_, i) => poser(i)));
  expect(file.lots).toBe(1);
  await poser(50);
  expect(file.lots).toBe(2);
});

test('nothing is written before the end of the tick, and nobody is answered before the commit', async () => {
  const { base, file, poser, lus } = ouvrir();
  const promesse = poser(1).then(() => base.enTransaction);
  const refus = file.soumettre(() => {
    throw new Refus();
  });
  const apresRefus = refus.catch(() => base.enTransaction);
  expect(lus()).toEqual([]);
  expect(await Promise.all([promesse, apresRefus])).toEqual([false, false]);
});

test('a refused write is undone alone, whatever it had written before', async () => {
  const { base, file, poser, lus } = ouvrir();
  const refusee = file.soumettre(() => {
    base.ecrire('INSERT INTO t VALUES (99, NULL)');
    throw new Refus();
  });
  const issues = await Promise.allSettled([poser(1), refusee, poser(2)]);
  expect(issues.map((i) => i.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(refusee).rejects.toBeInstanceOf(Refus);
  expect(lus()).toEqual([1, 2]);
  expect(file.lots).toBe(1);
});

test('a COMMIT that fails rejects the whole batch with VGM-NOY-005, then the store goes on', async () => {
  const { base, poser, lus } = ouvrir();
  // The deferred key is only checked by COMMIT.
  const codes = await Promise.all([poser(1), poser(2, 404), poser(3)].map((p) => codeDe(p)));
  expect(codes).toEqual(['VGM-NOY-005', 'VGM-NOY-005', 'VGM-NOY-005']);
  expect(base.enTransaction).toBe(false);
  expect(lus()).toEqual([]);
  await poser(4);
  expect(lus()).toEqual([4]);
});

test('a fault of the storage inside one write is everyone’s', async () => {
  const { file, poser, lus } = ouvrir();
  const panne = file.soumettre(() => {
    throw panneStockage('disque plein');
  });
  const codes = await Promise.all([poser(1), panne, poser(2)].map((p) => codeDe(p)));
  expect(new Set(codes)).toEqual(new Set(['VGM-NOY-005']));
  expect(lus()).toEqual([]);
});

test('SQLite dropping the transaction on its own is a fault of the storage for all', async () => {
  const { base, file, poser, lus } = ouvrir();
  const annulee = file.soumettre(() => base.executer('ROLLBACK'));
  const codes = await Promise.all([poser(1), annulee, poser(2)].map((p) => codeDe(p)));
  expect(new Set(codes)).toEqual(new Set(['VGM-NOY-005']));
  await poser(3);
  expect(lus()).toEqual([3]);
});

test('ten thousand writes asked for at once do not make one endless transaction', async () => {
  const { file, poser, lus } = ouvrir();
  await Promise.all(Array.from({ length: 2500 }, (_, i) => poser(i)));
  expect(file.lots).toBe(3);
  expect(lus()).toHaveLength(2500);
});

test('closing writes what waits, then refuses', async () => {
  const { file, poser, lus } = ouvrir();
  const derniere = poser(1);
  await file.fermer();
  await derniere;
  expect(lus()).toEqual([1]);
  expect(await codeDe(poser(2))).toBe('VGM-NOY-005');
});

describe('what is committed is told once it is on the disk', () => {
  /** A disk that answers when told. */
  function disque() {
    const attentes: PromiseWithResolvers<void>[] = [];
    const durcir = () => {
      const attente = Promise.withResolvers<void>();
      attentes.push(attente);
      return attente.promise;
    };
    return { attentes, ...ouvrir(durcir) };
  }
  const tour = () => new Promise((resolve) => setImmediate(resolve));

  test('nobody is answered before, neither who wrote, nor who was refused, nor who reads', async () => {
    const { attentes, file, poser, lus } = disque();
    const dits: string[] = [];
    const dire = (quoi: string) => () => void dits.push(quoi);
    const refusee = file.soumettre(() => {
      throw new Refus();
    });
    const ecrite = poser(1).then(dire('écrite'));
    const repondues = [ecrite, refusee.catch(dire('refusée'))];
    while (attentes.length === 0) await tour();
    expect(lus()).toEqual([1]);
    repondues.push(file.durable().then(dire('lue')));
    await tour();
    expect(dits).toEqual([]);
    attentes[0]?.resolve();
    await Promise.all(repondues);
    expect(dits.toSorted()).toEqual(['lue', 'refusée', 'écrite']);
    await file.durable();
  });

  test('what is asked while the disk takes its time shares the next transaction', async () => {
    const { attentes, file, poser } = disque();
    const premiere = poser(1);
    while (attentes.length === 0) await tour();
    const suivantes = [poser(2), poser(3)];
    await tour();
    expect(file.lots).toBe(1);
    attentes[0]?.resolve();
    await premiere;
    while (attentes.length === 1) await tour();
    attentes[1]?.resolve();
    await Promise.all(suivantes);
    expect(file.lots).toBe(2);
  });

  test('a disk that loses bytes is never believed again: VGM-NOY-005 for all, then and later', async () => {
    const { attentes, file, poser } = disque();
    const ecritures = [poser(1), file.soumettre(() => 1)];
    while (attentes.length === 0) await tour();
    const enAttente = poser(2);
    const lecture = file.durable();
    attentes[0]?.reject(new Error('EIO'));
    const codes = [...ecritures, enAttente, lecture].map((p) => codeDe(p));
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['VGM-NOY-005']));
    expect(await codeDe(poser(3))).toBe('VGM-NOY-005');
    expect(await codeDe(file.durable())).toBe('VGM-NOY-005');
    await file.fermer();
  });
});
