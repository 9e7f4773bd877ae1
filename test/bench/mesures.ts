import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whole processes, from start to exit, timed and weighed. */

export type Commande = readonly [programme: string, ...args: string[]];

export interface Mesure {
  readonly secondes: number;
  /** Highest resident memory. NaN where the kernel does not tell it. */
  readonly mib: number;
}

/** By key of the JSON result; null when it could not be measured here. */
export type Figures = Readonly<Record<string, number | null>>;

const TOURS = 7;
/** How often memory is read: its high-water mark cannot be missed by more than the last of these moments. */
const PAS_MS = 10;

export const mediane = (valeurs: readonly number[]): number =>
  valeurs.toSorted((a, b) => a - b)[valeurs.length >> 1] ?? Number.NaN;

export const arrondi = (valeur: number, decimales = 3): number => Number(valeur.toFixed(decimales));

/** null for what could not be measured. */
export const figure = (valeur: number, decimales = 3): number | null =>
  Number.isFinite(valeur) ? arrondi(valeur, decimales) : null;

/** Resident memory in MiB, the highest so far or that of now; NaN where the kernel does not tell it. */
export function memoireMib(pid: number | 'self', quoi: 'pic' | 'presente'): number {
  const champ = { pic: 'VmHWM', presente: 'VmRSS' }[quoi];
  try {
    const statut = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(String.raw`^${champ}:\s+(\d+)`, 'm').exec(statut)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Milliseconds of processor that a process took so far, its own and the kernel's for it. */
export function processeurMs(pid: number): number {
  // proc(5): fields 14 and 15, in ticks of 10 ms; the name in field 2 may hold spaces.
  const champs = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '');
  const [utilisateur, systeme] = champs.split(' ').slice(11);
  return (Number(utilisateur) + Number(systeme)) * 10;
}

/** @param limite seconds after which the process is ended. Throws when it fails by itself. */
export function executer([programme, ...args]: Commande, limite = Number.POSITIVE_INFINITY): Promise<Mesure> {
  return new Promise((tenir, rompre) => {
    const debut = performance.now();
    const enfant = spawn(programme, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let mib = Number.NaN;
    let plainte = '';
    let ecourte = false;
    const suivi = setInterval(() => {
      const vu = memoireMib(enfant.pid ?? 0, 'pic');
      if (!(vu < mib) && !Number.isNaN(vu)) mib = vu;
      ecourte = performance.now() - debut > limite * 1000;
      if (ecourte) enfant.kill('SIGKILL');
    }, PAS_MS);
    enfant.stderr.on('data', (octets: Buffer) => {
      plainte = (plainte + octets.toString('utf8')).slice(-500);
    });
    enfant.on('error', rompre);
    enfant.on('exit', (code) => {
      clearInterval(suivi);
      const secondes = (performance.now() - debut) / 1000;
      if (code === 0 || ecourte) tenir({ secondes, mib });
      else rompre(new TypeError(`${programme} ${args.join(' ')}: exit ${code}, ${plainte}`));
    });
  });
}

/** What each command took in one round. A command that is not installed took NaN. */
export type Tour<N extends string> = Readonly<Record<N, Mesure>>;

const ABSENTE: Mesure = { secondes: Number.NaN, mib: Number.NaN };

/**
 * Each command once a round, in turn: a slow minute of the machine weighs on all, and ratios are taken round by round.
 * @param avant what must be done before each run, out of its time.
 */
export async function comparer<N extends string>(
  commandes: Readonly<Record<N, Commande | null>>,
  avant: () => void = () => undefined,
): Promise<readonly Tour<N>[]> {
  const tours: Tour<N>[] = [];
  for (let n = 0; n < TOURS; n += 1) {
    const tour: [string, Mesure][] = [];
    for (const [nom, commande] of Object.entries<Commande | null>(commandes)) {
      avant();
      tour.push([nom, commande === null ? ABSENTE : await executer(commande)]);
    }
    tours.push(Object.fromEntries(tour) as Record<N, Mesure>);
  }
  return tours;
}

/** Median over the rounds. */
export function sur<T>(tours: readonly T[], mesurer: (tour: T) => number): number {
  return mediane(tours.map(mesurer));
}

/** For people: median time, highest memory. */
export function raconter<N extends string>(tours: readonly Tour<N>[], nom: N): string {
  const secondes = sur(tours, (t) => t[nom].secondes);
  if (Number.isNaN(secondes)) return '(absent)';
  return `${arrondi(secondes)} s, ${Math.round(Math.max(...tours.map((t) => t[nom].mib)))} Mio`;
}
