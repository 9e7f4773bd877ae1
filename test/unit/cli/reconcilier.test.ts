import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

/** After a restoration, at the terminal. */

let api: BancApi;
let cli: BancCli;
beforeEach(async () => {
  api = await ouvrirBanc();
  cli = creerBancCli(api.socket);
});
afterEach(() => api.fermer());

describe('reconcilier', () => {
  test('says what was read, what must be settled, what was lost, and what is missing; exit 1 as long as it is open', async () => {
    const r = await cli.lancer('reconcilier');
    expect([r.code, r.erreur]).toEqual([1, '']);
    for (const dit of [
      'non : rien ne part',
      'du 02/03/2026 : repris après 7 084',
      'Source imap:retours : relue le 02/03/2026',
      'Source dgfip:sftp : pas encore relue',
      '1 flux dont le sort est à établir',
      '1 pièce d’après la sauvegarde, sans flux',
      'PES BUDGET_12 (CodCol 123, SIREN 213400016)',
      'dépôt perdu',
      'À attendre : la source dgfip:sftp n’a pas été relue',
    ])
      expect(r.sortie.replaceAll(/[\u00A0\u202F]/g, ' ')).toContain(dit);
    expect((await cli.lancer('reconcilier', '--json')).json).toMatchObject([
      { close: null, genres: { pes: 1 } },
    ]);
  });

  test('closed only by naming each source that was not read, with a reason', async () => {
    const refus = await cli.lancer('reconcilier', '--clore');
    expect([refus.code, refus.erreur]).toEqual([1, expect.stringContaining('VGM-SAU-021')]);
    expect(refus.erreur).toContain('dgfip:sftp');
    const seul = await cli.lancer('reconcilier', '--motif', 'fermée');
    expect([seul.code, seul.erreur]).toEqual([2, expect.stringContaining('« --clore »')]);
    const faite = await cli.lancer(
      'reconcilier',
      '--clore',
      '--sans-attendre',
      'dgfip:sftp',
      '--motif',
      'fermée',
    );
    expect([faite.code, faite.sortie]).toEqual([
      0,
      'Réconciliation close : les envois reprennent dans la minute. 1 flux reste à trancher.',
    ]);
    expect((await cli.lancer('reconcilier')).code).toBe(0);
  });

  test('answers found in the coffre are put back on order', async () => {
    expect((await cli.lancer('reconcilier', '--ranger-retours')).sortie).toBe('3 réponses rangées.');
    expect((await cli.lancer('reconcilier', '--ranger-retours', '--json')).json).toEqual([{ nombre: 3 }]);
  });
});

describe('demarrer --restauree', () => {
  test('hands over the instant of the backup', async () => {
    cli.interruption.abort();
    await cli.lancer('demarrer', '--restauree', '2026-06-14T01:00:00Z');
    expect(cli.lances).toEqual([
      { quoi: 'demon', options: { restauree: Date.parse('2026-06-14T01:00:00Z') } },
    ]);
  });
  test.each(['2026-06-16', 'hier'])('%s is no backup: nothing starts', async (instant) => {
    const r = await cli.lancer('demarrer', '--restauree', instant);
    expect([r.code, r.erreur]).toEqual([2, expect.stringContaining('« --restauree »')]);
    expect(cli.lances).toEqual([]);
  });
});
