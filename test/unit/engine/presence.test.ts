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

function noeud(partie: Partial<IdentiteNoeud> = {}): Presence {
  const moi = { nom: 'a', roles: ['travail'], version: '1.2.3', seul: false, ...partie };
  return creerPresence({ clock, log, store } as unknown as OutilsMoteur, moi);
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
  test('a name that another bears is refused as soon as it gives a sign of life: VGM-NOE-001', async () => {
    const premier = noeud();
    await premier.entrer();
    await passer(1_000);
    const second = noeud().entrer();
    expect(await codeDe(attendre(second))).toBe('VGM-NOE-001');
    expect(clock.now() - T0).toBeLessThan(12_000);
    expect(await store.noeuds.lister(T0)).toMatchObject([{ nom: 'a', demarre: T0 }]);
    await premier.sortir();
  });

  test('our own life before, killed a moment ago: we start once it has been silent for two beats', async () => {
    await annoncer(T0 - 1_000);
    const moi = noeud();
    expect(await attendre(moi.entrer())).toBeGreaterThanOrEqual(12_000);
    expect(await store.noeuds.lister(T0)).toMatchObject([{ nom: 'a', demarre: T0 }]);
    await moi.sortir();
  });

  test('what counts is that the sign changes, not the hour it bears: the other clock may be ahead', async () => {
    await annoncer(T0 + 30_000, T0);
    const moi = noeud().entrer();
    await passer(1_000);
    await annoncer(T0 + 30_001, T0);
    expect(await codeDe(attendre(moi))).toBe('VGM-NOE-001');
  });

  test.each([
    ['silent for long', () => annoncer(T0 - 61_000), {}],
    ['in a store that lets nobody else in', () => annoncer(T0 - 1_000), { seul: true }],
    ['of another name', () => annoncer(T0 - 1_000), { nom: 'b' }],
  ])('a node %s is not waited for', async (...[, avant, partie]) => {
    await avant();
    const moi = noeud(partie);
    expect(await attendre(moi.entrer())).toBeLessThanOrEqual(500);
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
