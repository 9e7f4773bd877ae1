/** The whole path on this machine, real HTTPS and SMTP on loopback, the simulated State sharing the same cores. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { creerMonde, etalonFsync, type Monde } from './monde.ts';
import { peupler } from './peupler.ts';

const STOCK = 100_000;
const ACTES = 600;
const CHAUFFE = 300;
const TOURS = 7;

interface Tour {
  readonly depots: number;
  readonly circuits: number;
  /** Processor milliseconds of the daemon per circuit. */
  readonly cpu: number;
}

interface Paire {
  readonly vide: Tour;
  readonly plein: Tour;
}

async function mesurer(monde: Monde): Promise<Tour> {
  const avant = monde.cpu();
  const tour = await monde.tour(ACTES);
  return { ...tour, cpu: (monde.cpu() - avant) / ACTES };
}

/** The two worlds in turn, in short rounds, so that a slow minute of the machine weighs on both. */
async function alterner(vide: Monde, plein: Monde, dire: Dire): Promise<Paire[]> {
  await vide.tour(CHAUFFE);
  await plein.tour(CHAUFFE);
  const mesures: Paire[] = [];
  for (let tour = 0; tour < TOURS; tour += 1) {
    const mesure = { vide: await mesurer(vide), plein: await mesurer(plein) };
    mesures.push(mesure);
    const [v, p] = [Math.round(mesure.vide.circuits), Math.round(mesure.plein.circuits)];
    dire(`  tour ${tour + 1} : ${v} circuits/s à vide, ${p} avec ${STOCK} en magasin`);
  }
  return mesures;
}

function raconter(f: Figures, dire: Dire): void {
  dire(
    `Dépôts durables par seconde : ${f['depots_par_s']} (${f['depots_sur_fsync']} de l’étalon, le circuit tournant en même temps).`,
  );
  dire(`Circuits par seconde, du dépôt à l’accusé rangé : ${f['circuits_par_s']}.`);
  dire(
    `Les mêmes avec ${STOCK} flux finis en magasin : ${f['circuits_par_s_100k']} (rapport ${f['circuits_100k_sur_vide']}).`,
  );
  dire(
    `Temps de processeur du démon par circuit : ${f['cpu_ms_par_circuit']} ms ; avec le magasin plein, ${f['cpu_100k_sur_vide']} fois autant.`,
  );
  dire(`Mémoire du démon, au plus haut : ${f['rss_mib']} Mio.`);
}

/** The same daemon with an empty store and with a full one. */
export async function mesurerCircuits(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-'));
  try {
    const fsync = etalonFsync(dossier, 500);
    dire(`Étalon : ${Math.round(fsync)} écritures de 4 ko suivies de fsync par seconde.`);
    dire(`Préparation de ${STOCK} flux finis…`);
    const vide = await creerMonde(join(dossier, 'vide'));
    const plein = await creerMonde(join(dossier, 'plein'), (donnees) => peupler(donnees, STOCK));
    // What was just written must be on the disk, or its write-back would be charged to the first rounds.
    spawnSync('sync');
    const mesures = await alterner(vide, plein, dire);
    const de = (figure: (m: Paire) => number, decimales: number): number =>
      arrondi(mediane(mesures.map(figure)), decimales);
    const depots = mediane(mesures.map((m) => m.vide.depots));
    const figures = {
      depots_par_s: arrondi(depots, 1),
      circuits_par_s: de((m) => m.vide.circuits, 1),
      circuits_par_s_100k: de((m) => m.plein.circuits, 1),
      circuits_100k_sur_vide: de((m) => m.plein.circuits / m.vide.circuits, 3),
      cpu_ms_par_circuit: de((m) => m.vide.cpu, 2),
      cpu_100k_sur_vide: de((m) => m.plein.cpu / m.vide.cpu, 3),
      rss_mib: Math.round(Math.max(vide.rss(), plein.rss())),
      etalon_fsync_par_s: Math.round(fsync),
      depots_sur_fsync: arrondi(depots / fsync, 3),
    };
    await vide.fermer();
    await plein.fermer();
    raconter(figures, dire);
    return figures;
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}
