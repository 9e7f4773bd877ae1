import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from './banc-api.ts';
import { CTX, SIREN } from './gestes-fictifs.ts';

/** What follows a restoration, by the API. */

let banc: BancApi;
const v1 = '/api/v1';

beforeAll(async () => {
  banc = await ouvrirBanc();
});
afterAll(() => banc.fermer());

const poster = (chemin: string, corps?: object) =>
  banc.demander({
    methode: 'POST',
    chemin: `${v1}${chemin}`,
    ...(corps === undefined
      ? {}
      : { corps: JSON.stringify(corps), entetes: { 'content-type': 'application/json' } }),
  });

test('a collectivité is told nothing of it and orders nothing', async () => {
  await banc.gestes.jetons.creer(CTX, 'mairie', { collectivite: SIREN });
  for (const [methode, chemin] of [
    ['GET', '/reconciliation'],
    ['POST', '/reconciliation/clore'],
    ['POST', '/reconciliation/retours'],
    ['POST', '/instantane'],
  ] as const) {
    const r = await banc.distant({ methode, chemin: `${v1}${chemin}`, jeton: 'jeton-mairie' });
    expect([chemin, r.statut]).toEqual([chemin, 403]);
  }
});

test('the report: instants in UTC, digests, nothing but what the schema names', async () => {
  const { json } = await banc.demander({ chemin: `${v1}/reconciliation` });
  expect(json['reconciliation']).toMatchObject({
    sauvegarde: '2026-03-02T09:00:00.000Z',
    close: null,
    sources: [
      { nom: 'imap:retours', lue: '2026-03-02T09:00:00.000Z' },
      { nom: 'dgfip:sftp', lue: null },
    ],
    orphelins: [{ identite: '123/BUDGET_12', fluxConnu: false }],
    series: { jour: '2026-03-02', apres: 7084 },
  });
});

test('what is not as asked for is refused; a base on a server has its own tools', async () => {
  for (const corps of [{ sansAttendre: 'dgfip:sftp' }, { sansAttendre: [''] }, { autre: 1 }, { motif: 3 }])
    expect((await poster('/reconciliation/clore', corps)).statut).toBe(400);
  const r = await poster('/instantane');
  expect([r.statut, r.json['code']]).toEqual([409, 'VGM-SAU-010']);
});

test('closed once, by naming the source that will not answer', async () => {
  const refus = await poster('/reconciliation/clore');
  expect([refus.statut, refus.json['code']]).toEqual([409, 'VGM-SAU-021']);
  const close = await poster('/reconciliation/clore', { sansAttendre: ['dgfip:sftp'], motif: 'fermée' });
  expect(close.json).toMatchObject({ reconciliation: { close: '2026-03-02T09:00:00.000Z' } });
  expect((await poster('/reconciliation/clore')).json['code']).toBe('VGM-SAU-020');
  expect((await poster('/reconciliation/retours')).json).toEqual({ nombre: 3 });
});
