import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Collectivite } from '../../src/metier/collectivite.ts';
import { type BancApi, DOCUMENT, formulaire, ouvrirBanc, type PartieEcrite } from './banc-api.ts';
import { courrierFictif, envoiFictif } from './echanges-fictifs.ts';
import { AUTRE, CTX, fluxFictif, SIREN } from './gestes-fictifs.ts';

/** Exchanges with the préfecture, by the API. */

let banc: BancApi;
const v1 = '/api/v1';
const ACTE = fluxFictif(1, { etat: 'acquitte' });
const DEMANDE_PIECES = courrierFictif(2, '3-1');
const DEFERE = courrierFictif(3, '5-1');

const fiche = (siren: typeof SIREN, classification: object | null): Collectivite =>
  ({
    siren,
    nom: 'Ville',
    actif: true,
    actes: { departement: '034', classification },
    helios: null,
    points: [],
    creee: 0,
    ver: 1,
  }) as unknown as Collectivite;
const CLASSIFICATION = {
  date: '2019-08-29',
  matieres: { '7.1': 'Décisions budgétaires', '7.10': 'Divers' },
  natures: { '1': { abrege: 'DE', libelle: 'Délibérations', types: { '99_DE': 'Délibération' } } },
};

beforeAll(async () => {
  banc = await ouvrirBanc({ nombre_max_pieces: 5, taille_max_octets: 1_000_000 });
  await banc.gestes.jetons.creer(CTX, 'autre', { collectivite: AUTRE });
  await banc.gestes.jetons.creer(CTX, 'mairie', { collectivite: SIREN });
});
afterAll(() => banc.fermer());
beforeEach(() => {
  banc.gestes.vider();
  banc.gestes.flux.clear();
  banc.gestes.cles.clear();
  banc.gestes.echanges.reponses.length = 0;
  for (const f of [ACTE, DEMANDE_PIECES, DEFERE]) banc.gestes.flux.set(f.id, f);
  banc.gestes.fiches.clear();
  banc.gestes.fiches.set(SIREN, fiche(SIREN, CLASSIFICATION));
});

const demande = (contenu: object = { typologies: ['99_DE'] }): PartieEcrite => ({
  nom: 'demande',
  corps: JSON.stringify(contenu),
});
const annexe = (nom: string): PartieEcrite => ({ nom: 'annexe', fichier: nom, corps: nom });

interface Options {
  readonly id?: string;
  readonly cle?: string;
  readonly jeton?: string;
}

function repondre(parties: readonly PartieEcrite[], { id = DEMANDE_PIECES.id, cle, jeton }: Options = {}) {
  const { corps, entetes } = formulaire(parties);
  const appel = {
    methode: 'POST',
    chemin: `${v1}/flux/${id}/reponse`,
    corps,
    entetes: cle === undefined ? entetes : { ...entetes, 'idempotency-key': cle },
  };
  return jeton === undefined ? banc.demander(appel) : banc.distant({ ...appel, jeton });
}

const poster = (chemin: string, corps?: object, jeton?: string) => {
  const appel = {
    methode: 'POST',
    chemin: v1 + chemin,
    ...(corps === undefined ? {} : { corps: JSON.stringify(corps) }),
  };
  return jeton === undefined ? banc.demander(appel) : banc.distant({ ...appel, jeton });
};

describe('POST /flux/{id}/reponse: an answer is a form like a deposit', () => {
  test('201 with the flux, its Location, and its files, the document first', async () => {
    const r = await repondre([annexe('a1'), demande({ typologies: ['99_DE', '70_DE'] }), DOCUMENT]);
    expect(r.statut).toBe(201);
    const { id } = r.json['flux'] as { id: string };
    expect(r.json).toMatchObject({
      aBlanc: false,
      rejeu: false,
      verdict: 'favorable',
      anomalies: [],
      flux: { cite: DEMANDE_PIECES.id, message: { code: '3-4', libelle: 'pièces complémentaires' } },
    });
    expect(r.entetes.location).toBe(`${v1}/flux/${id}`);
    const [vue] = banc.gestes.echanges.reponses;
    expect(vue).toMatchObject({ courrier: DEMANDE_PIECES.id, refus: false, cleIdempotence: null });
    expect(vue?.typologies).toEqual(['99_DE', '70_DE']);
    expect(vue?.fichiers.map((f) => [f.role, f.nom])).toEqual([
      ['document', 'delib.pdf'],
      ['annexe', 'a1'],
    ]);
    expect(banc.gestes.pieces()).toHaveLength(2);
  });

  test('refus: the pieces are refused', async () => {
    const r = await repondre([demande({ refus: true, typologies: ['99_DE'] }), DOCUMENT]);
    expect(r.json).toMatchObject({ flux: { message: { code: '3-3' } } });
  });

  test('the same Idempotency-Key replays: 200, same flux, nothing kept twice', async () => {
    const un = await repondre([demande(), DOCUMENT], { cle: 'r-1' });
    const deux = await repondre([demande(), DOCUMENT], { cle: 'r-1' });
    expect([un.statut, deux.statut, deux.json['rejeu']]).toEqual([201, 200, true]);
    expect(deux.json['flux']).toEqual(un.json['flux']);
    // without the key, it is a second answer
    const trois = await repondre([demande(), DOCUMENT]);
    expect([trois.statut, trois.json['code']]).toEqual([409, 'VGM-GES-050']);
  });

  test('a refused one answers as a refused deposit, and leaves nothing', async () => {
    const r = await repondre([demande({ typologies: ['XX_XX'] }), DOCUMENT]);
    expect([r.statut, r.json['code']]).toEqual([422, 'VGM-API-010']);
    expect(r.json['anomalies']).toHaveLength(1);
    expect(banc.gestes.pieces()).toEqual([]);
  });

  test('what cannot be answered: 409, nothing left', async () => {
    for (const { id } of [DEFERE, ACTE]) {
      const r = await repondre([demande(), DOCUMENT], { id });
      expect([r.statut, r.json['code']]).toEqual([409, 'VGM-GES-051']);
    }
    expect(banc.gestes.pieces()).toEqual([]);
  });

  test('another’s letter looks like none', async () => {
    expect((await repondre([demande(), DOCUMENT], { jeton: 'jeton-mairie' })).statut).toBe(201);
    const autre = await repondre([demande(), DOCUMENT], { jeton: 'jeton-autre' });
    const aucun = await repondre([demande(), DOCUMENT], { id: fluxFictif(9).id, jeton: 'jeton-autre' });
    for (const r of [autre, aucun]) expect([r.statut, r.json['code']]).toEqual([404, 'VGM-NOY-003']);
    expect((await repondre([demande(), DOCUMENT], { id: 'x' })).json['code']).toBe('VGM-NOY-003');
  });

  test.each<[string, readonly PartieEcrite[], number, string]>([
    ['no request', [DOCUMENT], 400, 'VGM-API-007'],
    ['no document', [demande()], 400, 'VGM-API-007'],
    ['annexes alone', [demande(), annexe('a')], 400, 'VGM-API-007'],
    ['no typologies', [demande({ refus: true }), DOCUMENT], 400, 'VGM-API-003'],
    ['another field', [demande({ typologies: [], a: 1 }), DOCUMENT], 400, 'VGM-API-003'],
    ['two documents', [demande(), DOCUMENT, DOCUMENT], 400, 'VGM-API-008'],
    ['a PES', [demande(), DOCUMENT, { ...DOCUMENT, nom: 'pes' }], 400, 'VGM-API-008'],
    ['too many', [demande(), DOCUMENT, ...'abcde'.split('').map(annexe)], 413, 'VGM-API-009'],
    ['too big', [demande(), { ...DOCUMENT, corps: 'x'.repeat(1_000_001) }], 413, 'VGM-API-004'],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s: refused, and nothing stays', async (_, parties, statut, code) => {
    const r = await repondre(parties);
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    expect(banc.gestes.echanges.reponses).toEqual([]);
    expect([...banc.gestes.pieces(), ...banc.gestes.temporaires()]).toEqual([]);
  });

  test('a form cut anywhere leaves nothing; another type of body: 415; a wrong key: 400', async () => {
    const { corps, entetes } = formulaire([demande(), DOCUMENT, annexe('a')]);
    const chemin = `${v1}/flux/${DEMANDE_PIECES.id}/reponse`;
    for (let fin = 0; fin < corps.length - 4; fin += 37) {
      const coupe = { methode: 'POST', chemin, corps: corps.subarray(0, fin), entetes };
      expect((await banc.demander(coupe)).statut, `${fin}`).toBe(400);
    }
    expect((await banc.demander({ methode: 'POST', chemin, corps: '{}' })).statut).toBe(415);
    expect((await repondre([demande(), DOCUMENT], { cle: 'a b' })).json['code']).toBe('VGM-API-003');
    expect(banc.gestes.echanges.reponses).toEqual([]);
    expect([...banc.gestes.pieces(), ...banc.gestes.temporaires()]).toEqual([]);
  });
});

describe('POST /flux/{id}/annulation', () => {
  test('201 with the flux and its Location; one at a time; only an acte acknowledged', async () => {
    const r = await poster(`/flux/${ACTE.id}/annulation`);
    expect(r.statut).toBe(201);
    const { id } = r.json['flux'] as { id: string };
    expect(r.json).toMatchObject({ flux: { cite: ACTE.id, message: { code: '6-1' } } });
    expect([Object.keys(r.json), r.entetes.location]).toEqual([['flux'], `${v1}/flux/${id}`]);
    expect((await poster(`/flux/${ACTE.id}/annulation`)).json['code']).toBe('VGM-GES-050');
    const courrier = await poster(`/flux/${DEMANDE_PIECES.id}/annulation`);
    expect([courrier.statut, courrier.json['code']]).toEqual([409, 'VGM-GES-052']);
  });

  test('another’s acte looks like none', async () => {
    const r = await poster(`/flux/${ACTE.id}/annulation`, undefined, 'jeton-autre');
    expect([r.statut, r.json['code']]).toEqual([404, 'VGM-NOY-003']);
    expect((await poster(`/flux/${ACTE.id}/annulation`, undefined, 'jeton-mairie')).statut).toBe(201);
  });
});

describe('the classification', () => {
  const chemin = `/collectivites/${SIREN}/classification`;

  test('the one held, whole; null when there is none', async () => {
    expect((await banc.demander({ chemin: v1 + chemin })).json).toEqual({ classification: CLASSIFICATION });
    banc.gestes.fiches.set(SIREN, fiche(SIREN, null));
    expect((await banc.demander({ chemin: v1 + chemin })).json).toEqual({ classification: null });
    const autre = await banc.distant({ chemin: v1 + chemin, jeton: 'jeton-autre' });
    expect([autre.statut, autre.json['code']]).toEqual([404, 'VGM-GES-004']);
  });

  test('asked for with the date held, or with one so old that the whole comes; once a day', async () => {
    const r = await poster(`${chemin}/demande`, { complete: false });
    expect([r.statut, Object.keys(r.json)]).toEqual([201, ['flux']]);
    expect(r.json).toMatchObject({
      flux: { message: { code: '7-1' }, resume: { dateCourrier: '2019-08-29' } },
    });
    expect((await poster(`${chemin}/demande`)).json['code']).toBe('VGM-GES-050');
    banc.gestes.flux.clear();
    const tout = await poster(`${chemin}/demande`, { complete: true });
    expect(tout.json).toMatchObject({ flux: { resume: { dateCourrier: '2001-01-01' } } });
    expect((await poster(`${chemin}/demande`, { complet: true })).statut).toBe(400);
  });

  test('another’s collectivité looks like none; one without ACTES card: 409', async () => {
    const autre = await poster(`${chemin}/demande`, {}, 'jeton-autre');
    expect([autre.statut, autre.json['code']]).toEqual([404, 'VGM-GES-004']);
    banc.gestes.fiches.set(SIREN, { ...fiche(SIREN, null), actes: null });
    expect((await poster(`${chemin}/demande`, {})).json['code']).toBe('VGM-GES-013');
  });
});

describe('GET /flux/{id} gives the flux that cite it', () => {
  test('of an acte: its letters, what they are, their date and what they say', async () => {
    banc.gestes.flux.set(envoiFictif(4, '3-2').id, envoiFictif(4, '3-2', { cite: DEMANDE_PIECES.id }));
    const { json } = await banc.demander({ chemin: `${v1}/flux/${ACTE.id}` });
    expect(json['citants']).toEqual([
      {
        id: DEMANDE_PIECES.id,
        message: { code: '3-1', libelle: 'demande de pièces complémentaires' },
        etat: 'recu',
        libelle: 'reçu de l’État',
        depose: '2026-03-02T09:00:00.000Z',
        dateCourrier: '2026-03-12',
        expose: 'Le plan de financement manque.',
      },
      expect.objectContaining({ id: DEFERE.id, message: expect.objectContaining({ code: '5-1' }) }),
    ]);
    const { json: lettre } = await banc.demander({ chemin: `${v1}/flux/${DEMANDE_PIECES.id}` });
    expect(lettre['citants']).toMatchObject([
      { id: envoiFictif(4, '3-2').id, message: { code: '3-2' }, expose: null },
    ]);
  });

  test('a PES carries no message of ACTES', async () => {
    banc.gestes.flux.set(ACTE.id, fluxFictif(1, { protocole: 'HELIOS' }));
    const { json } = await banc.demander({ chemin: `${v1}/flux/${ACTE.id}` });
    expect(json['flux']).toMatchObject({ message: null });
  });
});
