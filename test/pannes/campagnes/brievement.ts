import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Campagne, Conditions } from './campagne.ts';
import type { Bilan } from './verdict.ts';

/** What a short run comes to when all is as it must be. */
export const SAIN: Pick<Bilan, 'perdus' | 'doubles' | 'ruptures' | 'fautes'> = {
  perdus: [],
  doubles: [],
  ruptures: [],
  fautes: [],
};

export type Bref = Pick<Conditions, 'depots'> & Partial<Conditions> & { readonly coups: number };

/** The short form of a campaign: so many faults, and at least so many deposits. */
export async function brievement(campagne: Campagne, { coups, ...reste }: Bref): Promise<Bilan> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-pannes-'));
  const habituel = { graine: 20261122, magasin: 'sqlite', noeuds: 1, ...campagne.exige } as const;
  try {
    const bilan = await campagne.mener({ ...habituel, dossier, mesure: { coups }, ...reste });
    console.log(`${bilan.nom}: ${JSON.stringify(bilan)}`);
    return bilan;
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}
