/**
 * `npm run bench [-- --json]`: figures of the whole path on this machine, real HTTPS and SMTP on loopback, the
 * simulated State sharing the same cores. A measure, never a test: nothing fails on a slow day.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerMonde, etalonFsync, type Monde } from './monde.ts';
import { peupler } from './peupler.ts';

const STOCK = 100_000;
const ACTES = 1_500;
const CHAUFFE = 300;
const TOURS = 3;

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
  const mesures = await alterner(vide, plein);
  const resultat = {
    depots_par_s: arrondi(mediane(mesures.vide.map((m) => m.depots))),
    circuits_par_s: arrondi(mediane(mesures.vide.map((m) => m.circuits))),
    circuits_par_s_100k: arrondi(mediane(mesures.plein.map((m) => m.circuits))),
    circuits_100k_sur_vide: arrondi(
      mediane(mesures.plein.map((m, n) => m.circuits / (mesures.vide[n]?.circuits ?? 1))),
      3,
    ),
    rss_mib: Math.round(Math.max(vide.rss(), plein.rss())),
    etalon_fsync_par_s: Math.round(fsync),
    depots_sur_fsync: arrondi(mediane(mesures.vide.map((m) => m.depots)) / fsync, 3),
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
  dire(`Mémoire du démon, au plus haut : ${resultat.rss_mib} Mio.`);
  if (json) console.log(JSON.stringify(resultat));
} finally {
  await rm(dossier, { recursive: true, force: true });
}

/** The two worlds in turn, so that a slow minute of the machine weighs on both. */
async function alterner(vide: Monde, plein: Monde) {
  await vide.tour(CHAUFFE);
  await plein.tour(CHAUFFE);
  const mesures = {
    vide: [] as Awaited<ReturnType<Monde['tour']>>[],
    plein: [] as Awaited<ReturnType<Monde['tour']>>[],
  };
  for (let tour = 0; tour < TOURS; tour += 1) {
    mesures.vide.push(await vide.tour(ACTES));
    mesures.plein.push(await plein.tour(ACTES));
    const [v, p] = [mesures.vide.at(-1), mesures.plein.at(-1)];
    dire(
      `  tour ${tour + 1} : ${Math.round(v?.circuits ?? 0)} circuits/s à vide, ${Math.round(p?.circuits ?? 0)} avec ${STOCK} en magasin`,
    );
  }
  return mesures;
}
