import { join } from 'node:path';
import { afterAll } from 'vitest';
import { creerFakeStore } from '../../src/adapters/store/fake.ts';
import { ouvrirStoreSqlite } from '../../src/adapters/store/sqlite/store.ts';
import { dossierEssai } from './montage.ts';
import { contratStore } from './store.contract.ts';

const dossier = dossierEssai();
afterAll(() => dossier[Symbol.dispose]());

contratStore('sqlite, on disk', async (outils) => {
  const fichier = join(dossier.chemin, crypto.randomUUID(), 'vaguemestre.db');
  return ouvrirStoreSqlite({ ...outils, fichier, version: '1.2.3' });
});

contratStore('fake', async (outils) => creerFakeStore(outils));
