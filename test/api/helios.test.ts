import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Correction } from '../../src/protocoles/helios/correction.ts';
import { SCHEMAS } from '../../src/http/api/schemas.ts';
import { type BancApi, ouvrirBanc } from './banc-api.ts';
import { correctionFictive } from './correction-fictive.ts';
import { AUTRE, fluxFictif, SIREN } from './gestes-fictifs.ts';

/** What the API answers of HELIOS alone: corrections, traces. */

let banc: BancApi;
let correction: Correction;
const F1 = fluxFictif(1).id;
const v1 = '/api/v1';

beforeAll(async () => {
  banc = await ouvrirBanc();
  correction = await correctionFictive();
});
afterAll(() => banc.fermer());
beforeEach(() => {
  banc.gestes.flux.set(F1, fluxFictif(1, { protocole: 'HELIOS', etat: 'acquitte_partiel' }));
  banc.gestes.correction = correction;
  banc.gestes.traces.length = 0;
  banc.gestes.panneTrace = undefined;
  banc.gestes.jetonsConnus.set('jeton-autre', {
    nom: 'autre',
    portee: { collectivite: AUTRE },
    sha256: 'c'.repeat(64) as never,
    cree: 0 as never,
  });
});

/** Names of the properties that a schema of the contract asks for. */
function exigees(schema: unknown): string[] {
  return Object.keys((schema as { properties: object }).properties).toSorted();
}

describe('GET /flux/{id}/correction', () => {
  test('the correction, under the very shape of the contract', async () => {
    const r = await banc.demander({ chemin: `${v1}/flux/${F1}/correction` });
    expect(r.statut).toBe(200);
    expect(r.json).toEqual({ correction: JSON.parse(JSON.stringify({ ...correction, flux: F1 })) });
    const lue = r.json['correction'] as Record<string, Record<string, unknown>[]>;
    const schema = SCHEMAS['Correction'] as { properties: Record<string, { items: unknown }> };
    expect(Object.keys(lue).toSorted()).toEqual(exigees(schema));
    for (const partie of ['generales', 'bordereaux', 'pieces']) {
      const { items } = schema.properties[partie] as {
        items: { properties: Record<string, { items: unknown }> };
      };
      const [un] = lue[partie] ?? [];
      expect(Object.keys(un ?? {}).toSorted(), partie).toEqual(exigees(items));
      const erreurs = (lue[partie] ?? []).flatMap((u) => u['erreurs'] as object[]);
      for (const e of erreurs) {
        expect(Object.keys(e).toSorted()).toEqual(exigees(items.properties['erreurs']?.items));
      }
    }
  });

  test('not answered yet: 409; of another collectivité: 404', async () => {
    banc.gestes.correction = undefined;
    const r = await banc.demander({ chemin: `${v1}/flux/${F1}/correction` });
    expect([r.statut, r.json['code']]).toEqual([409, 'VGM-GES-041']);
    const autre = await banc.distant({ chemin: `${v1}/flux/${F1}/correction`, jeton: 'jeton-autre' });
    expect([autre.statut, autre.json['code']]).toEqual([404, 'VGM-NOY-003']);
  });
});

describe('GET /exports/trace-helios', () => {
  const chemin = (requete: string): string => `${v1}/exports/trace-helios?${requete}`;

  test('a table for spreadsheets, by its name', async () => {
    const r = await banc.demander({ chemin: chemin(`du=2026-03-01&au=2026-03-31&siren=${SIREN}`) });
    expect(r.statut).toBe(200);
    expect(r.entetes).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'x-content-type-options': 'nosniff',
    });
    expect(r.entetes['content-disposition']).toContain('trace-helios-2026-03-01-2026-03-31.csv');
    expect(r.octets.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(r.octets.toString('utf8').split('\r\n')).toHaveLength(3);
    expect(banc.gestes.traces).toEqual([{ du: '2026-03-01', au: '2026-03-31', collectivite: SIREN }]);
  });

  test('all the collectivités that the caller sees, when none is named', async () => {
    await banc.demander({ chemin: chemin('du=2026-03-01&au=2026-03-01') });
    expect(banc.gestes.traces).toEqual([{ du: '2026-03-01', au: '2026-03-01' }]);
  });

  test.each([
    ['au=2026-03-01', 'du : obligatoire, et absent'],
    ['du=2026-03-01', 'au : obligatoire, et absent'],
    ['du=2026-02-30&au=2026-03-01', 'du : forme inattendue'],
    ['du=01/03/2026&au=2026-03-01', 'du : forme inattendue'],
    ['du=2026-03-02&au=2026-03-01', 'au : il faut « du », ou un jour qui le suit'],
    ['du=2026-03-01&au=2026-03-02&siren=12', 'siren : forme inattendue'],
  ])('%s: told, nothing read', async (requete, attendu) => {
    const r = await banc.demander({ chemin: chemin(requete) });
    expect([r.statut, r.json['code']]).toEqual([400, 'VGM-API-003']);
    expect(r.json['title']).toContain(attendu);
    expect(banc.gestes.traces).toEqual([]);
  });

  test('a collectivité out of reach does not exist, and is refused before the first line', async () => {
    const demande = chemin(`du=2026-03-01&au=2026-03-01&siren=${SIREN}`);
    const r = await banc.distant({ chemin: demande, jeton: 'jeton-autre' });
    expect([r.statut, r.json['code']]).toEqual([404, 'VGM-GES-004']);
    expect((await banc.distant({ chemin: demande })).statut).toBe(401);
  });

  test('a failure on the way cuts the answer: no table that seems whole', async () => {
    banc.gestes.panneTrace = new RangeError('disk');
    await expect(banc.demander({ chemin: chemin('du=2026-03-01&au=2026-03-01') })).rejects.toThrow();
    expect((await banc.demander({ chemin: `${v1}/sante` })).statut).toBe(200);
  });

  test('the contract says which days are obligatory', async () => {
    const { json } = await banc.demander({ chemin: `${v1}/openapi.json` });
    const chemins = json['paths'] as Record<
      string,
      { get: { parameters: { name: string; required: boolean }[] } }
    >;
    const parametres = chemins['/exports/trace-helios']?.get.parameters ?? [];
    expect(parametres.map((p) => [p.name, p.required])).toEqual([
      ['du', true],
      ['au', true],
      ['siren', false],
    ]);
  });
});
