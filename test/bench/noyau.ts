/** The engine embedded, on SQLite: its rate, and what a flux costs when a million are in the store. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { creerRepartitionLocale } from '../../src/adapters/repartition/locale.ts';
import { ouvrirStoreSqlite } from '../../src/adapters/store/sqlite/store.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { etalonFsync } from './monde.ts';
import { type Noyau, ouvrirNoyau } from './noyau-monde.ts';
import { peuplerVite } from './peupler.ts';

const FLUX = 1500;
const TOURS = 7;
/** Finished flux in the two stores that are compared. */
const PEU = 1_000;
const BEAUCOUP = 1_000_000;

async function embarque(dossier: string, anciens: number): Promise<Noyau> {
  const clock = creerClockSysteme();
  const random = creerRandomSysteme(clock);
  const fichier = join(dossier, 'vaguemestre.sqlite');
  await mkdir(dossier, { recursive: true });
  await peuplerVite(fichier, anciens);
  const store = ouvrirStoreSqlite({ fichier, clock, random, version: 'banc' });
  return ouvrirNoyau({ dossier, clock, random, store, repartition: creerRepartitionLocale({ clock }) });
}

/** Two stores in turn, in short rounds, so that a slow minute of the machine weighs on both. */
export async function mesurerNoyau(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-noyau-'));
  try {
    const fsync = etalonFsync(dossier, 500);
    dire(`Préparation de ${BEAUCOUP} flux finis…`);
    const peu = await embarque(join(dossier, 'peu'), PEU);
    const beaucoup = await embarque(join(dossier, 'beaucoup'), BEAUCOUP);
    // What was just written must be on the disk, or its write-back would be charged to the first rounds.
    spawnSync('sync');
    await peu.tour(FLUX);
    await beaucoup.tour(FLUX);
    const tours: { peu: number; beaucoup: number }[] = [];
    for (let n = 1; n <= TOURS; n += 1) {
      const tour = { peu: await peu.tour(FLUX), beaucoup: await beaucoup.tour(FLUX) };
      tours.push(tour);
      dire(
        `  tour ${n} : ${Math.round(tour.peu)} flux/s avec ${PEU} en magasin, ${Math.round(tour.beaucoup)} avec ${BEAUCOUP}`,
      );
    }
    await peu.fermer();
    await beaucoup.fermer();
    const flux = mediane(tours.map((t) => t.peu));
    const cout = mediane(tours.map((t) => t.peu / t.beaucoup));
    dire(
      `Moteur embarqué : ${Math.round(flux)} flux entiers par seconde, deux pièces de 20 ko chacun ` +
        `(${arrondi(flux / fsync)} de l’étalon d’écriture) ; avec ${BEAUCOUP} flux en magasin un flux coûte ${arrondi(cout, 2)} fois autant.`,
    );
    return {
      flux_par_s_sqlite: arrondi(flux, 1),
      flux_sur_fsync: arrondi(flux / fsync, 3),
      cout_1m_sur_1k: arrondi(cout, 3),
    };
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}
