import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SCHEMAS } from '../../src/http/api/schemas.ts';
import { vueLigneDeLot, vueLot } from '../../src/http/api/vues.ts';
import { type BancApi, ouvrirBanc, type Reponse } from './banc-api.ts';
import { AUTRE, CTX, SIREN } from './gestes-fictifs.ts';
import { LIGNES, LOT, lotsFictifs } from './lots-fictifs.ts';

/** The doors of batches. */

let banc: BancApi;
const v1 = '/api/v1';
const ZIP = { 'content-type': 'application/zip' };

beforeAll(async () => {
  banc = await ouvrirBanc({ lot_max_octets: 1000 });
  await banc.gestes.jetons.creer(CTX, 'mairie', { collectivite: SIREN });
  await banc.gestes.jetons.creer(CTX, 'autre', { collectivite: AUTRE });
});
afterAll(() => banc.fermer());
beforeEach(() => {
  banc.gestes.lots = lotsFictifs();
});

function envoyer(
  corps: Buffer,
  entetes: Record<string, string> = ZIP,
  siren: string = SIREN,
): Promise<Reponse> {
  return banc.demander({ methode: 'POST', chemin: `${v1}/collectivites/${siren}/lots`, corps, entetes });
}

describe('POST /collectivites/{siren}/lots', () => {
  test('202 with the batch and its place; 200 when its key had served', async () => {
    const pris = await envoyer(Buffer.from('PK1'));
    expect([pris.statut, pris.entetes.location]).toEqual([202, `${v1}/lots/${LOT.id}`]);
    expect(pris.json).toEqual({ rejeu: false, lot: vueLot(LOT) });
    const rejoue = await envoyer(Buffer.from('PK1'), { ...ZIP, 'idempotency-key': 'deja' });
    expect([rejoue.statut, rejoue.json['rejeu']]).toEqual([200, true]);
    expect(banc.gestes.lots.recus.map(String)).toEqual(['PK1', 'PK1']);
  });

  test.each([
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, 'PK', 'VGM-API-005', 415],
    ['no type', {}, 'PK', 'VGM-API-005', 415],
    ['a key that holds a space', { ...ZIP, 'idempotency-key': 'lot 1' }, 'PK', 'VGM-API-003', 400],
    ['more bytes than are admitted', ZIP, `PK${'x'.repeat(2000)}`, 'VGM-API-004', 413],
    ['what is no ZIP', ZIP, 'bonjour', 'VGM-LOT-002', 422],
    ['nothing', ZIP, '', 'VGM-LOT-002', 422],
  ])('%s is refused, and says what to do', async (...[, entetes, corps, code, statut]) => {
    const r = await envoyer(Buffer.from(corps), entetes as Record<string, string>);
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    expect(banc.gestes.lots.recus).toEqual([]);
  });

  test('a manifest that cannot be read as a whole: every fault, with its remedy', async () => {
    const r = await envoyer(Buffer.from('PK-refus'));
    expect(r.statut).toBe(422);
    expect(r.json).toMatchObject({ code: 'VGM-LOT-007', sortie: 3, anomalies: [{ code: 'LOT-11' }] });
  });
});

describe('GET /lots', () => {
  test('pages, in the very shape of the contract', async () => {
    const liste = await banc.demander({ chemin: `${v1}/lots?etat=en_cours&limite=1` });
    expect(liste.json).toEqual({ lots: [vueLot(LOT)], suite: LOT.id });
    const vu = await banc.demander({ chemin: `${v1}/lots/${LOT.id}?limite=2` });
    expect(vu.json).toEqual({ lot: vueLot(LOT), lignes: LIGNES.slice(0, 2).map(vueLigneDeLot), suite: 3 });
    const fin = await banc.demander({ chemin: `${v1}/lots/${LOT.id}?limite=2&apres=3` });
    expect(fin.json).toMatchObject({ lignes: [{ ligne: 4, sort: 'a_faire' }], suite: null });
    for (const [nom, vue] of [
      ['Lot', vueLot(LOT)],
      ['LigneDeLot', LIGNES.map(vueLigneDeLot)[0]],
    ] as const)
      expect(Object.keys((SCHEMAS[nom] as { properties: object }).properties)).toEqual(
        Object.keys(vue ?? {}),
      );
    for (const chemin of ['/lots?etat=fini', `/lots/${LOT.id}?sort=perdu`, `/lots/${LOT.id}?apres=-1`])
      expect((await banc.demander({ chemin: v1 + chemin })).json['code']).toBe('VGM-API-003');
  });

  test('the token of another collectivité sees nothing: 404, as for what does not exist', async () => {
    const ordre = { methode: 'POST', chemin: `${v1}/lots/${LOT.id}/abandonner`, corps: '{"motif":"non"}' };
    const sien = await banc.distant({ chemin: `${v1}/lots/${LOT.id}`, jeton: 'jeton-mairie' });
    expect(sien.statut).toBe(200);
    const demandes = [
      { chemin: `${v1}/lots/${LOT.id}` },
      ordre,
      {
        methode: 'POST',
        chemin: `${v1}/collectivites/${SIREN}/lots`,
        corps: Buffer.from('PK'),
        entetes: ZIP,
      },
      { chemin: `${v1}/lots/rien` },
    ];
    for (const demande of demandes)
      expect((await banc.distant({ ...demande, jeton: 'jeton-autre' })).statut).toBe(404);
    expect((await banc.distant({ chemin: `${v1}/lots`, jeton: 'jeton-autre' })).json).toEqual({
      lots: [],
      suite: null,
    });
    expect((await banc.distant({ chemin: `${v1}/lots` })).statut).toBe(401);
  });
});
