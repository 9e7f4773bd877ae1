/**
 * Child process of the crash tests: writes without rest and says on standard output what was acknowledged.
 * `node enfant.ts <place> <run>`: a file, or a base of a PostgreSQL as JSON; with the run `garde`, only opens and waits.
 */
import { writeSync } from 'node:fs';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { ouvrirStoreSqlite } from '../../../src/adapters/store/sqlite/store.ts';
import { entree, JOUR, nouveau, nouvelleLivraison, suite } from '../../contracts/store.fabrique.ts';
import type { FluxId, LivraisonId } from '../../../src/metier/identifiants.ts';
import type { BaseVide } from '../../serveurs/postgres.ts';

const [lieu = '', tour = ''] = process.argv.slice(2);
const clock = creerClockSysteme();
const random = creerRandomSysteme(clock);
const store = lieu.startsWith('{')
  ? await (await import('../../contracts/store.postgres.ts')).ouvrirSur(JSON.parse(lieu) as BaseVide)
  : ouvrirStoreSqlite({ clock, random, fichier: lieu, version: 'essai' });

/** Synchronous: what was said was said, even if the next instruction is the last. */
function dire(ligne: string): void {
  writeSync(1, `${ligne}\n`);
}

async function ouvrier(nom: string): Promise<never> {
  for (let n = 0; ; n += 1) {
    const id = random.uuid() as FluxId;
    const identite = `${tour}-${nom}-${n}`;
    await store.ecriture.creerFlux(
      nouveau(n + 1, { id, identite }),
      suite({
        journal: [entree({ ev: 'DEPOT', tx: id }), entree({ org: 'operateur', tx: id })],
        nouvellesLivraisons: [nouvelleLivraison(1, { id: random.uuid() as LivraisonId, flux: id })],
      }),
    );
    dire(`flux ${id}`);
    const { numero } = await store.numerotation.reserver({ flux: id, serie: 's', jour: JOUR, limite: 1e9 });
    dire(`numero ${id} ${numero}`);
  }
}

if (tour === 'garde') {
  dire('ouvert');
  setInterval(() => undefined, 1000);
} else {
  await Promise.all(['a', 'b', 'c', 'd'].map((nom) => ouvrier(nom)));
}
