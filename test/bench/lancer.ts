/**
 * `npm run bench [-- --json]`: figures of the whole path on this machine, real HTTPS and SMTP on loopback, the
 * simulated State sharing the same cores. A measure, never a test: nothing fails on a slow day.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerMonde, etalonFsync, type Monde } from './monde.ts';
import { peupler } from './peupler.ts';

const STOCK = 100_000;
const ACTES = 600;
const CHAUFFE = 300;
const TOURS = 7;

const json = process.argv.includes('--json');
const dire = (ligne: string): void => {
  if (!json) console.log(ligne);
};
const mediane = (valeurs: readonly number[]): number =>
  valeurs.toSorted((a, b) => a - b)[Math.floor(valeurs.length / 2)] ?? 0;
const arrondi = (valeur: number, decimales = 1): number => Number(valeur.toFixed(decimales));

const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-'));
try {
  const fsync = etalonFsync(dossier, 500);
  dire(`Étalon : ${Math.round(fsync)} écritures de 4 ko suivies de fsync par seconde.`);
  dire(`Préparation de ${STOCK} flux finis…`);
  const [vide, plein] = [
    await creerMonde(join(dossier, 'vide')),
    await creerMonde(join(dossier, 'plein'), (donnees) => peupler(donnees, STOCK)),
  ];
  // What was just written must be on the disk, or its write-back would be charged to the first rounds.
  spawnSync('sync');
  const mesures = await alterner(vide, plein);
  const resultat = {
    depots_par_s: arrondi(mediane(mesures.map((m) => m.vide.depots))),
    circuits_par_s: arrondi(mediane(mesures.map((m) => m.vide.circuits))),
    circuits_par_s_100k: arrondi(mediane(mesures.map((m) => m.plein.circuits))),
    circuits_100k_sur_vide: arrondi(mediane(mesures.map((m) => m.plein.circuits / m.vide.circuits)), 3),
    cpu_ms_par_circuit: arrondi(mediane(mesures.map((m) => m.vide.cpu)), 2),
    cpu_100k_sur_vide: arrondi(mediane(mesures.map((m) => m.plein.cpu / m.vide.cpu)), 3),
    rss_mib: Math.round(Math.max(vide.rss(), plein.rss())),
    etalon_fsync_par_s: Math.round(fsync),
    depots_sur_fsync: arrondi(mediane(mesures.map((m) => m.vide.depots)) / fsync, 3),
  };
  await vide.fermer();
  await plein.fermer();
  dire(
    `Dépôts durables par seconde : ${resultat.depots_par_s} (${resultat.depots_sur_fsync} de l’étalon, le circuit tournant en même temps).`,
  );
  dire(`Circuits par seconde, du dépôt à l’accusé rangé : ${resultat.circuits_par_s}.`);
  dire(
    `Les mêmes avec ${STOCK} flux finis en magasin : ${resultat.circuits_par_s_100k} (rapport ${resultat.circuits_100k_sur_vide}).`,
  );
  dire(
    `Temps de processeur du démon par circuit : ${resultat.cpu_ms_par_circuit} ms ; avec le magasin plein, ${resultat.cpu_100k_sur_vide} fois autant.`,
  );
  dire(`Mémoire du démon, au plus haut : ${resultat.rss_mib} Mio.`);
  if (json) console.log(JSON.stringify(resultat));
} finally {
  await rm(dossier, { recursive: true, force: true });
}

interface Mesure {
  readonly depots: number;
  readonly circuits: number;
  /** Processor milliseconds of the daemon per circuit. */
  readonly cpu: number;
}

async function mesurer(monde: Monde): Promise<Mesure> {
  const avant = monde.cpu();
  const tour = await monde.tour(ACTES);
  return { ...tour, cpu: (monde.cpu() - avant) / ACTES };
}

/** The two worlds in turn, in short rounds, so that a slow minute of the machine weighs on both. */
async function alterner(vide: Monde, plein: Monde): Promise<{ vide: Mesure; plein: Mesure }[]> {
  await vide.tour(CHAUFFE);
  await plein.tour(CHAUFFE);
  const mesures: { vide: Mesure; plein: Mesure }[] = [];
  for (let tour = 0; tour < TOURS; tour += 1) {
    const mesure = { vide: await mesurer(vide), plein: await mesurer(plein) };
    mesures.push(mesure);
    const [v, p] = [Math.round(mesure.vide.circuits), Math.round(mesure.plein.circuits)];
    dire(`  tour ${tour + 1} : ${v} circuits/s à vide, ${p} avec ${STOCK} en magasin`);
  }
  return mesures;
}
