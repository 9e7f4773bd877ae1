import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import { verifierChaine } from '../../../src/metier/journal.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { A, JOUR } from '../../contracts/store.fabrique.ts';

/** Kills of a process that writes (`enfant.ts`), and what is held against what it had said. */

export const ENFANT = join(import.meta.dirname, 'enfant.ts');

/** What was acknowledged. */
export interface Dits {
  readonly flux: Set<FluxId>;
  readonly numeros: Map<FluxId, number>;
}

/** Runs the child, kills it (-9) once it has said `lignes` lines. @returns all it had said. */
async function tuerApres(lieu: string, tour: string, lignes: number): Promise<string[]> {
  const enfant = spawn(process.execPath, [ENFANT, lieu, tour], { stdio: ['ignore', 'pipe', 'inherit'] });
  const fini = once(enfant, 'close');
  const dites: string[] = [];
  for await (const ligne of createInterface({ input: enfant.stdout })) {
    dites.push(ligne);
    if (dites.length === lignes) enfant.kill('SIGKILL');
  }
  await fini;
  return dites;
}

/** @param lieu what `enfant.ts` opens. */
export async function frapper(lieu: string, coups: number): Promise<Dits> {
  const dits: Dits = { flux: new Set(), numeros: new Map() };
  for (let tour = 1; tour <= coups; tour += 1) {
    for (const dite of await tuerApres(lieu, String(tour), 1 + ((tour * 37) % 200))) {
      const [quoi, id = '', numero] = dite.split(' ');
      if (quoi === 'flux') dits.flux.add(id as FluxId);
      else dits.numeros.set(id as FluxId, Number(numero));
    }
  }
  return dits;
}

export async function chaineEntiere(store: Store, org: string): Promise<string[]> {
  const lignes: string[] = [];
  for (;;) {
    const page = await store.journal.lignes(org, lignes.length + 1, 5000);
    if (page.length === 0) return lignes;
    lignes.push(...page);
  }
}

/** Every acknowledged write is there, no chain is broken, no number twice, and what landed landed whole. */
export async function confronter(store: Store, { flux, numeros }: Dits): Promise<void> {
  for (const id of flux) {
    expect(await store.flux.trouver(OPERATEUR, id), `flux ${id}`).toBeDefined();
    expect(await store.flux.pieces(OPERATEUR, id)).toHaveLength(1);
    expect(await store.livraisons.lister(OPERATEUR, { flux: id, limite: 9 })).toHaveLength(1);
  }
  expect(new Set(numeros.values()).size).toBe(numeros.size);
  for (const [id, numero] of numeros) {
    const rendu = await store.numerotation.reserver({ flux: id, serie: 's', jour: JOUR, limite: 1e9 });
    expect(rendu.numero).toBe(numero);
  }
  const chaine = await chaineEntiere(store, A);
  expect(verifierChaine(chaine)).toEqual([]);
  expect(chaine.length).toBeGreaterThanOrEqual(flux.size + numeros.size);
  // One deposit is one transaction: what landed of it landed whole, in both chains.
  const depots = chaine.filter((ligne) => ligne.includes('"ev":"DEPOT"')).length;
  const miroir = await chaineEntiere(store, 'operateur');
  expect(verifierChaine(miroir)).toEqual([]);
  expect(miroir).toHaveLength(depots);
  const total = Object.values(await store.flux.compter(OPERATEUR)).reduce((somme, n) => somme + n, 0);
  expect(total).toBe(depots);
}
