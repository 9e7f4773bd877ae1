import { describe, expect, test } from 'vitest';
import { verifierChaine } from '../../src/metier/journal.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { Jour } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { codeDe } from './montage.ts';
import type { Contexte } from './store.contract.ts';
import {
  A,
  B,
  changement,
  demande,
  empreinte,
  fluxId,
  instant,
  JOUR,
  livraisonId,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  retourId,
  suite,
  T0,
} from './store.fabrique.ts';

export function reglesFile(ici: () => Contexte): void {
  const creer = (n: number, partie: Parameters<typeof nouveau>[1] = {}) =>
    ici().store.ecriture.creerFlux(nouveau(n, partie), suite());
  const reclame = async (partie: Parameters<typeof demande>[0] = {}) =>
    (await ici().store.file.reclamerFlux(demande(partie))).map((f) => f.id);
  const tirer = (n: number, partie: { serie?: string; jour?: Jour; limite?: number } = {}) =>
    ici().store.numerotation.reserver({ flux: fluxId(n), serie: 's1', jour: JOUR, limite: 3, ...partie });
  const booker = (n: number, octets: number, quand = T0) =>
    ici().store.debits.reserver({
      destination: 'mi',
      flux: fluxId(n),
      octets,
      plafond: 100,
      quand: quand as typeof T0,
    });

  describe('claims', () => {
    test('a row is claimed once due, by one worker, until its lease is over', async () => {
      await creer(1, { due: instant(10) });
      expect(await reclame({ quand: T0 + 9 })).toEqual([]);
      expect(await reclame({ quand: T0 + 10, bail: T0 + 100 })).toEqual([fluxId(1)]);
      expect(await reclame({ quand: T0 + 100, proprietaire: 'ouvrier-2' })).toEqual([]);
      expect(await reclame({ quand: T0 + 101, proprietaire: 'ouvrier-2' })).toEqual([fluxId(1)]);
    });

    test('a claim does not move the version; a change drops the lease unless asked to keep it', async () => {
      const { store } = ici();
      const { flux } = await creer(1);
      const [loue] = await store.file.reclamerFlux(demande());
      expect(loue).toEqual(flux);
      await store.ecriture.ecrire(suite({ flux: [changement(flux, { garderBail: true })] }));
      expect(await reclame()).toEqual([]);
      await store.ecriture.ecrire(suite({ flux: [changement(flux, { ver: flux.ver + 1 })] }));
      expect(await reclame()).toEqual([fluxId(1)]);
    });

    test('what has nothing to do is never claimed', async () => {
      const { store } = ici();
      const { flux } = await creer(1);
      await store.ecriture.ecrire(suite({ flux: [changement(flux, { etat: 'acquitte', due: null })] }));
      expect(await reclame({ quand: T0 + 1e9 })).toEqual([]);
      expect(await store.file.prochaineEcheance()).toBeNull();
    });

    test('ids in hand are left alone, due and free as they are, and hide nothing behind them', async () => {
      const { store } = ici();
      for (let n = 1; n <= 9; n += 1) await creer(n, { due: instant(-20 + n) });
      const sauf = [1, 2, 3, 4, 5, 6, 7, 8].map(fluxId);
      expect(await reclame({ nombre: 1, sauf })).toEqual([fluxId(9)]);
      expect(await reclame({ nombre: 9, sauf })).toEqual([]);
      expect(await reclame({ nombre: 9 })).toHaveLength(8);
      const retour = nouveauRetour(1);
      await store.ecriture.creerRetour(retour, suite());
      expect(await store.file.reclamerRetours(demande({ sauf: [retour.id] }))).toEqual([]);
      expect(await store.file.reclamerRetours(demande())).toHaveLength(1);
    });

    test('concurrent claims never share a row', async () => {
      for (let n = 1; n <= 9; n += 1) await creer(n);
      const lots = await Promise.all([1, 2, 3].map((o) => reclame({ nombre: 3, proprietaire: `o${o}` })));
      expect(new Set(lots.flat()).size).toBe(9);
    });

    test('collectivités are served in turn, oldest first within each', async () => {
      for (let n = 1; n <= 40; n += 1) await creer(n, { due: instant(-n) });
      await creer(41, { collectivite: B });
      await creer(42, { collectivite: B });
      expect(await reclame({ nombre: 3 })).toEqual([fluxId(40), fluxId(41), fluxId(39)]);
      // The turn goes on where it stopped: B after A, even one row at a time.
      expect(await reclame({ nombre: 1 })).toEqual([fluxId(42)]);
      expect(await reclame({ nombre: 1 })).toEqual([fluxId(38)]);
    });

    test('a claim is filled when a single collectivité has enough', async () => {
      for (let n = 1; n <= 60; n += 1) await creer(n);
      await creer(61, { collectivite: B });
      const pris = await reclame({ nombre: 10 });
      expect(pris).toHaveLength(10);
      expect(pris).toContain(fluxId(61));
    });

    test('leases of a worker that is no more are dropped, those of others kept', async () => {
      const { store } = ici();
      await creer(1);
      await creer(2);
      await reclame({ nombre: 1, proprietaire: 'mort' });
      await reclame({ nombre: 1, proprietaire: 'vivant' });
      await store.file.libererBaux('mort');
      expect(await reclame()).toEqual([fluxId(1)]);
    });

    test('the next instant at which something will be due, leases counted until their end', async () => {
      const { store } = ici();
      expect(await store.file.prochaineEcheance()).toBeNull();
      await creer(1, { due: instant(500) });
      expect(await store.file.prochaineEcheance()).toBe(T0 + 500);
      await store.ecriture.creerRetour(nouveauRetour(1, { due: instant(400) }), suite());
      expect(await store.file.prochaineEcheance()).toBe(T0 + 400);
      const livraison = nouvelleLivraison(1, { due: instant(300) });
      await store.ecriture.ecrire(suite({ nouvellesLivraisons: [livraison] }));
      expect(await store.file.prochaineEcheance()).toBe(T0 + 300);
      await store.file.reclamerLivraisons(demande({ quand: T0 + 300, bail: T0 + 350 }));
      expect(await store.file.prochaineEcheance()).toBe(T0 + 351);
    });

    test('returns are claimed in the order they are due', async () => {
      const { store } = ici();
      await store.ecriture.creerRetour(nouveauRetour(1, { due: instant(2) }), suite());
      await store.ecriture.creerRetour(nouveauRetour(2, { due: instant(1) }), suite());
      const pris = await store.file.reclamerRetours(demande({ quand: T0 + 5 }));
      expect(pris.map((r) => r.id)).toEqual([retourId(2), retourId(1)]);
      expect(await store.file.reclamerRetours(demande({ quand: T0 + 5 }))).toEqual([]);
    });

    test('debts are claimed in turn, and their tries are logged', async () => {
      const { store } = ici();
      await creer(1);
      await store.ecriture.ecrire(
        suite({
          nouvellesLivraisons: [
            nouvelleLivraison(1),
            nouvelleLivraison(2),
            nouvelleLivraison(3, { collectivite: B }),
          ],
        }),
      );
      const pris = await store.file.reclamerLivraisons(demande({ nombre: 2 }));
      expect(pris.map((l) => l.id)).toEqual([livraisonId(1), livraisonId(3)]);
      expect(pris[0]).toMatchObject({ etat: 'a_faire', creee: T0, charge: { type: 'flux.depose' }, ver: 1 });
      const essai = { quand: T0, resultat: 'echec', statut: 503, duree: 12, motif: 'indisponible' } as const;
      const change = {
        id: livraisonId(1),
        ver: 1,
        etat: 'a_faire',
        due: instant(9),
        tentatives: 1,
        essai,
      } as const;
      await store.ecriture.ecrire(suite({ livraisons: [change] }));
      expect(await codeDe(store.ecriture.ecrire(suite({ livraisons: [change] })))).toBe('VGM-NOY-001');
      expect(await store.livraisons.essais({ collectivite: A }, livraisonId(1))).toEqual([essai]);
      expect(await store.livraisons.essais({ collectivite: B }, livraisonId(1))).toEqual([]);
      expect(await store.livraisons.trouver({ collectivite: B }, livraisonId(1))).toBeUndefined();
      expect(await store.livraisons.trouver(OPERATEUR, livraisonId(1))).toMatchObject({
        due: instant(9),
        ver: 2,
      });
      const liste = await store.livraisons.lister(OPERATEUR, {
        flux: fluxId(1),
        etats: ['a_faire'],
        limite: 2,
      });
      expect(liste.map((l) => l.id)).toEqual([livraisonId(3), livraisonId(2)]);
    });
  });

  describe('outgoing identities', () => {
    test('numbers run from 1 without a hole, per counter, and a flux keeps its own', async () => {
      const { store } = ici();
      for (let n = 1; n <= 5; n += 1) await store.ecriture.creerFlux(nouveau(n), suite());
      const tires = await Promise.all([1, 2, 1, 3].map((n) => tirer(n)));
      expect(tires.map((t) => t.numero)).toEqual([1, 2, 1, 3]);
      const lendemain = '2026-11-21' as Jour;
      expect(await tirer(1, { serie: 's2', jour: lendemain })).toEqual({ jour: JOUR, numero: 1 });
      expect(await codeDe(tirer(4))).toBe('VGM-ENV-001');
      expect(await codeDe(tirer(99))).toBe('VGM-NOY-003');
      expect(await tirer(4, { limite: 4 })).toEqual({ jour: JOUR, numero: 4 });
      expect(await tirer(5, { serie: 's2', jour: lendemain })).toEqual({ jour: lendemain, numero: 1 });
    });

    test('a flux that ends before it ever left gives its number and its name to the next of the same day', async () => {
      const { store } = ici();
      const crees = [];
      for (let n = 1; n <= 5; n += 1) crees.push((await creer(n)).flux);
      for (let n = 1; n <= 3; n += 1) await tirer(n);
      const [, deuxieme] = crees as [Flux, Flux];
      const nomme = changement(deuxieme, { etat: 'pret', nomEnvoi: 'PES_002' });
      await store.ecriture.ecrire(suite({ flux: [nomme] }));
      const fin = { ver: deuxieme.ver + 1, etat: 'abandonne', due: null, rendre: true } as const;
      await store.ecriture.ecrire(suite({ flux: [changement(deuxieme, fin)] }));
      expect((await store.flux.trouver(OPERATEUR, fluxId(2)))?.nomEnvoi).toBeNull();
      // nobody would give back what it drew now
      expect(await codeDe(tirer(2))).toBe('VGM-NOY-001');
      expect((await tirer(4)).numero).toBe(2);
      expect(await codeDe(tirer(5))).toBe('VGM-ENV-001');
      expect((await tirer(5, { limite: 4 })).numero).toBe(4);
      const quatrieme = crees[3] as Flux;
      const repris = changement(quatrieme, { etat: 'pret', nomEnvoi: 'PES_002' });
      await store.ecriture.ecrire(suite({ flux: [repris] }));
      expect((await store.flux.parNomEnvoi(OPERATEUR, 'PES_002'))?.id).toBe(fluxId(4));
    });

    test('a flux that ends otherwise keeps its number', async () => {
      const { store } = ici();
      const { flux } = await creer(1);
      await creer(2);
      await tirer(1);
      await store.ecriture.ecrire(suite({ flux: [changement(flux, { etat: 'abandonne', due: null })] }));
      expect((await tirer(2)).numero).toBe(2);
    });

    test('each draw is in the journal of the collectivité, once', async () => {
      const { store, clock } = ici();
      await store.ecriture.creerFlux(nouveau(1), suite());
      await clock.avancer(1000);
      await tirer(1);
      await tirer(1);
      const lignes = await store.journal.lignes(A, 1, 10);
      expect(verifierChaine(lignes)).toEqual([]);
      expect(lignes.map((l) => JSON.parse(l) as unknown)).toMatchObject([
        {
          ev: 'IDENTITE',
          tx: fluxId(1),
          motif: 'serie=s1 numero=1',
          acteur: 'systeme',
          t: '2026-11-20T09:00:01.000Z',
        },
      ]);
    });
  });

  describe('rates', () => {
    test('bytes are booked while they fit in the hour, once per flux', async () => {
      expect(await booker(1, 60)).toBe(true);
      expect(await booker(1, 60)).toBe(true);
      expect(await booker(2, 41)).toBe(false);
      expect(await booker(3, 40)).toBe(true);
      expect(await booker(4, 1)).toBe(false);
      expect(await booker(4, 1, instant(3_600_000))).toBe(true);
    });

    test('a flux larger than the whole hour passes alone in its hour', async () => {
      expect(await booker(1, 1)).toBe(true);
      expect(await booker(2, 500)).toBe(false);
      expect(await booker(2, 500, instant(3_600_000))).toBe(true);
      expect(await booker(3, 1, instant(3_600_000))).toBe(false);
    });

    test('a flux larger than the hour is not starved by the small ones, nor starves them', async () => {
      const [h1, h2, h3] = [instant(3_600_000), instant(7_200_000), instant(10_800_000)];
      expect(await booker(1, 1)).toBe(true);
      expect(await booker(2, 500)).toBe(false);
      // Whoever comes first in the next hour, it is booked.
      expect(await booker(3, 1, h1)).toBe(false);
      expect(await booker(2, 500, h1)).toBe(true);
      // A second large one does not take the hour that follows.
      expect(await booker(4, 500, h1)).toBe(false);
      expect(await booker(3, 1, h2)).toBe(true);
      expect(await booker(4, 500, h2)).toBe(false);
      expect(await booker(5, 1, h3)).toBe(false);
      expect(await booker(4, 500, h3)).toBe(true);
    });
  });

  test('what a flux had booked and will not use is given back from this hour on', async () => {
    const { store } = ici();
    const [h1, h2] = [instant(3_600_000), instant(7_200_000)];
    const { flux } = await creer(2);
    expect(await booker(1, 60)).toBe(true);
    expect(await booker(2, 500)).toBe(false);
    expect(await booker(3, 1, h1)).toBe(false);
    const fin = changement(flux, { etat: 'abandonne', due: null, rendre: true });
    await store.ecriture.ecrire({ ...suite({ flux: [fin] }), quand: h1 });
    expect(await booker(3, 100, h1)).toBe(true);
    expect(await booker(4, 1, h1)).toBe(false);
    // hours that are over keep what was booked in them, and nothing else was touched
    expect(await booker(5, 41)).toBe(false);
    expect(await booker(5, 41, h2)).toBe(true);
  });

  test('a closed store answers VGM-NOY-005 to everyone', async () => {
    const { store } = ici();
    const enRoute = store.ecriture.creerRetour(nouveauRetour(1, { sha256: empreinte(5) }), suite());
    await store.fermer();
    expect(await enRoute).toBe('cree');
    expect(await codeDe(store.ecriture.ecrire(suite()))).toBe('VGM-NOY-005');
    expect(await codeDe(store.flux.trouver(OPERATEUR, fluxId(1)))).toBe('VGM-NOY-005');
    await store.fermer();
  });
}
