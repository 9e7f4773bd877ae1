import { beforeEach, describe, expect, test } from 'vitest';
import { type FiltreFlux, OPERATEUR, type Portee } from '../../src/ports/store.ts';
import type { Contexte } from './store.contract.ts';
import { A, B, changement, fluxId, nouveau, suite } from './store.fabrique.ts';

const ids = (...n: number[]) => n.map(fluxId);

export function reglesLecture(ici: () => Contexte): void {
  const liste = async (portee: Portee, filtre: Partial<FiltreFlux>) =>
    (await ici().store.flux.lister(portee, { limite: 100, ...filtre })).map((f) => f.id);

  describe('reading of flux', () => {
    /** 1..6: odd ones of A, even ones of B; 3 is « pret » with an alert, 4 « refuse ». */
    beforeEach(async () => {
      const { ecriture } = ici().store;
      for (let n = 1; n <= 6; n += 1) {
        const { flux } = await ecriture.creerFlux(
          nouveau(n, { collectivite: n % 2 === 1 ? A : B, protocole: n > 4 ? 'HELIOS' : 'ACTES' }),
          suite(),
        );
        if (n === 3) {
          const pret = changement(flux, { etat: 'pret', alerte: 'retard', nomEnvoi: 'TRI-100%_x.tar.gz' });
          await ecriture.ecrire(suite({ flux: [pret] }));
        }
        if (n === 4)
          await ecriture.ecrire(suite({ flux: [changement(flux, { etat: 'refuse', due: null })] }));
      }
    });

    const deA = { collectivite: A };

    test('the scope holds everywhere: another tenant’s flux is as if it did not exist', async () => {
      const { flux } = ici().store;
      expect(await flux.trouver({ collectivite: B }, fluxId(1))).toBeUndefined();
      expect(await flux.pieces({ collectivite: B }, fluxId(1))).toEqual([]);
      expect(await flux.parNomEnvoi({ collectivite: B }, 'TRI-100%_x.tar.gz')).toBeUndefined();
      expect(await flux.parIdentite({ collectivite: B }, `034-${A}-20261120-N1-DE`)).toEqual([]);
      expect(await liste(deA, {})).toEqual(ids(5, 3, 1));
      expect(await liste(OPERATEUR, {})).toEqual(ids(6, 5, 4, 3, 2, 1));
    });

    test('pages run from the newest, strictly before the one named', async () => {
      expect(await liste(OPERATEUR, { limite: 2 })).toEqual(ids(6, 5));
      expect(await liste(OPERATEUR, { limite: 2, avant: fluxId(5) })).toEqual(ids(4, 3));
      expect(await liste(deA, { avant: fluxId(1) })).toEqual([]);
    });

    test('filters combine: states, protocol, alert', async () => {
      expect(await liste(OPERATEUR, { etats: ['pret', 'refuse'] })).toEqual(ids(4, 3));
      expect(await liste(OPERATEUR, { etats: ['depose', 'pret', 'depose'], limite: 2 })).toEqual(ids(6, 5));
      expect(await liste(deA, { etats: ['depose'] })).toEqual(ids(5, 1));
      expect(await liste(OPERATEUR, { protocole: 'HELIOS' })).toEqual(ids(6, 5));
      expect(await liste(OPERATEUR, { alerte: true })).toEqual(ids(3));
      expect(await liste({ collectivite: B }, { alerte: true })).toEqual([]);
      expect(await liste(deA, { alerte: false })).toEqual(ids(5, 1));
      expect(await liste(OPERATEUR, { etats: ['pret'], alerte: true, protocole: 'ACTES' })).toEqual(ids(3));
    });

    test('search looks in identity and outgoing name; « % » and « _ » are plain characters', async () => {
      expect(await liste(OPERATEUR, { recherche: '-n2-' })).toEqual(ids(2));
      expect(await liste(OPERATEUR, { recherche: '100%_x' })).toEqual(ids(3));
      expect(await liste(OPERATEUR, { recherche: '100__x' })).toEqual([]);
      expect(await liste(OPERATEUR, { recherche: 'TRI%gz' })).toEqual([]);
      expect(await liste(OPERATEUR, { recherche: '\\' })).toEqual([]);
    });

    test('the count follows the changes of state', async () => {
      const { flux } = ici().store;
      expect(await flux.compter(OPERATEUR)).toEqual({ depose: 4, pret: 1, refuse: 1 });
      expect(await flux.compter(deA)).toEqual({ depose: 2, pret: 1 });
    });
  });
}
