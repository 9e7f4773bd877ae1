import { expect, test } from 'vitest';
import { brievement, SAIN } from './brievement.ts';
import { disquePlein } from './disque-plein.ts';
import { fsyncEio } from './fsync-eio.ts';

const racine = process.getuid?.() === 0;

// Only root may mount a file system of its own.
test.skipIf(!racine)(
  'the disk fills up under deposits, and while a daemon starts: what does not fit is refused, nothing is half kept',
  async () => {
    const bilan = await brievement(disquePlein, { coups: 3, depots: { actes: 12, pes: 6 } });
    expect(bilan).toMatchObject(SAIN);
    expect(bilan.comptes).toMatchObject({ departs: 1 });
    expect(bilan.comptes['refus']).toBeGreaterThan(0);
  },
  300_000,
);

test('a sync that fails: of the log, all is refused until the next start; of a piece, that deposit alone', async () => {
  const bilan = await brievement(fsyncEio, { coups: 2, depots: { actes: 8, pes: 4 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes['fdatasync_refuses']).toBeGreaterThan(0);
  expect(bilan.comptes['fsync_refuses']).toBeGreaterThan(0);
}, 300_000);
