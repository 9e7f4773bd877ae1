import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creerRepartitionLocale } from '../../src/adapters/repartition/locale.ts';
import type { Limites } from '../../src/ports/repartition.ts';
import { jusque } from '../contracts/repartition.contract.ts';
import { AtelierRedis } from '../contracts/repartition.redis.ts';
import { clock, FlotteRepartie, type NoeudReparti, type OptionsNoeud } from './flotte-repartie.ts';

/** Several engines over one store, and a Redis that may be emptied, killed or away: each flux is handed over, and once. */

let atelier: AtelierRedis;
let flotte: FlotteRepartie;
beforeAll(async () => {
  atelier = await AtelierRedis.ouvrir();
});
afterAll(() => atelier.fermer());
beforeEach(() => {
  flotte = new FlotteRepartie();
});
afterEach(async () => {
  await flotte.fermer();
  await atelier.ranger();
});

type Reste = Omit<OptionsNoeud, 'repartition'>;

/** Two nodes that Redis shares the work out to. */
async function deuxParRedis(reste: Reste = {}, adresse?: string): Promise<NoeudReparti[]> {
  const reglage = atelier.reglage(adresse === undefined ? {} : { adresse });
  const noeuds: NoeudReparti[] = [];
  for (const nom of ['un', 'deux'])
    noeuds.push(await flotte.ouvrir(nom, { repartition: await atelier.noeud(reglage), ...reste }));
  return noeuds;
}

/** Two nodes that each look for work by themselves. */
async function deuxSeuls(reste: Reste = {}): Promise<NoeudReparti[]> {
  const noeuds: NoeudReparti[] = [];
  for (const nom of ['un', 'deux'])
    noeuds.push(await flotte.ouvrir(nom, { repartition: creerRepartitionLocale({ clock }), ...reste }));
  return noeuds;
}

const MANIERES = [
  ['shared out by Redis', deuxParRedis],
  ['each for itself', deuxSeuls],
] as const;

async function deposer(noeuds: readonly NoeudReparti[], nombre: number): Promise<void> {
  await Promise.all(Array.from({ length: nombre }, (_, n) => noeuds[n % noeuds.length]?.deposer()));
}

async function toutesUneFois(nombre: number): Promise<void> {
  await flotte.jusqua(nombre);
  expect(flotte.doubles()).toEqual([]);
  expect(flotte.remises).toHaveLength(nombre);
  await jusque(async () => (await flotte.store.file.etat(clock.now())).enMain.length === 0);
}

describe.each(MANIERES)('two nodes, %s', (...[, ouvrir]) => {
  test('each flux is handed over once, and both work', async () => {
    const noeuds = await ouvrir({ duree: () => clock.sleep(2) });
    await deposer(noeuds, 100);
    await toutesUneFois(100);
    expect([...flotte.parNoeud().keys()].toSorted()).toEqual(['deux', 'un']);
  });

  test('a depositor with hundreds of flux does not pass one that has a single one', async () => {
    const destinations = [{ nom: 'ACTES', places: 2, limites: null }];
    const noeuds = await ouvrir({ destinations, duree: () => clock.sleep(5) });
    await deposer(noeuds, 150);
    await jusque(() => flotte.remises.length > 5);
    const seul = await noeuds[0]?.deposer({ siren: '213400024' });
    await flotte.jusqua(151);
    const rang = flotte.remises.findIndex((r) => r.flux === seul);
    const avant = flotte.remises.slice(0, rang).filter((r) => r.quand > (flotte.remises[5]?.quand ?? 0));
    expect(rang).toBeGreaterThan(0);
    // It waited for what was in hand and for its turn in each queue, never for all the others.
    expect(avant.length).toBeLessThan(75);
  });

  test('a door that hangs holds up nothing but what leaves by it', async () => {
    const pendu = Promise.withResolvers<void>();
    const noeuds = await ouvrir({
      duree: ({ protocole }) => (protocole === 'ACTES' ? pendu.promise : Promise.resolve()),
    });
    // More than all the places of the two nodes together.
    await deposer(noeuds, 100);
    for (let n = 0; n < 10; n += 1) await noeuds[n % 2]?.deposer({ protocole: 'HELIOS' });
    await flotte.jusqua(10);
    pendu.resolve();
    await flotte.jusqua(110);
    expect(flotte.doubles()).toEqual([]);
  });

  test('the pace of a door is that of both together', async () => {
    const limites: Limites = { ensemble: 0, nombre: 5, periode: 400 };
    const noeuds = await ouvrir({ destinations: [{ nom: 'ACTES', places: 8, limites }] });
    await deposer(noeuds, 20);
    await toutesUneFois(20);
    const [premiere, derniere] = [flotte.remises[0], flotte.remises[19]];
    expect((derniere?.quand ?? 0) - (premiere?.quand ?? 0)).toBeGreaterThanOrEqual(1_150);
  });

  test('and so are its places', async () => {
    let [enCours, pic] = [0, 0];
    const duree = async (): Promise<void> => {
      enCours += 1;
      pic = Math.max(pic, enCours);
      await clock.sleep(10);
      enCours -= 1;
    };
    const limites: Limites = { ensemble: 3, nombre: 0, periode: 1_000 };
    const noeuds = await ouvrir({ destinations: [{ nom: 'ACTES', places: 8, limites }], duree });
    await deposer(noeuds, 60);
    await toutesUneFois(60);
    expect(pic).toBeLessThanOrEqual(3);
  });

  test('a node that is killed: its work is taken up once its leases are over, and nothing leaves twice', async () => {
    const noeuds = await ouvrir({ duree: () => clock.sleep(20) });
    await deposer(noeuds, 60);
    await jusque(() => flotte.remises.length > 10);
    noeuds[0]?.tuer();
    // What it had on the line is judged by the other one, and is not sent again.
    await flotte.jusqua(60);
    expect(flotte.doubles()).toEqual([]);
    expect(flotte.remises).toHaveLength(60);
  });
});

describe.each([
  ['ahead', 600_000],
  ['late', -600_000],
])('a node whose clock is ten minutes %s', (...[, avance]) => {
  test('takes the rows that others have in hand for free, or the reverse: each flux is handed over once all the same', async () => {
    const noeuds = await deuxSeuls({ duree: () => clock.sleep(5) });
    const repartition = creerRepartitionLocale({ clock });
    noeuds.push(await flotte.ouvrir('decale', { repartition, avance, duree: () => clock.sleep(5) }));
    for (let vague = 0; vague < 4; vague += 1) {
      await deposer(noeuds, 30);
      await clock.sleep(30);
    }
    await flotte.jusqua(120);
    expect(flotte.doubles()).toEqual([]);
    expect(flotte.remises).toHaveLength(120);
  });

  test('a door with limits goes on, whoever believes that it is its turn', async () => {
    const limites: Limites = { ensemble: 3, nombre: 0, periode: 1_000 };
    const destinations = [{ nom: 'ACTES', places: 8, limites }];
    const noeuds = await deuxSeuls({ destinations });
    const repartition = creerRepartitionLocale({ clock });
    noeuds.push(await flotte.ouvrir('decale', { repartition, avance, destinations }));
    await deposer(noeuds, 60);
    await flotte.jusqua(60);
    expect(flotte.doubles()).toEqual([]);
  });
});

describe('a queue that no settings know (a gateway taken away)', () => {
  test('is served all the same', async () => {
    const [un] = await deuxSeuls({ destinations: [{ nom: 'HELIOS:dgfip', places: 2, limites: null }] });
    await un?.deposer();
    await flotte.jusqua(1, 'pret');
    // The next one to start finds it; those that run look every minute.
    await flotte.ouvrir('trois', {
      repartition: creerRepartitionLocale({ clock }),
      destinations: [],
    });
    await flotte.jusqua(1);
  });
});

describe('a Redis that fails under load', () => {
  test('emptied again and again: all flux end, each once', async () => {
    const noeuds = await deuxParRedis({ duree: () => clock.sleep(3) });
    const depots = deposer(noeuds, 200);
    for (let fois = 0; fois < 5; fois += 1) {
      await clock.sleep(60);
      await atelier.redis.client.flushall();
    }
    await depots;
    await toutesUneFois(200);
  });

  test('killed, away for a while, back and empty: all flux end, each once', async () => {
    const autre = await atelier.serveur({ reglages: { appendonly: 'yes' } });
    const noeuds = await deuxParRedis({ duree: () => clock.sleep(3) }, autre.adresse);
    await deposer(noeuds, 100);
    await autre.tuer();
    await deposer(noeuds, 100);
    await flotte.jusqua(200);
    await autre.redemarrer();
    await autre.client.flushall();
    await deposer(noeuds, 50);
    await toutesUneFois(250);
  });

  test('full, so that it answers and keeps nothing: a door with limits goes on, within them', async () => {
    const autre = await atelier.serveur();
    const limites: Limites = { ensemble: 3, nombre: 0, periode: 1_000 };
    const destinations = [{ nom: 'ACTES', places: 8, limites }];
    const noeuds = await deuxParRedis({ destinations }, autre.adresse);
    await deposer(noeuds, 20);
    await autre.client.config('SET', 'maxmemory', '1mb');
    await deposer(noeuds, 40);
    await toutesUneFois(60);
  });

  test('away from the start: the nodes work, each for itself', async () => {
    const autre = await atelier.serveur();
    await autre.tuer();
    const noeuds = await deuxParRedis({}, autre.adresse);
    await deposer(noeuds, 100);
    await toutesUneFois(100);
  });
});
