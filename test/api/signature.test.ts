import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creerBancCli } from '../unit/cli/banc-cli.ts';
import {
  type BancApi,
  demandeJson,
  DOCUMENT,
  formulaire,
  ouvrirBanc,
  type PartieEcrite,
} from './banc-api.ts';
import { AUTRE, fluxFictif, SIREN } from './gestes-fictifs.ts';

/** The agreement and the signed file, by the doors: HTTP and command line. */

let banc: BancApi;
const F1 = fluxFictif(1).id;
const F2 = fluxFictif(2).id;
const v1 = '/api/v1';

beforeAll(async () => {
  banc = await ouvrirBanc({ taille_max_octets: 1_000_000 });
});
afterAll(() => banc.fermer());
beforeEach(() => {
  banc.gestes.vider();
  banc.gestes.apportes = [];
  banc.gestes.flux.clear();
  banc.gestes.flux.set(F1, fluxFictif(1, { protocole: 'HELIOS', etat: 'a_signer' }));
  banc.gestes.flux.set(F2, fluxFictif(2, { protocole: 'HELIOS', etat: 'transmis' }));
});

const PES: PartieEcrite = { nom: 'pes', fichier: 'signé.xml', corps: '<pes/>'.repeat(1000) };
const empreinte = createHash('sha256').update(PES.corps).digest('hex');

function apporter(parties: readonly PartieEcrite[], id: string = F1, jeton?: string) {
  const { corps, entetes } = formulaire(parties);
  const demande = { methode: 'POST', chemin: `${v1}/flux/${id}/signature`, corps, entetes };
  return jeton === undefined ? banc.demander(demande) : banc.distant({ ...demande, jeton });
}

describe('POST /flux/{id}/confirmer', () => {
  test('the flux goes back to its verification', async () => {
    const r = await banc.demander({ methode: 'POST', chemin: `${v1}/flux/${F1}/confirmer` });
    expect([r.statut, r.json['flux']]).toEqual([200, expect.objectContaining({ id: F1, etat: 'controle' })]);
  });
  test('409 when nothing is awaited, 404 for another’s flux and for no flux', async () => {
    const ordre = (id: string) => ({ methode: 'POST', chemin: `${v1}/flux/${id}/confirmer` });
    expect(await banc.demander(ordre(F2))).toMatchObject({ statut: 409, json: { code: 'VGM-NOY-002' } });
    const { jeton } = await banc.gestes.jetons.creer(
      { portee: { operateur: true }, acteur: '', corr: '' },
      'autre',
      {
        collectivite: AUTRE,
      },
    );
    expect(await banc.distant({ ...ordre(F1), jeton })).toMatchObject({ statut: 404 });
    expect(await banc.demander(ordre('x'))).toMatchObject({ statut: 404, json: { code: 'VGM-NOY-003' } });
  });
});

describe('POST /flux/{id}/signature: a form whose only part is « pes »', () => {
  test('streamed to the coffre, then handed over with its name', async () => {
    const r = await apporter([PES]);
    expect([r.statut, r.json['flux']]).toEqual([200, expect.objectContaining({ id: F1, etat: 'controle' })]);
    expect(banc.gestes.apportes).toMatchObject([
      { flux: F1, role: 'pes', nom: 'signé.xml', sha256: empreinte, taille: PES.corps.length },
    ]);
  });

  test.each<[string, readonly PartieEcrite[], number, string]>([
    ['no part', [], 400, 'VGM-API-007'],
    ['another part', [DOCUMENT], 400, 'VGM-API-008'],
    ['a demand beside it', [PES, demandeJson()], 400, 'VGM-API-008'],
    ['two files', [PES, PES], 400, 'VGM-API-008'],
    ['an unknown part', [PES, { nom: 'autre', fichier: 'x', corps: 'x' }], 400, 'VGM-API-008'],
    ['too big', [{ ...PES, corps: 'x'.repeat(1_000_001) }], 413, 'VGM-API-004'],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s: refused, and nothing stays', async (_, parties, statut, code) => {
    const r = await apporter(parties);
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    expect([banc.gestes.apportes, banc.gestes.pieces(), banc.gestes.temporaires()]).toEqual([[], [], []]);
  });

  test('not a form: 415; cut short: 400; nothing stays', async () => {
    const chemin = `${v1}/flux/${F1}/signature`;
    expect(await banc.demander({ methode: 'POST', chemin, corps: '{}' })).toMatchObject({ statut: 415 });
    const { corps, entetes } = formulaire([PES]);
    const coupe = await banc.demander({ methode: 'POST', chemin, corps: corps.subarray(0, 3000), entetes });
    expect([coupe.statut, coupe.json['code']]).toEqual([400, 'VGM-API-006']);
    expect([banc.gestes.pieces(), banc.gestes.temporaires()]).toEqual([[], []]);
  });

  test('the flux of another collectivité is not there, and the file is thrown away', async () => {
    const { jeton } = await banc.gestes.jetons.creer(
      { portee: { operateur: true }, acteur: '', corr: '' },
      'tiers',
      {
        collectivite: AUTRE,
      },
    );
    expect(await apporter([PES], F1, jeton)).toMatchObject({ statut: 404, json: { code: 'VGM-NOY-003' } });
    expect(banc.gestes.pieces()).toEqual([]);
    expect(SIREN).not.toBe(AUTRE);
  });
});

describe('vaguemestre confirmer, vaguemestre apporter', () => {
  test('the order, and what the flux has become', async () => {
    const cli = creerBancCli(banc.socket);
    expect(await cli.lancer('confirmer', F1)).toMatchObject({
      code: 0,
      sortie: expect.stringContaining('contrôlé'),
    });
    expect(await cli.lancer('confirmer', F1)).toMatchObject({
      code: 1,
      erreur: expect.stringContaining('VGM-NOY-002'),
    });
  });

  test('the file, whole, under its name; --json gives the flux', async () => {
    const fichier = join(banc.dossier, 'rendu par le parapheur.xml');
    writeFileSync(fichier, PES.corps);
    const r = await creerBancCli(banc.socket).lancer('apporter', F1, fichier, '--json');
    expect([r.code, r.json]).toEqual([0, [expect.objectContaining({ id: F1, etat: 'controle' })]]);
    expect(banc.gestes.apportes).toMatchObject([{ nom: 'rendu par le parapheur.xml', sha256: empreinte }]);
  });

  test('a file that is not there: usage, and the daemon is told nothing', async () => {
    const r = await creerBancCli(banc.socket).lancer('apporter', F1, join(banc.dossier, 'absent.xml'));
    expect([r.code, r.erreur]).toEqual([2, expect.stringContaining('VGM-CLI-003')]);
    expect(banc.gestes.apportes).toEqual([]);
    expect((await creerBancCli(banc.socket).lancer('apporter', F1)).code).toBe(2);
  });
});
