import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifierPreuve } from '../../src/gestes/verifier-preuve.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { type Atelier, CTX } from './atelier.ts';

/** Takes the proof of a flux, that verifies. @returns what it says of the answer of Hélios. */
export async function preuveBonne(a: Atelier, id: FluxId): Promise<string> {
  const dossier = await mkdtemp(join(tmpdir(), 'vgm-tranche-'));
  try {
    const { contenu } = await a.gestes.exporterPreuve(CTX, id);
    await writeFile(join(dossier, 'p.asice'), contenu);
    const { bonne, constats } = await verifierPreuve(join(dossier, 'p.asice'));
    expect(constats.filter((c) => !c.bon)).toEqual([]);
    expect(bonne).toBe(true);
    return constats.find((c) => c.sujet === 'Acquittement d’Hélios')?.detail ?? '';
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}
