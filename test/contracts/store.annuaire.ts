import { describe, expect, test } from 'vitest';
import type { PointNotification } from '../../src/metier/collectivite.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { codeDe } from './montage.ts';
import type { Contexte } from './store.contract.ts';
import { A, B, collectivite, empreinte, entree, instant, suite, T0 } from './store.fabrique.ts';

const p1: PointNotification = {
  id: 'p1',
  canal: 'webhook',
  cible: 'https://exemple.fr/vgm',
  evenements: ['flux.acquitte'],
  actif: true,
  motif: null,
};
const p2: PointNotification = {
  ...p1,
  id: 'p2',
  canal: 'courriel',
  cible: 'actes@exemple.fr',
  evenements: [],
};

export function reglesAnnuaire(ici: () => Contexte): void {
  const rien = { journal: [], quand: T0 };

  describe('collectivités', () => {
    test('created at version 0, replaced at the version read, VGM-NOY-001 otherwise', async () => {
      const { collectivites, journal } = ici().store;
      const fiche = collectivite({
        actes: {
          departement: '034',
          arrondissement: '1',
          nature: '31',
          referent: { nom: 'Mme Durand', telephone: '0400000000', courriel: 'd@exemple.fr' },
          adressesRetour: [],
          classification: null,
        },
        points: [p2, p1],
      });
      await collectivites.enregistrer(fiche, { ...rien, journal: [entree({ ev: 'COLLECTIVITE' })] });
      expect(await collectivites.trouver(A)).toEqual({ ...fiche, ver: 1 });
      expect(await journal.lignes(A, 1, 10)).toHaveLength(1);
      expect(await codeDe(collectivites.enregistrer(fiche, rien))).toBe('VGM-NOY-001');
      await collectivites.enregistrer({ ...fiche, nom: 'Sète', points: [p1], ver: 1 }, rien);
      expect(await collectivites.trouver(A)).toEqual({ ...fiche, nom: 'Sète', points: [p1], ver: 2 });
      expect(await codeDe(collectivites.enregistrer({ ...fiche, ver: 1 }, rien))).toBe('VGM-NOY-001');
      await collectivites.enregistrer(collectivite({ siren: B }), rien);
      expect((await collectivites.lister()).map((c) => c.siren)).toEqual([A, B]);
    });

    test('a secret comes out by « secrets » only, survives other changes and dies with its point', async () => {
      const { collectivites } = ici().store;
      await collectivites.enregistrer(collectivite({ points: [p1, p2] }), {
        ...rien,
        secrets: [{ id: 'p1', secrets: ['whsec_neuf', 'whsec_vieux'] }],
      });
      expect(JSON.stringify(await collectivites.lister())).not.toContain('whsec');
      await collectivites.enregistrer(collectivite({ points: [p1], ver: 1 }), rien);
      expect(await collectivites.secrets(A, 'p1')).toEqual(['whsec_neuf', 'whsec_vieux']);
      await collectivites.enregistrer(collectivite({ points: [], ver: 2 }), rien);
      await collectivites.enregistrer(collectivite({ points: [p1], ver: 3 }), rien);
      expect(await collectivites.secrets(A, 'p1')).toEqual([]);
    });

    test('a secret for a point that does not exist is refused, and nothing is written', async () => {
      const { collectivites } = ici().store;
      const secrets = [{ id: 'absent', secrets: ['whsec_x'] }];
      expect(await codeDe(collectivites.enregistrer(collectivite(), { ...rien, secrets }))).toBe(
        'VGM-NOY-004',
      );
      expect(await collectivites.trouver(A)).toBeUndefined();
    });

    test('switching a point off moves the version, so that an older form cannot switch it back on unseen', async () => {
      const { collectivites, ecriture } = ici().store;
      await collectivites.enregistrer(collectivite({ points: [p1] }), rien);
      const point = { siren: A, id: 'p1', actif: false, motif: 'HTTP 410' };
      await ecriture.ecrire(suite({ points: [point, { ...point, id: 'parti' }] }));
      expect(await collectivites.trouver(A)).toMatchObject({
        ver: 2,
        points: [{ id: 'p1', actif: false, motif: 'HTTP 410' }],
      });
      const vieux = collectivite({ points: [p1], ver: 1 });
      expect(await codeDe(collectivites.enregistrer(vieux, rien))).toBe('VGM-NOY-001');
    });
  });

  test('a destination is held back and let go with its journal line; given twice, the order keeps its first instant', async () => {
    const { ecriture, suspensions, journal } = ici().store;
    const ordre = (destination: string, motif: string | null, quand = T0) =>
      ecriture.ecrire({
        quand,
        suspensions: [{ destination, motif, acteur: 'agent:essai' }],
        journal: [entree({ org: 'operateur', ev: 'DESTINATION_SUSPENDUE' })],
      });
    await ordre('HELIOS:nord', 'demande de la DGFiP');
    await ordre('ACTES', 'demande du ministère');
    await ordre('HELIOS:nord', 'jusqu’à lundi', instant(5_000));
    expect(await suspensions.lister()).toEqual([
      { destination: 'ACTES', motif: 'demande du ministère', acteur: 'agent:essai', depuis: T0 },
      { destination: 'HELIOS:nord', motif: 'jusqu’à lundi', acteur: 'agent:essai', depuis: T0 },
    ]);
    await ordre('HELIOS:nord', null);
    await ordre('HELIOS:nord', null);
    expect((await suspensions.lister()).map((s) => s.destination)).toEqual(['ACTES']);
    expect(await journal.lignes('operateur', 1, 10)).toHaveLength(5);
  });

  test('tokens are found by digest, listed by name, revoked once', async () => {
    const { jetons } = ici().store;
    const jeton = { nom: 'logiciel', sha256: empreinte(1), portee: { collectivite: A }, cree: T0 };
    await jetons.enregistrer(jeton);
    await jetons.enregistrer({ nom: 'admin', sha256: empreinte(2), portee: OPERATEUR, cree: T0 });
    expect(await jetons.trouver(empreinte(1))).toEqual(jeton);
    expect((await jetons.lister()).map((j) => [j.nom, j.portee])).toEqual([
      ['admin', OPERATEUR],
      ['logiciel', { collectivite: A }],
    ]);
    await jetons.enregistrer({ ...jeton, sha256: empreinte(3) });
    expect(await jetons.trouver(empreinte(1))).toBeUndefined();
    expect([await jetons.revoquer('logiciel'), await jetons.revoquer('logiciel')]).toEqual([true, false]);
    expect(await jetons.trouver(empreinte(3))).toBeUndefined();
  });
}
