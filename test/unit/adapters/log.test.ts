import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeLog } from '../../../src/adapters/log/fake.ts';
import { creerLogPino } from '../../../src/adapters/log/pino.ts';
import { dossierEssai } from '../../contracts/montage.ts';

test('pino: one JSON line per message, at the hour of our clock, with the stack of the native error', () => {
  using dossier = dossierEssai();
  const vers = join(dossier.chemin, 'journal.log');
  const log = creerLogPino({ clock: creerFakeClock(Date.UTC(2026, 10, 20)), niveau: 'warn', vers });
  log.info('trop bas');
  log.warn('attention', { flux: 'f1' });
  log.error('panne', {}, new TypeError('oups'));
  const lignes = readFileSync(vers, 'utf8').trimEnd().split('\n');
  expect(lignes.map((l) => JSON.parse(l) as unknown)).toMatchObject([
    { level: 'warn', time: '2026-11-20T00:00:00.000Z', flux: 'f1', msg: 'attention' },
    {
      level: 'error',
      msg: 'panne',
      err: { type: 'TypeError', message: 'oups', stack: expect.any(String) as string },
    },
  ]);
});

test('fake: remembers what was written, in order', () => {
  const log = creerFakeLog();
  const origine = new TypeError('oups');
  log.info('un', { a: 1 });
  log.error('deux', undefined, origine);
  expect(log.lignes).toEqual([
    { niveau: 'info', message: 'un', champs: { a: 1 } },
    { niveau: 'error', message: 'deux', champs: {}, origine },
  ]);
});
