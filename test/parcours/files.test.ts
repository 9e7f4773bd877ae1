import { afterEach, describe, expect, test } from 'vitest';
import { constatNoeuds, constatRepartition } from '../../src/gestes/constats-noeuds.ts';
import type { OutilsGestes } from '../../src/gestes/outils.ts';
import { erreurNoeud } from '../../src/metier/catalogue/noeud.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { type Atelier, creerAtelier, CTX, MARDI, SIREN } from './atelier.ts';

/** What an operator sees of the queues and of those who serve them. */

let a: Atelier;
afterEach(() => a.fermer());

const annoncer = (nom: string, partie: { roles?: string[]; version?: string; vu?: number } = {}) =>
  a.store.noeuds.annoncer({
    nom,
    roles: partie.roles ?? ['portes', 'travail', 'releve'],
    version: partie.version ?? '1.0.0',
    demarre: MARDI as Instant,
    vu: (partie.vu ?? a.clock.now()) as Instant,
  });

test('queues of the settings are shown, empty or not; an order shows on those that it holds back', async () => {
  a = await creerAtelier();
  await a.gestes.destinations.suspendre(CTX, 'HELIOS', 'travaux');
  const { id } = await a.deposePes('BUDGET_1');
  await a.jusqua(id, 'pret');
  await a.calme();
  const { files, repartition } = await a.gestes.files(CTX);
  expect(files.map((f) => [f.file, f.dues, f.enMain, f.plusTard, f.suspension?.motif])).toEqual([
    ['flux-ACTES', 0, 0, 0, undefined],
    ['flux-HELIOS', 0, 0, 0, undefined],
    ['dest-ACTES', 0, 0, 0, undefined],
    ['dest-HELIOS:dgfip', 0, 0, 1, 'travaux'],
    ['retours', 0, 0, 0, undefined],
    ['livraisons', 0, 0, 0, undefined],
  ]);
  expect(repartition).toEqual({ type: 'locale', erreur: null, files: [] });
});

test('what is in hand, by whom and until when; nodes that live, and turns', async () => {
  a = await creerAtelier();
  await a.arreter();
  await a.depose('DELIB_1');
  const quand = a.clock.now();
  const bail = (quand + 60_000) as Instant;
  await a.store.file.reclamerFlux({ quand, bail, nombre: 1, proprietaire: 'mairie-2' });
  await a.store.tours.prendre({ nom: 'imap:retours', proprietaire: 'mairie-2', quand, bail });
  await annoncer('mairie-2');
  await annoncer('mort', { vu: quand - 61_000 });
  const vue = await a.gestes.files(CTX);
  expect(vue.noeud).toBe('essai');
  expect(vue.enMain).toEqual([{ file: 'flux-ACTES', proprietaire: 'mairie-2', nombre: 1, bail }]);
  expect(vue.noeuds.map((n) => n.nom)).toEqual(['mairie-2']);
  expect(vue.tours).toMatchObject([{ nom: 'imap:retours', proprietaire: 'mairie-2' }]);
});

test('a collectivité sees nothing of it', async () => {
  a = await creerAtelier();
  const ctx = { ...CTX, portee: { collectivite: SIREN } };
  await expect(a.gestes.files(ctx)).rejects.toThrow(/VGM-GES-005/);
});

describe('what diagnostiquer says of the nodes', () => {
  const outils = (noeud: Partial<OutilsGestes['noeud']> = {}) =>
    ({ moteur: a.outils, noeud: { nom: 'un', jumeau: () => null, ...noeud } }) as unknown as OutilsGestes;

  test('all is well when every role is held, in one version', async () => {
    a = await creerAtelier();
    await annoncer('un', { roles: ['portes'] });
    await annoncer('deux', { roles: ['travail', 'releve'] });
    expect(await constatNoeuds(outils())).toEqual({
      sujet: 'nœuds',
      etat: 'bon',
      detail: 'deux (travail, releve), un (portes)',
      remede: '',
    });
  });

  test('a role that nobody holds is a failure', async () => {
    a = await creerAtelier();
    await annoncer('un', { roles: ['portes', 'releve'] });
    await annoncer('mort', { vu: a.clock.now() - 61_000 });
    const constat = await constatNoeuds(outils());
    expect(constat).toMatchObject({ etat: 'panne' });
    expect(constat.detail).toContain('aucun nœud en service n’a le rôle travail');
    expect(constat.remede).toContain('demarrer --role');
  });

  test('versions that differ and a clock that is ahead ask for attention', async () => {
    a = await creerAtelier();
    await annoncer('un');
    await annoncer('deux', { version: '1.1.0', vu: a.clock.now() + 40_000 });
    const constat = await constatNoeuds(outils());
    expect(constat.etat).toBe('attention');
    expect(constat.detail).toContain('versions mêlées : 1.0.0, 1.1.0');
    expect(constat.detail).toContain('l’horloge de deux avance sur la nôtre d’au moins 40 s');
  });

  test('another daemon of our name is a failure, for a minute after it was last seen', async () => {
    a = await creerAtelier();
    await annoncer('un');
    const vu = a.clock.now();
    const jumeau = () => vu;
    expect(await constatNoeuds(outils({ jumeau }))).toMatchObject({ etat: 'panne' });
    a.clock.regler(vu + 61_000);
    await annoncer('un');
    expect(await constatNoeuds(outils({ jumeau }))).toMatchObject({ etat: 'bon' });
  });

  test('a Redis that does not answer asks for attention: work goes on', async () => {
    a = await creerAtelier();
    const { fiche: erreur } = erreurNoeud('VGM-REP-002', { adresse: 'h:1', detail: 'connexion refusée' });
    const repartition = { constater: async () => ({ type: 'bullmq', erreur, files: [] }) as const };
    expect(await constatRepartition(outils({ repartition }))).toMatchObject({
      sujet: 'répartition',
      etat: 'attention',
      detail: 'Le serveur Redis h:1 ne répond pas : connexion refusée',
      remede: expect.stringContaining('rien ne se perd'),
    });
    const files = [{ file: 'flux-ACTES', enAttente: 1, enCours: 0, plusTard: 0 }];
    const bonne = { constater: async () => ({ type: 'bullmq', erreur: null, files }) as const };
    expect(await constatRepartition(outils({ repartition: bonne }))).toMatchObject({
      etat: 'bon',
      detail: 'Redis répond ; 1 annonce en attente',
    });
  });
});
