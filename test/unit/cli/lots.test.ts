import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { LIGNES, LOT, lotsFictifs } from '../../api/lots-fictifs.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

let api: BancApi;
let cli: BancCli;
beforeAll(async () => {
  api = await ouvrirBanc();
});
afterAll(() => api.fermer());
beforeEach(() => {
  cli = creerBancCli(api.socket);
  api.gestes.lots = lotsFictifs();
});

describe('vaguemestre lots', () => {
  test('lister: one line a batch, with its counts', async () => {
    const { code, sortie } = await cli.lancer('lots', 'lister', '--etat', 'en_cours');
    expect([code, sortie.trimEnd().split('\n')]).toEqual([
      0,
      [
        'Reçu le              Collectivité  État      Actes  Déposés  Déjà là  Refusés  Restants  Lot',
        `02/03/2026 10:00:00  213400001     en cours  3      1        0        1        1         ${LOT.id}`,
      ],
    ]);
    expect((await cli.lancer('lots', 'lister', '--etat', 'autre')).code).toBe(2);
  });

  test('montrer: the fate of each line, and why one was refused, with its remedy', async () => {
    const { code, sortie } = await cli.lancer('lots', 'montrer', LOT.id);
    expect([code, sortie.trimEnd().split('\n')]).toEqual([
      0,
      [
        `Lot ${LOT.id}, collectivité 213400001, manifeste mars/lot.csv`,
        'Reçu le 02/03/2026 10:00:00, en cours',
        '3 actes : 1 déposé, 1 refusé, 1 restant.',
        '',
        'Ligne  Numéro  Sort     Flux',
        `2      N1      déposé   ${LIGNES[0]?.flux ?? ''}`,
        '3      N2      refusé',
        '4      N3      à faire',
        'Ligne 3, acte N2 :',
        '  Anomalie LOT-11 : Absent.',
        '    Remède : Le joindre.',
      ],
    ]);
    const { json } = await cli.lancer('lots', 'montrer', LOT.id, '--sort', 'refuse', '--json');
    expect(json).toMatchObject([{ id: LOT.id }, { ligne: 3, sort: 'refuse' }]);
    const inconnu = await cli.lancer('lots', 'montrer', 'x');
    expect([inconnu.code, inconnu.erreur]).toEqual([1, expect.stringContaining('VGM-LOT-008')]);
  });

  test('abandonner: with its reason, once', async () => {
    const premier = await cli.lancer('lots', 'abandonner', LOT.id, '--motif', 'mauvais mois');
    expect([premier.code, premier.sortie]).toEqual([0, expect.stringContaining('abandonné (mauvais mois)')]);
    const encore = await cli.lancer('lots', 'abandonner', LOT.id, '--motif', 'encore');
    expect([encore.code, encore.erreur]).toEqual([1, expect.stringContaining('VGM-LOT-010')]);
    expect((await cli.lancer('lots', 'abandonner', LOT.id)).code).toBe(2);
  });
});
