import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BancApi, DOCUMENT, formulaire, ouvrirBanc, type PartieEcrite } from './banc-api.ts';
import { AUTRE, CTX, fluxFictif } from './gestes-fictifs.ts';

/** An acte that has left, by the API: calendar, publication, paper complement, validation. */

let banc: BancApi;
const ACTE = fluxFictif(1, { etat: 'acquitte' });
const FLUX = `/api/v1/flux/${ACTE.id}`;

beforeAll(async () => {
  banc = await ouvrirBanc();
  await banc.gestes.jetons.creer(CTX, 'autre', { collectivite: AUTRE });
});
afterAll(() => banc.fermer());
beforeEach(() => {
  banc.gestes.vider();
  banc.gestes.flux.set(ACTE.id, ACTE);
});

const poster = (chemin: string, corps: object) =>
  banc.demander({ methode: 'POST', chemin: FLUX + chemin, corps: JSON.stringify(corps) });

function completer(parties: readonly PartieEcrite[]) {
  const { corps, entetes } = formulaire(parties);
  return banc.demander({ methode: 'POST', chemin: `${FLUX}/complement`, corps, entetes });
}
const demande = (contenu: object): PartieEcrite => ({ nom: 'demande', corps: JSON.stringify(contenu) });

describe('the legal calendar of an acte', () => {
  test('as milestones, and as a file for agendas, the same each time', async () => {
    const r = await banc.demander({ chemin: `${FLUX}/calendrier` });
    expect(r.json).toMatchObject({
      calendrier: [{ code: 'reception', date: '2026-03-10', provisoire: false }],
    });
    const [un, deux] = [
      await banc.demander({ chemin: `${FLUX}/calendrier.ics` }),
      await banc.demander({ chemin: `${FLUX}/calendrier.ics` }),
    ];
    expect(un.entetes['content-type']).toBe('text/calendar; charset=utf-8');
    expect(un.octets.toString()).toMatch(
      /^BEGIN:VCALENDAR\r\n[^]*DTSTART;VALUE=DATE:20260310\r\n[^]*END:VCALENDAR\r\n$/,
    );
    expect(deux.octets).toEqual(un.octets);
  });

  test('of another collectivité, it is as if there were none', async () => {
    for (const chemin of ['/calendrier', '/calendrier.ics']) {
      const r = await banc.distant({ chemin: FLUX + chemin, jeton: 'jeton-autre' });
      expect([r.statut, r.json['code']]).toEqual([404, 'VGM-NOY-003']);
    }
  });
});

describe('what the collectivité tells of an acte', () => {
  test('its publication, on a day that exists', async () => {
    const r = await poster('/publication', { jour: '2026-03-09' });
    expect(r.json).toMatchObject({ flux: { resume: { publication: '2026-03-09' } } });
    for (const corps of [{ jour: '2026-02-30' }, { jour: 9 }, {}, { jour: '2026-03-09', autre: 1 }])
      expect((await poster('/publication', corps)).statut).toBe(400);
  });

  test('that it is final', async () => {
    expect((await poster('/valider', {})).json).toMatchObject({
      flux: { etat: 'valide', libelle: 'validé' },
    });
  });

  test('that its paper has arrived, with or without its receipt; one file at most, and a « document »', async () => {
    const recu = demande({ recu: '2026-03-12' });
    expect((await completer([recu])).json).toMatchObject({ flux: { resume: { preuve: null } } });
    const avec = await completer([recu, DOCUMENT]);
    expect(avec.json).toMatchObject({
      flux: { resume: { complementRecu: '2026-03-12', preuve: 'delib.pdf' } },
    });
    const annexe: PartieEcrite = { nom: 'annexe', fichier: 'a', corps: 'a' };
    for (const parties of [[recu, DOCUMENT, annexe], [recu, annexe], [demande({})], [DOCUMENT]]) {
      const r = await completer(parties);
      expect(r.statut).toBe(400);
    }
    expect(banc.gestes.pieces()).toEqual([]);
  });
});
