import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assurerPaquets } from '../../serveurs/installer.ts';
import { jusqua } from './attente.ts';
import type { Campagne } from './campagne.ts';
import { MELANGE_ACTES, prevoirActe } from './prevus.ts';
import { type Chantier, mener } from './mener.ts';

/** What the disk refuses: to sync the log of the store, or the files of the coffre alone. */
const APPELS = ['fsync,fdatasync', 'fsync'] as const;
/** How long it refuses; a fault is only one once a sync has failed. */
const DUREE_MS = 400;
/** Between two faults. */
const SERVICE_MS = 600;
const ATTENTE_MAX_MS = 20_000;
const CODE = 'VGM-NOY-005';
/** What was answered when the last sync went through may still be on its way. */
const EN_CHEMIN_MS = 250;
const SONDES = 3;

/** A tracer attached to a running daemon, in whose syscalls it puts errors. */
class Traceur {
  readonly #processus: ChildProcess;
  readonly #trace: string;

  constructor(pid: number, appels: string, trace: string) {
    this.#trace = trace;
    const injection = `inject=${appels}:error=EIO`;
    const args = ['-f', '-p', String(pid), '-e', `trace=${appels}`, '-e', injection, '-o', trace];
    this.#processus = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** Resolves once every thread is traced. */
  async attache(): Promise<void> {
    if (this.#processus.stderr === null) return;
    const dits: string[] = [];
    for await (const bloc of this.#processus.stderr) {
      dits.push(String(bloc));
      if (dits.join('').includes('attached')) break;
    }
    if (!dits.join('').includes('attached')) throw new TypeError(`strace: ${dits.join('')}`);
  }

  /** Calls of this name that failed so far. */
  async echecs(appel: string): Promise<number> {
    const trace = await readFile(this.#trace, 'utf8').catch(() => '');
    return trace.split('\n').filter((l) => l.includes(` ${appel}(`) && l.includes('INJECTED')).length;
  }

  async detacher(): Promise<void> {
    this.#processus.kill('SIGINT');
    if (this.#processus.exitCode === null && this.#processus.signalCode === null)
      await once(this.#processus, 'exit');
  }
}

async function frapper(c: Chantier, rang: number): Promise<void> {
  const { clock, premier, conditions } = c.terrain;
  await clock.sleep(SERVICE_MS);
  const appels = APPELS[rang % APPELS.length] ?? APPELS[0];
  const traceur = new Traceur(premier.demon.pid, appels, join(conditions.dossier, `syscalls-${rang}.txt`));
  const dernier = appels === 'fsync' ? 'fsync' : 'fdatasync';
  try {
    await traceur.attache();
    await clock.sleep(DUREE_MS);
    await jusqua(async () => (await traceur.echecs(dernier)) > 0, ATTENTE_MAX_MS);
  } finally {
    await traceur.detacher();
  }
  for (const appel of ['fsync', 'fdatasync']) c.compter(`${appel}_refuses`, await traceur.echecs(appel));
  if ((await traceur.echecs(dernier)) === 0) c.fauter(`aucun ${dernier} n’a échoué`);
  if (!premier.demon.vivant()) c.fauter('le démon n’a pas survécu à l’échec du disque');
  await (dernier === 'fdatasync' ? exigerSilence(c, rang) : exigerService(c, rang));
}

/** Whatever the disk says from now on, nothing more is believed, nor read, until the next start. */
async function exigerSilence(c: Chantier, rang: number): Promise<void> {
  const { clock, premier } = c.terrain;
  await clock.sleep(EN_CHEMIN_MS);
  const avant = c.charge.accuses.length;
  for (let sonde = 0; sonde < SONDES; sonde += 1) {
    const { depot } = prevoirActe(900_000 + rang * SONDES + sonde, MELANGE_ACTES);
    const depose = await premier.client.deposer(depot);
    const lu = await premier.client.lire('/etats');
    for (const { statut, corps } of [depose, lu])
      if (statut !== 503 || corps['code'] !== CODE)
        c.fauter(`après un échec sur le journal de la base, répondu ${statut} ${JSON.stringify(corps)}`);
  }
  if (c.charge.accuses.length > avant)
    c.fauter('un dépôt a été accusé après un échec sur le journal de la base');
  if (rang % 4 === 0) await premier.arreter();
  else await premier.tuer();
  await premier.demarrer();
  if (!(await jusqua(() => c.charge.accuses.length > avant, ATTENTE_MAX_MS)))
    c.fauter('plus aucun dépôt accepté après le redémarrage');
}

/** A file that could not be synced was refused to its depositor; the next ones are taken. */
async function exigerService(c: Chantier, rang: number): Promise<void> {
  const prevu = prevoirActe(950_000 + rang, [['', 'acquitte']]);
  const id = await c.charge.insister(prevu);
  if (id === null) c.fauter('le coffre ne prend plus rien après un échec');
  else c.charge.noter(prevu, id);
}

export const fsyncEio: Campagne = {
  nom: 'fsync_eio',
  panne:
    'Le disque rend EIO à fdatasync (journal de la base) et à fsync (fichiers du coffre), par strace attaché au démon.',
  attendu:
    'Après un échec sur la base : tout est refusé, lectures comprises, par VGM-NOY-005, jusqu’au redémarrage ; rien n’est accusé. Après un échec sur une pièce : ce dépôt seul est refusé. Ensuite, tout ce qui a été accusé est là.',
  exige: { magasin: 'sqlite', noeuds: 1 },
  mener: async (conditions) => {
    await assurerPaquets(['strace']);
    const charge = { deposants: { actes: 3, pes: 2 }, pause: 150 };
    const examiner = ({ charge: { refus } }: Chantier): string[] =>
      [...refus.keys()]
        .filter((code) => code !== CODE)
        .map((code) => `dépôts refusés par ${code}, et non ${CODE}`);
    return mener({ nom: 'fsync_eio', charge, frapper, examiner }, conditions);
  },
};
