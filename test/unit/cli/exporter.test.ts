import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { SIREN } from '../../api/gestes-fictifs.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

/** Tables written for others. */

let api: BancApi;
let cli: BancCli;
beforeAll(async () => {
  api = await ouvrirBanc();
  cli = creerBancCli(api.socket);
});
afterAll(() => api.fermer());

const JOURS = ['--du', '2026-03-01', '--au', '2026-03-31'];

test.each([
  { table: 'trace-helios', dit: 'Trace écrite', titres: 'SIREN;Nature', demandes: () => api.gestes.traces },
  {
    table: 'fonct-05',
    dit: 'Export FONCT-05 écrit',
    titres: 'SIREN;Message',
    demandes: () => api.gestes.exports,
  },
])(
  'exporter $table: the table, whole, of the days and of the collectivité asked for',
  async ({ table, dit, titres, demandes }) => {
    const sortie = join(api.dossier, `${table}.csv`);
    const r = await cli.lancer('exporter', table, ...JOURS, '--siren', SIREN, '--sortie', sortie);
    expect([r.code, r.sortie, r.erreur]).toEqual([0, `${dit} dans ${sortie}.`, '']);
    expect(readFileSync(sortie, 'utf8').startsWith(`\uFEFF${titres}\r\n${SIREN}`)).toBe(true);
    expect(demandes()).toEqual([{ du: '2026-03-01', au: '2026-03-31', collectivite: SIREN }]);
    const json = await cli.lancer('exporter', table, ...JOURS, '--sortie', sortie, '--json');
    expect(json.json).toEqual([{ fichier: sortie }]);
  },
);

test('days out of order write nothing', async () => {
  const sortie = join(api.dossier, 'rien.csv');
  const r = await cli.lancer(
    'exporter',
    'fonct-05',
    '--du',
    '2026-03-02',
    '--au',
    '2026-03-01',
    '--sortie',
    sortie,
  );
  expect([r.code, existsSync(sortie)]).toEqual([2, false]);
  expect(r.erreur).toContain('vaguemestre exporter fonct-05 --help');
});
