import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Store } from '../../ports/store.ts';
import { EN_MEMOIRE } from './sqlite/ouverture.ts';
import { ouvrirStoreSqlite } from './sqlite/store.ts';

/**
 * The store for tests: the SQLite adapter itself, in memory. A second implementation made of maps would have to
 * repeat savepoints, uniqueness, leases and chains, and would be one more thing to distrust; this one opens in a
 * few milliseconds and behaves as the real one but for durability, which has tests of its own.
 */
export function creerFakeStore(outils: { readonly clock: Clock; readonly random: Random }): Store {
  return ouvrirStoreSqlite({ ...outils, fichier: EN_MEMOIRE, version: '0.0.0-essai' });
}
