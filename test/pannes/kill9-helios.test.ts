import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compter } from './bilan-helios.ts';
import { denouer, fermerChantier, ouvrirChantier, semer } from './campagne-helios.ts';

test('kill -9 and cut lines at random instants over 510 PES: none lost, none twice at the DGFiP, every answer with its file', async () => {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-pannes-'));
  const chantier = await ouvrirChantier({
    dossier,
    pes: 510,
    coups: 20,
    graine: 20261122,
    deposants: 8,
    vie: [60, 900],
  });
  try {
    await semer(chantier);
    await denouer(chantier);
    const bilan = await compter(chantier);
    console.log(`kill -9, HELIOS: ${JSON.stringify(bilan)}`);
    expect(bilan).toMatchObject({
      coups: 20,
      flux: 510,
      perdus: [],
      doubles: [],
      trous: [],
      ruptures: 0,
      orphelins: [],
      restants: 0,
    });
    // Over FTP the server forgets what has left it, whoever dies at the other end.
    expect(bilan.redemandes.sftp).toBe(0);
    expect(bilan.retours[0]).toBe(bilan.retours[1]);
    expect(bilan.incertains).toBeGreaterThan(0);
    expect(bilan.constates + bilan.acquittes + bilan.tranches).toBe(bilan.incertains);
  } finally {
    await fermerChantier(chantier);
    await rm(dossier, { recursive: true, force: true });
  }
}, 600_000);
