import { join } from 'node:path';
import { expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { lireBase } from '../../../src/adapters/store/sqlite/instantane.ts';
import { Base } from '../../../src/adapters/store/sqlite/pilote.ts';
import { ouvrirStoreSqlite } from '../../../src/adapters/store/sqlite/store.ts';
import { dossierEssai } from '../../contracts/montage.ts';
import { empreinte, suite, T0 } from '../../contracts/store.fabrique.ts';
import { nouveauLot } from '../../contracts/store.lots.ts';

test('a backup cites the ZIP of a batch until it is finished; the base of an older program has none', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const clock = creerFakeClock(T0);
  const store = ouvrirStoreSqlite({ fichier, clock, random: creerFakeRandom(clock), version: '1' });
  for (const n of [1, 2]) await store.lots.creer(nouveauLot(n), suite());
  await store.lots.terminer(nouveauLot(1).id, { deposes: 0, deja: 3, refuses: 1, restants: 0 }, suite());
  await store.fermer();
  const citees = (): string[] => {
    const base = lireBase(fichier);
    const lues = [...base.pieces()].map((p) => p.sha256);
    base.fermer();
    return lues;
  };
  expect(citees()).toEqual([empreinte(2)]);
  const ancienne = new Base(fichier, 0);
  ancienne.executer('DROP TABLE lots_lignes; DROP TABLE lots;');
  ancienne.fermer();
  expect(citees()).toEqual([]);
});
