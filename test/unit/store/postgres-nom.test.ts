import { setTimeout as attendre } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { OptionsPostgres } from '../../../src/adapters/store/postgres/store.ts';
import type { Store } from '../../../src/ports/store.ts';
import { codeDe } from '../../contracts/montage.ts';
import { accesDe, ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';
import { ouvrirRelais } from '../../serveurs/relais.ts';

/** The name of a daemon: a lock of a session of its own. */

let serveur: Postgres;
let base: BaseVide;
const ouverts: Store[] = [];
beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
});
afterAll(() => serveur.fermer());
afterEach(async () => {
  for (const store of ouverts.splice(0)) await store.fermer();
});

async function ouvrir(options: Partial<OptionsPostgres> = {}, sur = base): Promise<Store> {
  const store = await ouvrirSur(sur, options);
  ouverts.push(store);
  return store;
}

const tenir = (store: Store, nom = 'a') => store.noeuds.tenirNom(nom);

async function finitParTenir(store: Store): Promise<void> {
  while (!(await tenir(store))) await attendre(5);
}

/** One whose session was just cut may learn it as it asks: it is told that the server is away, then who has the name. */
async function tenirEnfin(store: Store): Promise<boolean> {
  let tenu = false;
  const code = await codeDe(
    tenir(store).then((oui) => {
      tenu = oui;
    }),
  );
  expect(['rien', 'VGM-NOY-005']).toContain(code);
  return code === 'rien' ? tenu : tenir(store);
}

const TENUS = `SELECT count(*) = 1 AS vrai FROM pg_locks WHERE locktype = 'advisory' AND granted`;

test('one daemon has a name; other names, and the same one in another base, are others', async () => {
  const [un, deux] = [await ouvrir(), await ouvrir()];
  expect([await tenir(un), await tenir(deux), await tenir(un), await tenir(deux)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(await tenir(deux, 'b')).toBe(true);
  expect(await tenir(await ouvrir({}, await serveur.creerBase()))).toBe(true);
});

test.each([
  ['left', (store: Store) => store.noeuds.retirer('a')],
  ['given back as the store is closed', (store: Store) => store.fermer()],
])('a name that is %s is free at once', async (...[, quitter]) => {
  const [un, deux] = [await ouvrir(), await ouvrir()];
  await tenir(un);
  await quitter(un);
  await finitParTenir(deux);
  expect(await tenir(deux)).toBe(true);
});

test('asked for twice at once by one store: it is held once, and one leave gives it back', async () => {
  const [un, deux] = [await ouvrir(), await ouvrir()];
  expect(await Promise.all([tenir(un), tenir(un)])).toEqual([true, true]);
  await un.noeuds.retirer('a');
  expect(await tenir(deux)).toBe(true);
});

test('by the socket of the server as by the network', async () => {
  const un = await ouvrir({ acces: { ...accesDe(base), hote: serveur.dossier } });
  expect([await tenir(un), await tenir(await ouvrir())]).toEqual([true, false]);
});

test('one that is cut off loses its name to whoever asks first, and takes it back once it is free', async () => {
  const [un, deux] = [await ouvrir(), await ouvrir()];
  await tenir(un);
  await deux.noeuds.evincer('autre');
  expect(await tenir(deux)).toBe(false);
  await deux.noeuds.evincer('a');
  await finitParTenir(deux);
  expect(await tenirEnfin(un)).toBe(false);
  // Whoever has it is not cut off by itself.
  await deux.noeuds.evincer('a');
  expect(await tenir(deux)).toBe(true);
  await deux.fermer();
  await serveur.jusqua(TENUS);
  expect(await tenir(un)).toBe(true);
});

test.each([
  ['at once', () => serveur.couper()],
  ['in order', () => serveur.arreter()],
])(
  'the server is stopped %s and comes back: the name is taken back without being asked for',
  async (...[, arreter]) => {
    const un = await ouvrir();
    await tenir(un);
    await arreter();
    expect(await codeDe(tenir(un))).toBe('VGM-NOY-005');
    await serveur.relancer();
    await serveur.jusqua(TENUS);
    expect(await tenir(await ouvrir())).toBe(false);
    expect(await tenir(un)).toBe(true);
  },
);

/** With how many bytes sent the line of the name stands still, once. */
test.each([
  ['as the name is asked for', 0],
  ['once it is held', 1],
])(
  'a line that stands still %s: our own session, that the server still sees, is cut and the name taken back',
  async (...[, apres]) => {
    const relais = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: serveur.port } });
    const acces = { ...accesDe(base), port: relais.port };
    const essai = await ouvrir({ acces });
    relais.regler(null);
    await tenir(essai);
    const { aller } = relais.passes();
    await essai.fermer();
    const un = await ouvrir({ acces });
    relais.regler({ sens: 'aller', apres: aller + apres, geste: 'figer', uneFois: true });
    if (apres > 0) expect(await tenir(un)).toBe(true);
    expect(await codeDe(tenir(un))).toBe('VGM-NOY-005');
    await serveur.jusqua(TENUS);
    expect(await tenir(un)).toBe(true);
    expect(await tenir(await ouvrir())).toBe(false);
    for (const store of ouverts.splice(0)) await store.fermer();
    await relais.fermer();
  },
  20_000,
);
