import { describe, expect, test } from 'vitest';
import type { Contexte } from './store.contract.ts';
import {
  changement,
  demande,
  fluxId,
  instant,
  livraisonId,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  retourId,
  suite,
  T0,
} from './store.fabrique.ts';

/** What lets several daemons share a store. */
export function reglesNoeuds(ici: () => Contexte): void {
  const creer = (n: number, partie: Parameters<typeof nouveau>[1] = {}) =>
    ici().store.ecriture.creerFlux(nouveau(n, partie), suite());

  describe('rows that were announced', () => {
    test('only those named are claimed, when they are due and free', async () => {
      await creer(1);
      await creer(2);
      await creer(3, { due: instant(1) });
      const { file } = ici().store;
      const pris = async (seuls: readonly string[], proprietaire = 'a') =>
        (await file.reclamerFlux(demande({ seuls, proprietaire }))).map((f) => f.id);
      expect(await pris([fluxId(2), fluxId(2), fluxId(3), fluxId(9)])).toEqual([fluxId(2)]);
      expect(await pris([fluxId(2)], 'b')).toEqual([]);
      expect(await pris([])).toEqual([]);
      expect((await file.reclamerFlux(demande())).map((f) => f.id)).toEqual([fluxId(1)]);
    });

    test('no more than asked for, nor those in hand', async () => {
      for (const n of [1, 2, 3]) await creer(n);
      const seuls = [1, 2, 3].map(fluxId);
      const pris = await ici().store.file.reclamerFlux(demande({ seuls, nombre: 1, sauf: [fluxId(1)] }));
      expect(pris.map((f) => f.id)).toEqual([fluxId(2)]);
    });

    test('returns and debts alike', async () => {
      const { store } = ici();
      await creer(1);
      await store.ecriture.creerRetour(nouveauRetour(1), suite());
      await store.ecriture.creerRetour(nouveauRetour(2), suite());
      const nouvellesLivraisons = [nouvelleLivraison(1), nouvelleLivraison(2, { point: 'p2' })];
      await store.ecriture.ecrire(suite({ nouvellesLivraisons }));
      const retours = await store.file.reclamerRetours(demande({ seuls: [retourId(2)] }));
      const livraisons = await store.file.reclamerLivraisons(demande({ seuls: [livraisonId(2)] }));
      expect(retours.map((r) => r.id)).toEqual([retourId(2)]);
      expect(livraisons.map((l) => l.id)).toEqual([livraisonId(2)]);
    });
  });

  describe('leases put off', () => {
    test('a lease is put off by the one that holds it, even when it is over', async () => {
      await creer(1);
      const { file } = ici().store;
      await file.reclamerFlux(demande({ proprietaire: 'a', bail: T0 + 10 }));
      const renouveler = (proprietaire: string) =>
        file.renouveler({ table: 'flux', ids: [fluxId(1), fluxId(2)], proprietaire, bail: instant(1000) });
      expect(await renouveler('b')).toEqual([]);
      expect(await renouveler('a')).toEqual([fluxId(1)]);
      expect(await file.reclamerFlux(demande({ quand: T0 + 1000, proprietaire: 'b' }))).toEqual([]);
      expect(await file.reclamerFlux(demande({ quand: T0 + 1001, proprietaire: 'b' }))).toHaveLength(1);
      expect(await renouveler('a')).toEqual([]);
    });

    test('a change that drops the lease leaves nothing to put off', async () => {
      const { flux } = await creer(1);
      const { store } = ici();
      await store.file.reclamerFlux(demande({ proprietaire: 'a' }));
      await store.ecriture.ecrire(suite({ flux: [changement(flux)] }));
      const bail = instant(1000);
      expect(
        await store.file.renouveler({ table: 'flux', ids: [fluxId(1)], proprietaire: 'a', bail }),
      ).toEqual([]);
    });
  });

  describe('turns', () => {
    const prendre = (proprietaire: string, quand: number, bail: number) =>
      ici().store.tours.prendre({
        nom: 'boite:actes',
        proprietaire,
        quand: instant(quand),
        bail: instant(bail),
      });

    test('one at a time; the holder renews, the others wait until its lease is over', async () => {
      expect(await prendre('a', 0, 100)).toMatchObject({ proprietaire: 'a', numero: 1 });
      expect(await prendre('b', 100, 200)).toBeNull();
      expect(await prendre('a', 100, 150)).toMatchObject({
        proprietaire: 'a',
        bail: instant(150),
        numero: 1,
      });
      expect(await prendre('b', 151, 300)).toMatchObject({ proprietaire: 'b', numero: 2 });
      expect(await prendre('a', 152, 400)).toBeNull();
      expect(await ici().store.tours.lister()).toEqual([
        { nom: 'boite:actes', proprietaire: 'b', bail: instant(300), numero: 2 },
      ]);
    });

    test('a turn that is left is free at once, and its number goes on', async () => {
      await prendre('a', 0, 100);
      await ici().store.tours.rendre('boite:actes', 'b');
      expect(await prendre('b', 1, 100)).toBeNull();
      await ici().store.tours.rendre('boite:actes', 'a');
      expect(await ici().store.tours.lister()).toEqual([]);
      expect(await prendre('b', 1, 100)).toMatchObject({ proprietaire: 'b', numero: 2 });
    });

    test('two that ask at once: one has it', async () => {
      const tours = await Promise.all(['a', 'b', 'c'].map((p) => prendre(p, 0, 100)));
      expect(tours.filter((t) => t !== null)).toHaveLength(1);
    });
  });

  describe('nodes', () => {
    test('those that were seen lately, by name', async () => {
      const { noeuds } = ici().store;
      const noeud = { roles: ['portes', 'travail'], version: '1.2.3', demarre: T0, vu: T0 };
      await noeuds.annoncer({ ...noeud, nom: 'b' });
      await noeuds.annoncer({ ...noeud, nom: 'a', roles: ['releve'] });
      await noeuds.annoncer({ ...noeud, nom: 'b', vu: instant(10) });
      expect(await noeuds.lister(T0)).toEqual([
        { ...noeud, nom: 'a', roles: ['releve'] },
        { ...noeud, nom: 'b', vu: instant(10) },
      ]);
      expect((await noeuds.lister(instant(1))).map((n) => n.nom)).toEqual(['b']);
      await noeuds.retirer('b');
      expect((await noeuds.lister(T0)).map((n) => n.nom)).toEqual(['a']);
    });

    test('a name that nobody has is held at once, stays ours, and is not taken from us by ourselves', async () => {
      const { noeuds } = ici().store;
      expect([await noeuds.tenirNom('a'), await noeuds.tenirNom('a')]).toEqual([true, true]);
      await noeuds.evincer('a');
      expect(await noeuds.tenirNom('a')).toBe(true);
      await noeuds.retirer('a');
      expect(await noeuds.tenirNom('a')).toBe(true);
    });
  });
}
