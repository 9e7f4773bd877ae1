import { afterEach, expect, test } from 'vitest';
import { marquerRestauree } from '../../src/engine/marquer-restauree.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { verifierChaine } from '../../src/metier/journal.ts';
import { apresRestauration } from '../../src/metier/series.ts';
import { type Atelier, creerAtelier, CTX, MARDI, SIREN } from './atelier.ts';

/** A base that other tools than ours put back (pg_restore): `demarrer --restauree` says it. */

let a: Atelier;
afterEach(() => a.fermer());

const SAUVEGARDE = (MARDI - 3_600_000) as Instant;

/** The process dies, the base comes back, and the next one is started with the instant of the backup. */
async function remettre(): Promise<void> {
  const { sol, outils } = a;
  a.abandonner();
  await marquerRestauree(outils, SAUVEGARDE);
  a = await creerAtelier({ sol, inscrire: false });
  await a.calme();
}

test('nothing leaves, fates are doubted, series go further; started again with the same words, nothing more', async () => {
  a = await creerAtelier();
  await a.gestes.destinations.suspendre(CTX, 'ACTES', 'essai');
  const { id } = await a.depose('DOUTEUX');
  await a.jusqua(id, 'pret');
  await a.gestes.destinations.reprendre(CTX, 'ACTES');
  await remettre();
  const premiere = await a.store.restaurations.derniere();
  expect(premiere).toMatchObject({ sauvegarde: SAUVEGARDE, restauree: MARDI, preparee: MARDI, close: null });
  expect((await a.flux(id)).etat).toBe('incertain');
  const neuf = await a.depose('NEUF');
  await a.calme();
  expect(a.transport.envois).toEqual([]);
  await remettre();
  expect(await a.store.restaurations.derniere()).toEqual(premiere);
  await a.gestes.reconciliation.clore(CTX, { sansAttendre: ['dgfip:dgfip'], motif: 'essai' });
  await a.passer(0);
  const { nomEnvoi } = await a.jusqua(neuf.id, 'transmis');
  expect(nomEnvoi).toBe(`VGM-TACT--${SIREN}--20260310-${apresRestauration(MARDI as Instant) + 1}.tar.gz`);
  const lignes = await a.store.journal.lignes('operateur', 1, 1000);
  expect(lignes.filter((l) => l.includes('"ev":"RESTAURATION"'))).toHaveLength(1);
  expect(verifierChaine([...lignes])).toEqual([]);
});
