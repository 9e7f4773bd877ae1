import { afterAll, beforeAll } from 'vitest';
import { type BaseVide, demarrerPostgres, type Postgres } from '../serveurs/postgres.ts';
import { contratStore } from './store.contract.ts';
import { ouvrirSur } from './store.postgres.ts';

let serveur: Postgres;
let base: BaseVide;
beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
});
afterAll(() => serveur.fermer());

contratStore('postgres', async (outils) => {
  const store = await ouvrirSur(base, outils);
  await serveur.vider(base);
  return store;
});
