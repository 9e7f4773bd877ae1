import { afterEach, beforeEach, describe } from 'vitest';
import type { FakeClock } from '../../src/adapters/clock/fake.ts';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Random } from '../../src/ports/random.ts';
import type { Store } from '../../src/ports/store.ts';
import { T0 } from './store.fabrique.ts';
import { reglesAnnuaire } from './store.annuaire.ts';
import { reglesEcriture } from './store.ecriture.ts';
import { reglesFile } from './store.file.ts';
import { reglesFiles } from './store.files.ts';
import { reglesLecture } from './store.lecture.ts';
import { reglesLots } from './store.lots.ts';
import { reglesNoeuds } from './store.noeuds.ts';
import { reglesPlaces } from './store.places.ts';
import { reglesRestaurations } from './store.restaurations.ts';

export interface Contexte {
  readonly store: Store;
  readonly clock: FakeClock;
}

export type OuvrirStore = (outils: { clock: Clock; random: Random }) => Promise<Store>;

/** What every store must keep, whatever the technology. `ouvrir` gives an empty one. */
export function contratStore(nom: string, ouvrir: OuvrirStore): void {
  describe(`contract of the store: ${nom}`, () => {
    let contexte: Contexte | undefined;
    beforeEach(async () => {
      const clock = creerFakeClock(T0);
      contexte = { clock, store: await ouvrir({ clock, random: creerFakeRandom(clock) }) };
    });
    afterEach(async () => {
      await contexte?.store.fermer();
    });
    const ici = (): Contexte => {
      if (contexte === undefined) throw new Error('store not open');
      return contexte;
    };
    reglesEcriture(ici);
    reglesLecture(ici);
    reglesFile(ici);
    reglesPlaces(ici);
    reglesFiles(ici);
    reglesAnnuaire(ici);
    reglesLots(ici);
    reglesNoeuds(ici);
    reglesRestaurations(ici);
  });
}
