import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from './banc-api.ts';
import { AUTRE, SIREN } from './gestes-fictifs.ts';

/** GET /exports/fonct-05; what it shares with the trace of HELIOS is tried there (helios.test.ts). */

let banc: BancApi;
beforeAll(async () => {
  banc = await ouvrirBanc();
  banc.gestes.jetonsConnus.set('jeton-autre', {
    nom: 'autre',
    portee: { collectivite: AUTRE },
    sha256: 'c'.repeat(64) as never,
    cree: 0 as never,
  });
});
afterAll(() => banc.fermer());

const chemin = (requete: string): string => `/api/v1/exports/fonct-05?${requete}`;

test('a table for spreadsheets, by its name, of the days and of the collectivité asked for', async () => {
  const r = await banc.demander({ chemin: chemin(`du=2026-03-01&au=2026-03-31&siren=${SIREN}`) });
  expect(r.statut).toBe(200);
  expect(r.entetes['content-type']).toBe('text/csv; charset=utf-8; header=present');
  expect(r.entetes['content-disposition']).toContain('fonct-05-2026-03-01-2026-03-31.csv');
  expect(r.octets.toString('utf8')).toBe(`\uFEFFSIREN;Message\r\n${SIREN};1-1\r\n`);
  expect(banc.gestes.exports).toEqual([{ du: '2026-03-01', au: '2026-03-31', collectivite: SIREN }]);
});

test('days out of order, and a collectivité out of reach, are told and nothing is sent', async () => {
  const faux = await banc.demander({ chemin: chemin('du=2026-03-02&au=2026-03-01') });
  expect([faux.statut, faux.json['code']]).toEqual([400, 'VGM-API-003']);
  const demande = chemin(`du=2026-03-01&au=2026-03-01&siren=${SIREN}`);
  const autre = await banc.distant({ chemin: demande, jeton: 'jeton-autre' });
  expect([autre.statut, autre.json['code']]).toEqual([404, 'VGM-GES-004']);
});
