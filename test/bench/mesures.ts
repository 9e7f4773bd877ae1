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

/** How often memory is read: its high-water mark cannot be missed by more than the last of these moments. */
const PAS_MS = 10;

export const mediane = (valeurs: readonly number[]): number =>
  valeurs.toSorted((a, b) => a - b)[valeurs.length >> 1] ?? Number.NaN;

export const arrondi = (valeur: number, decimales = 3): number => Number(valeur.toFixed(decimales));

/** null when a side is missing. */
export function rapport(a = Number.NaN, b = Number.NaN, decimales = 3): number | null {
  return Number.isFinite(a / b) ? arrondi(a / b, decimales) : null;
}

function pic(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
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
      const vu = pic(enfant.pid ?? 0);
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

/**
 * Each command `tours` times, in turn, so that a slow minute of the machine weighs on all.
 * @param avant what must be done before each run, out of its time.
 * @returns by name, the median time and the highest memory.
 */
export async function comparer<N extends string>(
  commandes: Readonly<Record<N, Commande | null>>,
  { tours = 7, avant }: { readonly tours?: number; readonly avant?: () => void } = {},
): Promise<Readonly<Record<N, Mesure | undefined>>> {
  const noms = (Object.keys(commandes) as N[]).filter((nom) => commandes[nom] !== null);
  const mesures = new Map<N, Mesure[]>(noms.map((nom) => [nom, []]));
  for (let tour = 0; tour < tours; tour += 1) {
    for (const nom of noms) {
      avant?.();
      mesures.get(nom)?.push(await executer(commandes[nom] as Commande));
    }
  }
  const bilan = (siennes: readonly Mesure[]): Mesure => ({
    secondes: mediane(siennes.map((m) => m.secondes)),
    mib: Math.max(...siennes.map((m) => m.mib)),
  });
  return Object.fromEntries([...mesures].map(([nom, siennes]) => [nom, bilan(siennes)])) as Readonly<
    Record<N, Mesure | undefined>
  >;
}
