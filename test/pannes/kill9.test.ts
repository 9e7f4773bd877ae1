import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kill9 } from './campagnes/kill9.ts';

test('kill -9 and cut lines at random instants over 600 actes, a letter about one in four, and 510 PES: none lost, none twice at the State, every answer with its flux, no break in the journal', async () => {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-pannes-'));
  try {
    const bilan = await kill9.mener({
      dossier,
      graine: 20261121,
      mesure: { coups: 45 },
      magasin: 'sqlite',
      noeuds: 1,
      depots: { actes: 600, pes: 510 },
    });
    console.log(`kill -9: ${JSON.stringify(bilan)}`);
    expect(bilan).toMatchObject({ coups: 45, perdus: [], doubles: [], ruptures: [], fautes: [] });
    expect(bilan.flux).toBeGreaterThanOrEqual(1_110);
    const {
      courriers,
      courriers_accuses: accuses,
      redepots,
      incertains,
      redemandes_sftp: redemandes,
    } = bilan.comptes;
    expect(courriers).toBeGreaterThan(130);
    expect(accuses).toBe(courriers);
    expect(redepots).toBeGreaterThan(10);
    expect(incertains).toBeGreaterThan(0);
    // Over SFTP an answer is forgotten once its reader has hung up, and no sooner.
    expect(redemandes).toBe(0);
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}, 900_000);
