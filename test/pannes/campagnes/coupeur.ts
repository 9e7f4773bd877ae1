import { tirage } from '../../../src/banc/scenarios.ts';
import type { Chantier } from './mener.ts';

/** Milliseconds that a line is broken, then sound. */
const DUREE_MS = [100, 400] as const;

/** The lines of the DGFiP, each in its turn: cut for a moment, then sound for as long, until the faults are over. */
export async function couperLesLignes({ terrain, fin, compter }: Chantier): Promise<void> {
  const { clock, conditions, etat } = terrain;
  const [court, long] = DUREE_MS;
  for (let rang = 0; !fin.aborted; rang += 1) {
    const bout = etat.bouts[rang % etat.bouts.length];
    const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
    bout?.couper(hasard('coupure'));
    compter('coupures');
    await clock.sleep(court + (long - court) * hasard('rompue'), fin);
    bout?.retablir();
    await clock.sleep(court + (long - court) * hasard('saine'), fin);
  }
}
