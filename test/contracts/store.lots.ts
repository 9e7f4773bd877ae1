import { describe, expect, test } from 'vitest';
import type { Anomalie } from '../../src/metier/anomalies.ts';
import { erreurDepot } from '../../src/metier/catalogue/depot.ts';
import type { FluxId, LotId } from '../../src/metier/identifiants.ts';
import { cleDeLigne, type SortLigne } from '../../src/metier/lots.ts';
import type { NouveauLot, NouvelleLigne } from '../../src/ports/lots.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { codeDe } from './montage.ts';
import type { Contexte } from './store.contract.ts';
import { A, B, empreinte, entree, fluxId, instant, nouveau, numeroId, suite, T0 } from './store.fabrique.ts';

const lotId = (n: number) => numeroId(n) as LotId;
const REFUS: Anomalie = { code: 'LOT-11', gravite: 'bloquante', message: 'Absent.', remede: 'Le joindre.' };

function ligne(n: number, refus: readonly Anomalie[] = []): NouvelleLigne {
  return { ligne: n, acte: { numero: `N${n}`, objet: 'L’été', papier: false }, refus };
}

/** Lines 2 to 5, the last one refused by the manifest. */
export function nouveauLot(n: number, partie: Partial<NouveauLot> = {}): NouveauLot {
  return {
    id: lotId(n),
    collectivite: A,
    sha256: empreinte(n),
    sha512: '0'.repeat(128),
    taille: 5_000_000_000,
    manifeste: 'lot.csv',
    acteur: 'agent:essai',
    cle: null,
    lignes: [ligne(2), ligne(3), ligne(4), ligne(5, [REFUS])],
    ...partie,
  };
}

/** Batches of actes. */
export function reglesLots(ici: () => Contexte): void {
  const recu = (partie: Parameters<typeof entree>[0] = {}) => ({
    quand: T0,
    journal: [entree({ ev: 'LOT_RECU', ...partie })],
  });
  const deposer = (lot: LotId, n: number) =>
    ici().store.ecriture.creerFlux(nouveau(n, { cleIdempotence: cleDeLigne(lot, n) }), suite());
  const sorts = async (lot: LotId): Promise<[number, SortLigne, FluxId | null][]> =>
    (await ici().store.lots.lignes(OPERATEUR, lot, { limite: 1000 })).map((l) => [l.ligne, l.sort, l.flux]);

  describe('batches', () => {
    test('the batch, its lines and its journal line come together; its lines are read in order, page by page', async () => {
      const { lots, journal } = ici().store;
      await lots.creer(nouveauLot(1), recu());
      expect(await lots.trouver(OPERATEUR, lotId(1))).toEqual({
        id: lotId(1),
        collectivite: A,
        sha256: empreinte(1),
        sha512: '0'.repeat(128),
        taille: 5_000_000_000,
        manifeste: 'lot.csv',
        lignes: 4,
        acteur: 'agent:essai',
        recu: T0,
        termine: null,
        abandon: null,
        erreur: null,
        comptes: { deposes: 0, deja: 0, refuses: 1, restants: 3 },
      });
      expect(await journal.lignes(A, 1, 10)).toHaveLength(1);
      const page = (apres: number) => lots.lignes(OPERATEUR, lotId(1), { apres, limite: 2 });
      expect([
        (await page(0)).map((l) => l.ligne),
        (await page(3)).map((l) => l.ligne),
        await page(5),
      ]).toEqual([[2, 3], [4, 5], []]);
      expect((await page(4))[0]).toEqual({
        ligne: 5,
        acte: { numero: 'N5', objet: 'L’été', papier: false },
        sort: 'refuse',
        flux: null,
        anomalies: [REFUS],
      });
      const refusees = await lots.lignes(OPERATEUR, lotId(1), { sorts: ['refuse', 'deja'], limite: 9 });
      expect(refusees.map((l) => l.ligne)).toEqual([5]);
    });

    test('a key of a collectivité is that of one batch: the second is refused, and nothing of it lands', async () => {
      const { lots, journal } = ici().store;
      await lots.creer(nouveauLot(1, { cle: 'mars' }), recu());
      expect(await codeDe(lots.creer(nouveauLot(2, { cle: 'mars' }), recu()))).toBe('VGM-NOY-001');
      expect([await lots.trouver(OPERATEUR, lotId(2)), await journal.lignes(A, 2, 9)]).toEqual([
        undefined,
        [],
      ]);
      await lots.creer(nouveauLot(3, { cle: 'mars', collectivite: B }), recu({ org: B }));
      await lots.creer(nouveauLot(4), recu());
      await lots.creer(nouveauLot(5), recu());
      expect(await lots.parCle(A, 'mars')).toEqual({ id: lotId(1), sha256: empreinte(1) });
      expect(await lots.parCle(B, 'avril')).toBeUndefined();
    });

    test('a line is deposited when a flux bears its key, whatever was written of it', async () => {
      const { lots } = ici().store;
      await lots.creer(nouveauLot(1), recu());
      await lots.creer(nouveauLot(2), recu());
      await deposer(lotId(1), 3);
      await lots.noter(lotId(1), 3, { sort: 'refuse', anomalies: [REFUS] });
      await lots.noter(lotId(1), 4, { sort: 'deja', flux: fluxId(3) });
      expect(await sorts(lotId(1))).toEqual([
        [2, 'a_faire', null],
        [3, 'depose', fluxId(3)],
        [4, 'deja', fluxId(3)],
        [5, 'refuse', null],
      ]);
      const [deposee] = await lots.lignes(OPERATEUR, lotId(1), { sorts: ['depose'], limite: 1 });
      expect(deposee?.anomalies).toEqual([]);
      expect((await lots.trouver(OPERATEUR, lotId(1)))?.comptes).toEqual({
        deposes: 1,
        deja: 1,
        refuses: 1,
        restants: 1,
      });
      // the other batch has the same lines, not the same keys; nor has the flux of another collectivité
      await ici().store.ecriture.creerFlux(
        nouveau(9, { collectivite: B, cleIdempotence: cleDeLigne(lotId(2), 2) }),
        suite(),
      );
      expect((await lots.trouver(OPERATEUR, lotId(2)))?.comptes.restants).toBe(3);
    });

    test('the first fate written stays, and what is to be done is what has none', async () => {
      const { lots } = ici().store;
      await lots.creer(nouveauLot(1), recu());
      const page = (apres: number, limite = 9) => lots.aFaire(lotId(1), { apres, limite });
      expect((await page(0)).map((l) => l.ligne)).toEqual([2, 3, 4]);
      expect(await page(3)).toEqual([{ ligne: 4, acte: ligne(4).acte }]);
      expect((await page(0, 1)).map((l) => l.ligne)).toEqual([2]);
      await lots.noter(lotId(1), 2, { sort: 'deja', flux: fluxId(8) });
      await lots.noter(lotId(1), 2, { sort: 'refuse', anomalies: [REFUS] });
      await deposer(lotId(1), 3);
      expect((await page(0)).map((l) => l.ligne)).toEqual([4]);
      expect((await sorts(lotId(1)))[0]).toEqual([2, 'deja', fluxId(8)]);
    });

    test('finished once, with the counts that stay; what held it up is forgotten', async () => {
      const { lots } = ici().store;
      await lots.creer(nouveauLot(1), recu());
      await lots.creer(nouveauLot(2), recu());
      const { fiche } = erreurDepot('VGM-DEP-001', { siren: A });
      await lots.noterErreur(lotId(1), fiche);
      expect((await lots.trouver(OPERATEUR, lotId(1)))?.erreur).toEqual(fiche);
      expect(await lots.enCours()).toEqual([1, 2].map((n) => ({ id: lotId(n), collectivite: A })));
      for (const n of [2, 3, 4]) await deposer(lotId(1), n);
      const comptes = { deposes: 3, deja: 0, refuses: 1, restants: 0 };
      await lots.terminer(lotId(1), comptes, { quand: instant(5), journal: [] });
      expect(await lots.trouver(OPERATEUR, lotId(1))).toMatchObject({
        termine: instant(5),
        erreur: null,
        comptes,
      });
      expect(await codeDe(lots.terminer(lotId(1), comptes, recu()))).toBe('VGM-NOY-001');
      expect(await codeDe(lots.abandonner(lotId(1), 'trop tard', recu()))).toBe('VGM-NOY-001');
      await lots.noterErreur(lotId(1), fiche);
      expect((await lots.trouver(OPERATEUR, lotId(1)))?.erreur).toBeNull();
      expect((await lots.enCours()).map((l) => l.id)).toEqual([lotId(2)]);
      expect(await ici().store.journal.lignes(A, 1, 9)).toHaveLength(2);
    });

    test('given up once, with its journal line: nothing of it is to be done any more', async () => {
      const { lots, journal } = ici().store;
      await lots.creer(nouveauLot(1), recu());
      await deposer(lotId(1), 2);
      await lots.abandonner(lotId(1), 'mauvais mois', recu({ ev: 'LOT_ABANDONNE' }));
      expect(await codeDe(lots.abandonner(lotId(1), 'encore', recu()))).toBe('VGM-NOY-001');
      expect(await lots.aFaire(lotId(1), { apres: 0, limite: 9 })).toEqual([]);
      expect((await sorts(lotId(1))).map(([, sort]) => sort)).toEqual([
        'depose',
        'abandonne',
        'abandonne',
        'refuse',
      ]);
      expect(await lots.trouver(OPERATEUR, lotId(1))).toMatchObject({
        abandon: 'mauvais mois',
        termine: null,
      });
      expect(await journal.lignes(A, 1, 9)).toHaveLength(2);
    });

    test('each sees its own, newest first, in progress or not', async () => {
      const { lots } = ici().store;
      for (const n of [1, 2, 3]) await lots.creer(nouveauLot(n), recu());
      await lots.creer(nouveauLot(4, { collectivite: B }), recu({ org: B }));
      await lots.terminer(
        lotId(2),
        { deposes: 0, deja: 3, refuses: 1, restants: 0 },
        { quand: T0, journal: [] },
      );
      const vus = async (...[portee, filtre]: Parameters<typeof lots.lister>) =>
        (await lots.lister(portee, filtre)).map((l) => l.id);
      expect(await vus(OPERATEUR, { limite: 9 })).toEqual([4, 3, 2, 1].map(lotId));
      expect(await vus({ collectivite: A }, { limite: 2 })).toEqual([3, 2].map(lotId));
      expect(await vus({ collectivite: A }, { limite: 2, avant: lotId(2) })).toEqual([lotId(1)]);
      expect(await vus({ collectivite: A }, { limite: 9, enCours: true })).toEqual([3, 1].map(lotId));
      const [fini] = await lots.lister(OPERATEUR, { limite: 9, enCours: false });
      expect([fini?.id, fini?.comptes]).toEqual([lotId(2), { deposes: 0, deja: 3, refuses: 1, restants: 0 }]);
      expect(await lots.trouver({ collectivite: B }, lotId(1))).toBeUndefined();
      expect(await lots.lignes({ collectivite: B }, lotId(1), { limite: 9 })).toEqual([]);
      expect(await lots.lignes({ collectivite: A }, lotId(1), { limite: 9 })).toHaveLength(4);
    });
  });
}
