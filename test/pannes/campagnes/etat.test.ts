import { expect, test } from 'vitest';
import { antivirus } from './antivirus.ts';
import { brievement, SAIN } from './brievement.ts';
import { certificat } from './certificat.ts';
import { ligne } from './ligne.ts';
import { pairs } from './pairs.ts';

test('lines cut, frozen, dripping, answers lost: nothing goes twice, what is uncertain waits for evidence', async () => {
  const bilan = await brievement(ligne, { coups: 12, depots: { actes: 16, pes: 10 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes['incertains']).toBeGreaterThan(0);
}, 300_000);

test('peers that answer twice, early, late, wrongly, for others: each flux has its own answer, the rest waits for a person', async () => {
  const bilan = await brievement(pairs, { coups: 8, depots: { actes: 12, pes: 6 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes['accuses_en_double']).toBeGreaterThan(0);
}, 300_000);

test('certificates expire in mid-run, theirs then ours: actes wait, people are told, all leaves once they are replaced', async () => {
  const bilan = await brievement(certificat, { coups: 2, depots: { actes: 6, pes: 3 } });
  expect(bilan).toMatchObject(SAIN);
}, 300_000);

test('clamd dies, then hangs: deposits wait, no document is judged without it', async () => {
  const bilan = await brievement(antivirus, { coups: 2, depots: { actes: 8, pes: 4 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes).toMatchObject({ mort: 1, muet: 1 });
}, 300_000);
