import { expect, test } from 'vitest';
import { brievement, SAIN } from './brievement.ts';
import { horloge } from './horloge.ts';

test('both nights when legal time changes, days ahead and back: names, windows, alerts and calendars are right', async () => {
  const bilan = await brievement(horloge, { coups: 3, depots: { actes: 6, pes: 3 } });
  expect(bilan).toMatchObject(SAIN);
  expect(bilan.comptes).toMatchObject({ printemps: 1, automne: 1, jours: 1 });
}, 300_000);
