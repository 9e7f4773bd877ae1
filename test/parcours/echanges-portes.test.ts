import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import { manifest } from '../../src/config/manifest.ts';
import { creerServeurApi, type ServeurApi } from '../../src/http/serveur.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { logFictif, randomFictif } from '../api/banc-api.ts';
import { type BancCli, creerBancCli } from '../unit/cli/banc-cli.ts';
import { type Atelier, accuseDe, creerAtelier, SIREN } from './atelier.ts';
import { accuseAnnulationDe, accuseReponseDe, classificationDe, courrierDe } from './messages-echanges.ts';

/** The exchanges about an acte as an agent lives them: the command line, the door, the engine and its store. */

let a: Atelier;
let dossier: string;
let serveur: ServeurApi;
let cli: BancCli;

beforeAll(async () => {
  a = await creerAtelier();
  dossier = mkdtempSync(join(tmpdir(), 'vgm-echanges-'));
  serveur = creerServeurApi({
    gestes: a.gestes,
    config: manifest.parse({ donnees: dossier, api: { port: 0 } }),
    version: '0',
    log: logFictif([]),
    random: randomFictif(),
    clock: a.clock,
  });
  const { socket } = await serveur.demarrer();
  cli = creerBancCli(socket);
});
afterAll(async () => {
  await serveur.arreter();
  await a.fermer();
  rmSync(dossier, { recursive: true, force: true });
});

const recevoir = async (courriel: Buffer): Promise<void> => {
  await a.recevoir(courriel);
  await a.calme();
};
const lire = async (...argv: string[]) => (await cli.lancer(...argv, '--json')).json;
const jusqua = (flux: unknown, etat: 'transmis') => a.jusqua((flux as { id: FluxId }).id, etat);

test('a letter is found under its acte, answered, and its receipt closes the answer; the acte is then cancelled', async () => {
  const { id, identite } = await a.depose('D1');
  await a.jusqua(id, 'transmis');
  await recevoir(accuseDe('D1'));
  await recevoir(courrierDe('3-1', 'D1'));
  const [lettre] = await lire('lister', '--etat', 'recu');
  const courrier = String(lettre?.['id']);
  expect(lettre).toMatchObject({ cite: id, message: { code: '3-1' } });
  // the acte is named as the préfecture reads it out
  const vu = (await cli.lancer('montrer', identite)).sortie;
  expect(vu).toMatch(new RegExp(`3-1 demande de pièces complémentaires +reçu +reçu de l’État +${courrier}`));
  expect(vu).toMatch(/3-2 accusé de réception d’une demande de pièces +envoyé +transmis/);

  const pdf = join(dossier, 'plan.pdf');
  writeFileSync(pdf, creerPdf(['Plan']));
  const repondre = (type: string) =>
    cli.lancer('repondre', courrier, '--document', `${pdf}:${type}`, '--cle', 'r1');
  const refuse = await repondre('XX_XX');
  expect([refuse.code, refuse.erreur]).toEqual([3, expect.stringContaining('ACTES-TYP-03')]);
  expect((await repondre('99_DE')).sortie).toMatch(/^Déposé : 3-4, pièces complémentaires \(acte D1\)/);
  expect((await repondre('99_DE')).sortie).toMatch(/^Déjà déposé : 3-4/);
  const [{ citants } = {}] = await lire('montrer', courrier);
  const reponse = (citants as { message: { code: string } }[]).find((c) => c.message.code === '3-4');
  await jusqua(reponse, 'transmis');
  await recevoir(accuseReponseDe('3-5', 'D1'));
  expect((await cli.lancer('montrer', courrier)).sortie).toMatch(/Réponse : flux [0-9a-f-]+, acquitté\.$/m);

  expect((await cli.lancer('annuler', identite)).sortie).toMatch(/^Déposé : 6-1, annulation/);
  await a.calme();
  await recevoir(accuseAnnulationDe('D1'));
  const annule = (await cli.lancer('montrer', identite)).sortie;
  expect(annule).toMatch(/État +annulé\n/);
  expect(annule).toMatch(/6-1 annulation de la transmission +envoyé +acquitté/);
});

test('the classification is asked for, then shown as the préfecture gave it', async () => {
  expect((await cli.lancer('classification', SIREN, '--demander')).sortie).toMatch(/^Déposé : 7-1/);
  expect((await cli.lancer('classification', SIREN, '--demander')).code).toBe(1);
  await a.calme();
  await recevoir(classificationDe('2026-03-01'));
  const { sortie } = await cli.lancer('classification', SIREN);
  expect(sortie).toContain('Classification du 01/03/2026');
  expect(sortie).toMatch(/7\.1 +Matière 1\n7\.10 +Matière 10/);
});
