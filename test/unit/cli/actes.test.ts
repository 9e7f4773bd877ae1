import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { fluxFictif } from '../../api/gestes-fictifs.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

/** Verbs about an acte that has left, against a real socket with fake gestures behind it. */

let api: BancApi;
let cli: BancCli;
const ACTE = fluxFictif(1, { etat: 'acquitte' });

beforeAll(async () => {
  api = await ouvrirBanc();
  writeFileSync(join(api.dossier, 'avis.pdf'), '%PDF-1.7 avis');
});
afterAll(() => api.fermer());
beforeEach(() => {
  cli = creerBancCli(api.socket);
  api.gestes.flux.clear();
  api.gestes.flux.set(ACTE.id, ACTE);
});

const acte = () => api.gestes.flux.get(ACTE.id);

describe('calendrier FLUX', () => {
  test('the milestones that the daemon makes, in words, as JSON, for an agenda', async () => {
    const dit = await cli.lancer('calendrier', ACTE.id);
    expect([dit.code, dit.sortie]).toEqual([
      0,
      expect.stringMatching(/10 mars 2026.*Réception[^]*CGCT, art\. L\. 2131-1/),
    ]);
    const { json } = await cli.lancer('calendrier', ACTE.id, '--json');
    expect(JSON.stringify(json)).toContain('"date":"2026-03-10"');
    const agenda = await cli.lancer('calendrier', ACTE.id, '--ical');
    expect(agenda.sortie).toContain('DTSTART;VALUE=DATE:20260310');
    expect((await cli.lancer('calendrier', ACTE.id, '--json', '--ical')).code).toBe(2);
    expect((await cli.lancer('calendrier', 'inconnu')).code).toBe(1);
  });
});

describe('montrer, bordereau', () => {
  test('the legal dates of an acte that was received, and of no other', async () => {
    expect((await cli.lancer('montrer', ACTE.id)).sortie).toMatch(
      /Échéance[^]*Réception[^]*mardi 10 mars 2026/,
    );
    api.gestes.flux.set(ACTE.id, { ...ACTE, etat: 'transmis' });
    expect((await cli.lancer('montrer', ACTE.id)).sortie).not.toContain('Échéance');
  });

  test('the slip, and a stamped piece, are written where they are asked for', async () => {
    const sortie = join(api.dossier, 'bordereau.pdf');
    expect((await cli.lancer('bordereau', ACTE.id, '--sortie', sortie)).code).toBe(0);
    expect(readFileSync(sortie, 'utf8')).toBe(`bordereau ${ACTE.identite}`);
    const piece = join(api.dossier, 'tampon.pdf');
    expect((await cli.lancer('montrer', ACTE.id, '--piece', '2', '--tampon', '--sortie', piece)).code).toBe(
      0,
    );
    expect(readFileSync(piece, 'utf8')).toBe('tampon haut-gauche toutes');
  });
});

describe('publier, valider, complement', () => {
  test('the day of the publication; what is no day is refused before the daemon is asked', async () => {
    expect((await cli.lancer('publier', ACTE.id, '--le', '2026-03-09')).code).toBe(0);
    expect(acte()?.resume['publication']).toBe('2026-03-09');
    const faux = await cli.lancer('publier', ACTE.id, '--le', '09/03/2026');
    expect([faux.code, faux.erreur]).toEqual([2, expect.stringContaining('AAAA-MM-JJ')]);
    expect((await cli.lancer('publier', ACTE.id)).code).toBe(2);
  });

  test('an acte that is final', async () => {
    const r = await cli.lancer('valider', ACTE.id);
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('validé')]);
    expect(acte()?.etat).toBe('valide');
  });

  test('the paper that has arrived, with its receipt or without', async () => {
    expect((await cli.lancer('complement', ACTE.id, '--recu', '2026-03-12')).code).toBe(0);
    expect(acte()?.resume).toMatchObject({ complementRecu: '2026-03-12', preuve: null });
    const piece = join(api.dossier, 'avis.pdf');
    expect((await cli.lancer('complement', ACTE.id, '--recu', '2026-03-12', '--piece', piece)).code).toBe(0);
    expect(acte()?.resume['preuve']).toBe('avis.pdf');
    expect(
      (await cli.lancer('complement', ACTE.id, '--recu', '2026-03-12', '--piece', '/absent.pdf')).code,
    ).not.toBe(0);
  });
});
