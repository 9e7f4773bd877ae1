import { describe, expect, test } from 'vitest';
import type { Flux } from '../../src/metier/flux.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { codeDe } from './montage.ts';
import type { Contexte } from './store.contract.ts';
import {
  B,
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

const GUICHET = 'dest-HELIOS:dgfip';

/** Queues, what waits in them, and writes that only the holder of a lease may make. */
export function reglesFiles(ici: () => Contexte): void {
  const creer = async (n: number, partie: Parameters<typeof nouveau>[1] = {}): Promise<Flux> =>
    (await ici().store.ecriture.creerFlux(nouveau(n, partie), suite())).flux;
  const changer = (flux: Flux, partie: Parameters<typeof changement>[1]) =>
    ici().store.ecriture.ecrire(suite({ flux: [changement(flux, partie)] }));
  const reclame = async (partie: Parameters<typeof demande>[0] = {}) =>
    (await ici().store.file.reclamerFlux(demande(partie))).map((f) => f.id);
  const auGuichet = async (n: number, partie: Parameters<typeof nouveau>[1] = {}) =>
    changer(await creer(n, partie), { file: GUICHET });

  describe('queues of flux', () => {
    test('a new flux waits in the queue of its protocol, then where each change puts it', async () => {
      const flux = await creer(1);
      await creer(2, { protocole: 'HELIOS' });
      await changer(flux, { file: GUICHET });
      await changer(flux, { ver: flux.ver + 1 });
      expect(await reclame({ file: 'flux-ACTES' })).toEqual([]);
      expect(await reclame({ file: 'flux-HELIOS' })).toEqual([fluxId(2)]);
      expect(await reclame({ file: GUICHET })).toEqual([fluxId(1)]);
    });

    test('a claim without a queue takes from all of them', async () => {
      await auGuichet(1, { due: instant(-1) });
      await creer(2, { due: instant(-3) });
      await creer(3, { protocole: 'HELIOS', due: instant(-2) });
      expect(await reclame()).toEqual([fluxId(2), fluxId(3), fluxId(1)]);
    });

    test('collectivités are served in turn within a queue, whatever waits in the others', async () => {
      for (let n = 1; n <= 40; n += 1) await auGuichet(n, { due: instant(-n) });
      for (let n = 41; n <= 80; n += 1) await creer(n, { due: instant(-1000) });
      await auGuichet(81, { collectivite: B });
      expect(await reclame({ file: GUICHET, nombre: 3 })).toEqual([fluxId(40), fluxId(81), fluxId(39)]);
      expect(await reclame({ file: GUICHET, nombre: 100 })).toHaveLength(38);
      expect(await reclame({ file: 'flux-ACTES', nombre: 100 })).toHaveLength(40);
    });

    test('their names, as long as something waits there, now or later', async () => {
      const { file } = ici().store;
      expect(await file.files()).toEqual([]);
      await creer(1, { due: instant(1000) });
      await auGuichet(2);
      const fini = await creer(3, { protocole: 'HELIOS' });
      await changer(fini, { etat: 'acquitte', due: null });
      expect(await file.files()).toEqual([GUICHET, 'flux-ACTES']);
    });
  });

  describe('rows due that nobody took', () => {
    test('longest first, in their version, free ones only, and they stay free', async () => {
      const { file } = ici().store;
      await creer(1, { due: instant(-10) });
      await changer(await creer(2, { due: instant(-20) }), {});
      await creer(3, { due: instant(-30) });
      await creer(4, { due: instant(-1) });
      await auGuichet(5, { due: instant(-40) });
      await reclame({ seuls: [fluxId(3)] });
      const dues = (avant: number, limite = 10) =>
        file.dues({ table: 'flux', file: 'flux-ACTES', avant: instant(avant), limite });
      expect(await dues(-5)).toEqual([
        { id: fluxId(2), ver: 2 },
        { id: fluxId(1), ver: 1 },
      ]);
      expect(await dues(-5, 1)).toEqual([{ id: fluxId(2), ver: 2 }]);
      expect(await reclame({ file: 'flux-ACTES' })).toHaveLength(3);
      expect(await dues(0)).toEqual([]);
    });

    test('returns and debts alike', async () => {
      const { ecriture, file } = ici().store;
      await creer(1);
      await ecriture.creerRetour(nouveauRetour(1), suite());
      await ecriture.ecrire(suite({ nouvellesLivraisons: [nouvelleLivraison(1)] }));
      const dues = (table: 'retours' | 'livraisons') => file.dues({ table, avant: T0, limite: 9 });
      expect(await dues('retours')).toEqual([{ id: retourId(1), ver: 1 }]);
      expect(await dues('livraisons')).toEqual([{ id: livraisonId(1), ver: 1 }]);
    });
  });

  test('what waits and what is in hand, by queue: due, leased by whom and until when, later, since when', async () => {
    const { ecriture, file } = ici().store;
    expect(await file.etat(T0)).toEqual({ files: [], enMain: [] });
    for (let n = 1; n <= 5; n += 1) await creer(n, { due: instant(-n) });
    await creer(6, { due: instant(1000) });
    await auGuichet(7, { due: instant(-100) });
    await ecriture.creerRetour(nouveauRetour(1, { due: instant(5) }), suite());
    await reclame({ seuls: [fluxId(1)], proprietaire: 'b', bail: T0 + 50 });
    await reclame({ seuls: [fluxId(2), fluxId(3)], proprietaire: 'a', bail: T0 + 60 });
    await reclame({ seuls: [fluxId(4)], proprietaire: 'a', bail: T0 + 40 });
    // Its holder is dead: nobody's any more.
    await reclame({ seuls: [fluxId(5)], proprietaire: 'c', bail: T0 - 1 });
    expect(await file.etat(T0)).toEqual({
      files: [
        { file: GUICHET, dues: 1, enMain: 0, plusTard: 0, depuis: instant(-100) },
        { file: 'flux-ACTES', dues: 1, enMain: 4, plusTard: 1, depuis: T0 },
        { file: 'retours', dues: 0, enMain: 0, plusTard: 1, depuis: null },
      ],
      enMain: [
        { file: 'flux-ACTES', proprietaire: 'a', nombre: 3, bail: instant(40) },
        { file: 'flux-ACTES', proprietaire: 'b', nombre: 1, bail: instant(50) },
      ],
    });
  });

  describe('writes of the holder of a lease', () => {
    const tenu = (par: string, jusqua: number | null = null) => ({
      tenu: { par, jusqua: jusqua === null ? null : instant(jusqua) },
    });

    test('refused once another one took the row, though nothing of it changed: VGM-NOY-008', async () => {
      const flux = await creer(1);
      await reclame({ proprietaire: 'a', bail: T0 + 10 });
      await reclame({ proprietaire: 'b', quand: T0 + 11, bail: T0 + 100 });
      expect(await codeDe(changer(flux, tenu('a', 500)))).toBe('VGM-NOY-008');
      expect(await ici().store.flux.trouver(OPERATEUR, flux.id)).toMatchObject({ ver: flux.ver });
      await changer(flux, tenu('b', 200));
      expect(await codeDe(changer(flux, tenu('b', 200)))).toBe('VGM-NOY-001');
    });

    test('refused when nobody holds it any more, and the whole event with it', async () => {
      const [un, deux] = [await creer(1), await creer(2)];
      const changes = [changement(un), changement(deux, tenu('a'))];
      expect(await codeDe(ici().store.ecriture.ecrire(suite({ flux: changes })))).toBe('VGM-NOY-008');
      expect(await ici().store.flux.trouver(OPERATEUR, un.id)).toMatchObject({ ver: un.ver });
    });

    test('allowed under a lease that is over as long as nobody took the row; it is put off, or dropped', async () => {
      const flux = await creer(1);
      await reclame({ proprietaire: 'a', bail: T0 + 10 });
      await changer(flux, tenu('a', 500));
      expect(await reclame({ proprietaire: 'b', quand: T0 + 500 })).toEqual([]);
      await changer(flux, { ver: flux.ver + 1, ...tenu('a') });
      expect(await reclame({ proprietaire: 'b', quand: T0 + 500 })).toEqual([fluxId(1)]);
    });
  });
}
