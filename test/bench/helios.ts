/** PES Aller from the deposit to the acquittement, real SFTP on loopback, the simulated DGFiP sharing the same cores. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mesurerDepotsSftp } from './depots-sftp.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { etalonFsync } from './monde.ts';
import { creerMondeHelios, type MondeHelios, SIRENS } from './monde-helios.ts';
import { Mairie, type PesSigne } from './pes-signes.ts';

const CIRCUITS = 300;
const CHAUFFE = 200;
const TOURS = 7;
const DEPOSANTS = 16;
/** 20 kB, one attached piece. */
const PETIT = { pieces: 40, jointes: 1, tailleJointe: 2_000 } as const;
/** 99 MB, most of it in attached pieces. */
const GROS = { pieces: 110_000, jointes: 43, tailleJointe: 1_200_000 } as const;
const GROS_FICHIERS = 3;

async function tour(monde: MondeHelios, lot: readonly PesSigne[]) {
  const cpu = monde.cpu();
  const depart = performance.now();
  const restants = lot.values();
  const deposer = async (): Promise<void> => {
    for (const pes of restants) await monde.deposer(pes);
  };
  await Promise.all(Array.from({ length: DEPOSANTS }, deposer));
  await monde.vider();
  const circuits = (lot.length / (performance.now() - depart)) * 1000;
  return { circuits, cpu: (monde.cpu() - cpu) / lot.length };
}

async function mesurerCircuits(dossier: string, mairie: Mairie, dire: Dire): Promise<Figures> {
  dire(`Signature de ${CHAUFFE + CIRCUITS * TOURS} PES de 20 ko…`);
  const pes: PesSigne[] = [];
  for (let n = 0; n < CHAUFFE + CIRCUITS * TOURS; n += 1) {
    pes.push(await mairie.signer({ siren: SIRENS[n % SIRENS.length] ?? '', nomFic: `BANC${n}`, ...PETIT }));
  }
  const fsync = etalonFsync(dossier, 500);
  const monde = await creerMondeHelios(join(dossier, 'petits'), mairie.racine);
  try {
    await tour(monde, pes.splice(0, CHAUFFE));
    const tours: Awaited<ReturnType<typeof tour>>[] = [];
    for (let n = 1; n <= TOURS; n += 1) {
      const fait = await tour(monde, pes.splice(0, CIRCUITS));
      tours.push(fait);
      dire(`  tour ${n} : ${Math.round(fait.circuits)} circuits par seconde`);
    }
    const circuits = mediane(tours.map((t) => t.circuits));
    const cpu = mediane(tours.map((t) => t.cpu));
    dire(
      `PES de 20 ko signés, du dépôt à l’acquittement : ${arrondi(circuits, 1)} par seconde ` +
        `(${arrondi(circuits / fsync)} de l’étalon d’écriture), ${arrondi(cpu, 2)} ms de processeur du démon pour chacun.`,
    );
    return {
      pes_circuits_par_s: arrondi(circuits, 1),
      pes_circuits_sur_fsync: arrondi(circuits / fsync, 4),
      pes_cpu_ms_par_circuit: arrondi(cpu, 2),
    };
  } finally {
    await monde.fermer();
  }
}

/** One daemon that has done nothing else. */
async function mesurerGros(dossier: string, mairie: Mairie, dire: Dire): Promise<Figures> {
  const monde = await creerMondeHelios(join(dossier, 'gros'), mairie.racine);
  try {
    const durees: number[] = [];
    for (let n = 0; n < GROS_FICHIERS; n += 1) {
      const pes = await mairie.signer({ siren: SIRENS[0] ?? '', nomFic: `GROS${n}`, ...GROS });
      const depart = Date.now();
      const parti = await monde.partir(await monde.deposer(pes));
      await monde.vider();
      durees.push((parti - depart) / 1000);
    }
    const duree = mediane(durees);
    const rss = Math.round(monde.rss());
    dire(
      `PES de 99 Mo, du dépôt à l’envoi : ${arrondi(duree, 2)} s ; mémoire du démon au plus haut : ${rss} Mio.`,
    );
    return { pes_100mo_depot_a_envoi_s: arrondi(duree, 2), pes_100mo_rss_mib: rss };
  } finally {
    await monde.fermer();
  }
}

export async function mesurerHelios(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-helios-'));
  const mairie = new Mairie();
  try {
    return {
      ...(await mesurerDepotsSftp(dire)),
      ...(await mesurerGros(dossier, mairie, dire)),
      ...(await mesurerCircuits(dossier, mairie, dire)),
    };
  } finally {
    mairie.fermer();
    await rm(dossier, { recursive: true, force: true });
  }
}
