import { expect, test } from 'vitest';
import { brievement, SAIN } from './brievement.ts';
import { gel } from './gel.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';

test('Redis emptied, then killed, between two nodes under load: no deposit is refused, nothing is lost nor goes twice', async () => {
  const bilan = await brievement(redis, { coups: 2, noeuds: 2, depots: { actes: 8, pes: 4 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes).toMatchObject({ vide: 1, tue: 1 });
}, 300_000);

test('PostgreSQL stopped at once under load, then all its sessions killed: the daemon finds it again, nothing is lost', async () => {
  const bilan = await brievement(postgres, { coups: 2, depots: { actes: 8, pes: 4 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes).toMatchObject({ arret_immediat: 1, sessions_tuees: 1 });
}, 300_000);

test('a node frozen for longer than its leases, then for less, while another works: nothing is lost nor goes twice', async () => {
  const bilan = await brievement(gel, { coups: 2, noeuds: 2, depots: { actes: 8, pes: 4 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes).toMatchObject({ plus_que_le_bail: 1, moins_que_le_bail: 1 });
}, 300_000);
