import { beforeEach, describe, expect, test } from 'vitest';
import { creerFakeClock, type FakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeLog } from '../../../src/adapters/log/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerFakeStore } from '../../../src/adapters/store/fake.ts';
import type { OutilsMoteur } from '../../../src/engine/outils.ts';
import { creerPresence, type IdentiteNoeud, type Presence } from '../../../src/engine/presence.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { Store } from '../../../src/ports/store.ts';
import { codeDe } from '../../contracts/montage.ts';
import { T0 } from '../../contracts/store.fabrique.ts';

let clock: FakeClock;
let store: Store;
let log: ReturnType<typeof creerFakeLog>;

beforeEach(() => {
  clock = creerFakeClock(T0);
  store = creerFakeStore({ clock, random: creerFakeRandom(clock) });
  log = creerFakeLog();
  return () => store.fermer();
});

/** A store where this name is somebody else's, until it is taken from him or left. */
function tenuParUnAutre(): { readonly store: Store; laisser(): void; evictions(): number } {
  let [tenu, evictions] = [true, 0];
  const noeuds = {
    ...store.noeuds,
    tenirNom: async () => !tenu,
    evincer: async () => {
      tenu = false;
      evictions += 1;
    },
  };
  return {
    store: { ...store, noeuds },
    laisser: () => (tenu = false),
    evictions: () => evictions,
  };
}

function noeud(partie: Partial<IdentiteNoeud> = {}, dans = store): Presence {
  const moi = { nom: 'a', roles: ['travail'], version: '1.2.3', ...partie };
  return creerPresence({ clock, log, store: dans } as unknown as OutilsMoteur, moi);
}

/** Time passes, and the store with it, until the promise is settled. @returns milliseconds that it took. */
async function attendre<T>(promesse: Promise<T>): Promise<number> {
  const debut = clock.now();
  const fin = new AbortController();
  const finir = (): void => fin.abort();
  void promesse.then(finir, finir);
  for (let tour = 0; !fin.signal.aborted && tour < 200; tour += 1) await passer(500);
  await promesse;
  return clock.now() - debut;
}

async function passer(ms: number): Promise<void> {
  await clock.avancer(ms);
  // What was woken asks the store, which answers in its own time.
  await store.noeuds.lister(T0);
  for (let tour = 0; tour < 20; tour += 1) await new Promise(setImmediate);
}

const annoncer = (vu: number, demarre = vu) =>
  store.noeuds.annoncer({
    nom: 'a',
    roles: ['travail'],
    version: '1.2.3',
    demarre: demarre as Instant,
    vu: vu as Instant,
  });

describe('two daemons never bear the same name', () => {
  test('a name that another holds is refused as soon as it gives a sign of life: VGM-NOE-001', async () => {
    const premier = noeud();
    await premier.entrer();
    await passer(1_000);
    const autre = tenuParUnAutre();
    expect(await codeDe(attendre(noeud({}, autre.store).entrer()))).toBe('VGM-NOE-001');
    expect(clock.now() - T0).toBeLessThan(12_000);
    expect(autre.evictions()).toBe(0);
    expect(await store.noeuds.lister(T0)).toMatchObject([{ nom: 'a', demarre: T0 }]);
    await premier.sortir();
  });

  test('nor does its first sign, given while we look, leave it to us', async () => {
    const moi = noeud({}, tenuParUnAutre().store).entrer();
    await passer(1_000);
    await annoncer(clock.now());
    expect(await codeDe(attendre(moi))).toBe('VGM-NOE-001');
  });

  test('our own life before, killed a moment ago: its name is free, and nothing is waited for', async () => {
    await annoncer(T0 - 1_000);
    const moi = noeud();
    expect(await attendre(moi.entrer())).toBeLessThanOrEqual(500);
    expect(await store.noeuds.lister(T0)).toMatchObject([{ nom: 'a', demarre: T0 }]);
    await moi.sortir();
  });

  test('one that is on its way out: its name is taken as soon as it leaves it', async () => {
    await annoncer(T0 - 1_000);
    const autre = tenuParUnAutre();
    const moi = noeud({}, autre.store);
    const entree = moi.entrer();
    await passer(1_000);
    autre.laisser();
    await attendre(entree);
    expect(clock.now() - T0).toBeLessThanOrEqual(2_500);
    expect(autre.evictions()).toBe(0);
    await moi.sortir();
  });

  test('one that stands still, or whose machine is no more: after two beats of silence the name is taken from it', async () => {
    await annoncer(T0 - 1_000);
    const autre = tenuParUnAutre();
    const moi = noeud({}, autre.store);
    const duree = await attendre(moi.entrer());
    expect(duree).toBeGreaterThanOrEqual(12_000);
    expect(duree).toBeLessThanOrEqual(13_500);
    expect(autre.evictions()).toBe(1);
    expect(await store.noeuds.lister(T0)).toMatchObject([{ nom: 'a', demarre: T0 }]);
    await moi.sortir();
  });

  test.each([
    ['may not be cut off', async () => Promise.reject(new TypeError('refused'))],
    ['comes back at once', async () => annoncer(clock.now() + 1)],
  ])('one that %s keeps it: VGM-NOE-001', async (...[, evincer]) => {
    await annoncer(T0 - 1_000);
    const { store: autre } = tenuParUnAutre();
    const tenace = { ...autre, noeuds: { ...autre.noeuds, evincer } };
    expect(await codeDe(attendre(noeud({}, tenace).entrer()))).toBe('VGM-NOE-001');
  });

  test('what counts is that the sign changes, not the hour it bears: the other clock may be ahead', async () => {
    await annoncer(T0 + 30_000, T0);
    const moi = noeud({}, tenuParUnAutre().store).entrer();
    await passer(1_000);
    await annoncer(T0 + 30_001, T0);
    expect(await codeDe(attendre(moi))).toBe('VGM-NOE-001');
  });

  test('one whose name was taken while it stood still is told of it, loudly', async () => {
    const moi = noeud({}, { ...store, noeuds: { ...store.noeuds, tenirNom: async () => tient } });
    let tient = true;
    await moi.entrer();
    tient = false;
    await passer(5_000);
    expect(moi.jumeau()).toBe(clock.now());
    await moi.sortir();
  });

  test('one that appears later all the same is told of, loudly', async () => {
    const moi = noeud();
    await moi.entrer();
    await passer(5_000);
    expect(moi.jumeau()).toBeNull();
    await annoncer(clock.now());
    await passer(5_000);
    expect(moi.jumeau()).toBe(clock.now());
    expect(log.lignes).toMatchObject([{ niveau: 'error', champs: { noeud: 'a' } }]);
    await moi.sortir();
  });
});

test('a daemon leaves, whatever the store', async () => {
  const sourd = { ...store.noeuds, retirer: async () => Promise.reject(new TypeError('away')) };
  const moi = noeud({}, { ...store, noeuds: sourd });
  await moi.entrer();
  await moi.sortir();
  expect(log.lignes).toMatchObject([{ niveau: 'warn', message: 'départ non écrit' }]);
});

test('a daemon says again and again that it is there, then that it leaves', async () => {
  const moi = noeud({ roles: ['portes', 'releve'] });
  await moi.entrer();
  for (let battement = 0; battement < 2; battement += 1) await passer(5_000);
  const [vu] = await store.noeuds.lister(T0);
  expect(vu).toMatchObject({ nom: 'a', roles: ['portes', 'releve'], version: '1.2.3', demarre: T0 });
  expect(vu?.vu).toBe(T0 + 10_000);
  await moi.sortir();
  expect(await store.noeuds.lister(T0)).toEqual([]);
});
