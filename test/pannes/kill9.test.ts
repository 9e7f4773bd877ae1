import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mener } from './campagne.ts';

test('kill -9 at random instants over 600 actes, a letter about one in four: none lost, none twice at the State, no break in the journal', async () => {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-pannes-'));
  try {
    const bilan = await mener({
      dossier,
      actes: 600,
      coups: 25,
      graine: 20261121,
      deposants: 8,
      vie: [60, 700],
    });
    console.log(`kill -9: ${JSON.stringify(bilan)}`);
    expect(bilan).toMatchObject({
      coups: 25,
      flux: 600,
      perdus: 0,
      doubles: 0,
      ruptures: 0,
      parques: 0,
      anomalies: 50,
      acquittes: 550,
      courriers: 150,
      accuses: 150,
    });
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}, 300_000);
