import { beforeEach, describe, expect, test } from 'vitest';
import type { Instant, Siren } from '../../src/metier/identifiants.ts';
import type { Livraison } from '../../src/metier/notifications.ts';
import type { Contexte } from './store.contract.ts';
import { A, B, demande, nouveau, nouvelleLivraison, suite, T0 } from './store.fabrique.ts';

function compte(pris: readonly Livraison[]): Record<string, number> {
  const comptes: Record<string, number> = {};
  for (const l of pris)
    comptes[`${l.collectivite} ${l.point}`] = (comptes[`${l.collectivite} ${l.point}`] ?? 0) + 1;
  return comptes;
}

/** A receiver that hangs holds its place for the whole exchange: places are bounded per point. */
export function reglesPlaces(ici: () => Contexte): void {
  let rang = 0;
  describe('places of the debts', () => {
    beforeEach(async () => {
      await ici().store.ecriture.creerFlux(nouveau(1), suite());
    });

    const devoir = async (nombre: number, point: string, collectivite: Siren = A): Promise<void> => {
      const nouvellesLivraisons = Array.from({ length: nombre }, () =>
        nouvelleLivraison((rang += 1), { collectivite, point }),
      );
      await ici().store.ecriture.ecrire(suite({ nouvellesLivraisons }));
    };

    /** As the worker does: again as long as something is given. */
    const remplir = async (places: number, tenues: readonly Livraison[] = []): Promise<Livraison[]> => {
      const pris = [...tenues];
      for (;;) {
        const lot = await ici().store.file.reclamerLivraisons(demande({ nombre: places - pris.length }));
        if (lot.length === 0) return pris;
        pris.push(...lot);
      }
    };

    const echouer = async (l: Livraison): Promise<void> => {
      const { id, ver } = l;
      await ici().store.ecriture.ecrire(
        suite({
          livraisons: [{ id, ver, etat: 'a_faire', due: T0 as Instant, tentatives: l.tentatives + 1 }],
        }),
      );
    };

    test('a point takes a quarter of the places at most, however long its queue', async () => {
      await devoir(500, 'p1');
      expect(compte(await remplir(16))).toEqual({ [`${A} p1`]: 4 });
    });

    test('the last quarter goes to points that hold nothing', async () => {
      for (const point of ['p1', 'p2', 'p3', 'p4', 'p5']) await devoir(500, point);
      const tenues = await remplir(16);
      expect(tenues).toHaveLength(12);
      await devoir(3, 'p9', B);
      expect(compte(await remplir(16, tenues))[`${B} p9`]).toBe(1);
    });

    test('a point whose debt has failed holds one place, and those in that case half of them together', async () => {
      for (let i = 0; i < 20; i += 1) await devoir(30, `m${i}`);
      for (let tour = 0; tour < 10; tour += 1) for (const l of await remplir(16)) await echouer(l);
      const tenues = await remplir(16);
      expect(new Set(Object.values(compte(tenues)))).toEqual(new Set([1]));
      expect(tenues.length).toBe(8);
      await devoir(10, 'sain', B);
      expect(compte(await remplir(16, tenues))[`${B} sain`]).toBe(4);
    });

    test('a single place still serves everybody in turn', async () => {
      await devoir(3, 'p1');
      await devoir(1, 'p2', B);
      const vus: string[] = [];
      for (let i = 0; i < 4; i += 1) {
        const [l] = await ici().store.file.reclamerLivraisons(demande({ nombre: 1 }));
        if (l === undefined) break;
        vus.push(l.point);
        await ici().store.ecriture.ecrire(
          suite({ livraisons: [{ id: l.id, ver: l.ver, etat: 'livree', due: null, tentatives: 1 }] }),
        );
      }
      expect(vus).toEqual(['p1', 'p2', 'p1', 'p1']);
    });
  });
}
