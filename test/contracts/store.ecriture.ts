import { describe, expect, test } from 'vitest';
import { LIBERE_IDENTITE } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import { verifierChaine } from '../../src/metier/journal.ts';
import { type Ecriture, OPERATEUR, type Store } from '../../src/ports/store.ts';
import { codeDe } from './montage.ts';
import type { Contexte } from './store.contract.ts';
import {
  A,
  B,
  changement,
  empreinte,
  entree,
  fluxId,
  instant,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  piece,
  retourId,
  suite,
  T0,
} from './store.fabrique.ts';

async function cree(store: Store, n: number): Promise<Flux> {
  return (await store.ecriture.creerFlux(nouveau(n), suite())).flux;
}

export function reglesEcriture(ici: () => Contexte): void {
  describe('creation of a flux', () => {
    test('a new flux is « depose », due, with its pieces, and its suite is written with it', async () => {
      const { store } = ici();
      const rendu = await store.ecriture.creerFlux(
        nouveau(1, { pieces: [piece(1), piece(2, 'annexe')] }),
        suite({
          journal: [entree({ ev: 'DEPOT', tx: fluxId(1) })],
          nouvellesLivraisons: [nouvelleLivraison(7)],
        }),
      );
      expect(rendu.type).toBe('cree');
      expect(rendu.flux).toEqual({
        id: fluxId(1),
        protocole: 'ACTES',
        collectivite: A,
        etat: 'depose',
        ver: 1,
        due: T0,
        tentatives: 0,
        identite: `034-${A}-20261120-N1-DE`,
        resume: { objet: 'Délibération n° 1' },
        nomEnvoi: null,
        cite: null,
        depose: T0,
        modifie: T0,
        transmis: null,
        solde: null,
        alerte: null,
        erreur: null,
      });
      expect(await store.flux.trouver(OPERATEUR, fluxId(1))).toEqual(rendu.flux);
      expect((await store.flux.pieces(OPERATEUR, fluxId(1))).map((p) => [p.rang, p.role, p.ajoutee])).toEqual(
        [
          [0, 'document', T0],
          [1, 'annexe', T0],
        ],
      );
      expect(await store.journal.lignesDuFlux(OPERATEUR, fluxId(1))).toHaveLength(1);
      expect(await store.livraisons.lister(OPERATEUR, { limite: 10 })).toHaveLength(1);
    });

    test('same key and same content: the first answer again, nothing written', async () => {
      const { store } = ici();
      const premier = await store.ecriture.creerFlux(nouveau(1, { cleIdempotence: 'k' }), suite());
      const encore = await store.ecriture.creerFlux(
        nouveau(2, { cleIdempotence: 'k', empreinteDemande: empreinte(1) }),
        suite({ journal: [entree()] }),
      );
      expect(encore).toEqual({ type: 'rejeu', flux: premier.flux });
      expect(await store.journal.lignes(A, 1, 10)).toEqual([]);
      expect(await store.flux.trouver(OPERATEUR, fluxId(2))).toBeUndefined();
    });

    test('same key and other content is refused; the same key of another collectivité is free', async () => {
      const { store } = ici();
      await store.ecriture.creerFlux(nouveau(1, { cleIdempotence: 'k' }), suite());
      const autre = await store.ecriture.creerFlux(nouveau(2, { cleIdempotence: 'k' }), suite());
      expect([autre.type, autre.flux.id]).toEqual(['cle_prise', fluxId(1)]);
      const ailleurs = nouveau(3, { collectivite: B, cleIdempotence: 'k' });
      expect((await store.ecriture.creerFlux(ailleurs, suite())).type).toBe('cree');
      expect(await store.flux.parCle(A, 'k')).toEqual({ flux: autre.flux, empreinteDemande: empreinte(1) });
      expect(await store.flux.parCle(A, 'autre')).toBeUndefined();
    });

    test('an identity stands once: the second deposit is shown the first, and its suite is not written', async () => {
      const { store } = ici();
      const premier = await cree(store, 1);
      const second = nouveau(2, { identite: premier.identite });
      const [a, b] = await Promise.all([
        store.ecriture.creerFlux(second, suite({ journal: [entree()] })),
        store.ecriture.creerFlux({ ...second, id: fluxId(3) }, suite({ journal: [entree()] })),
      ]);
      expect([a, b]).toEqual([
        { type: 'doublon', par: 'identite', flux: premier },
        { type: 'doublon', par: 'identite', flux: premier },
      ]);
      expect(await store.journal.lignes(A, 1, 10)).toEqual([]);
    });

    test.each(LIBERE_IDENTITE)('« %s » frees the identity', async (etat) => {
      const { store } = ici();
      const premier = await cree(store, 1);
      await store.ecriture.ecrire(suite({ flux: [changement(premier, { etat, due: null })] }));
      const second = nouveau(2, { identite: premier.identite });
      expect((await store.ecriture.creerFlux(second, suite())).type).toBe('cree');
      const trouves = await store.flux.parIdentite(OPERATEUR, premier.identite);
      expect(trouves.map((f) => f.id)).toEqual([fluxId(2), fluxId(1)]);
    });

    test('a freed identity is taken back as long as no other flux stands under it: VGM-NOY-001 afterwards', async () => {
      const { store } = ici();
      const [libre, pris] = [await cree(store, 1), await cree(store, 2)];
      const etats = async (etat: 'anomalie' | 'acquitte') => {
        const lus = await Promise.all([libre, pris].map((f) => store.flux.trouver(OPERATEUR, f.id)));
        return lus.map((f) => suite({ flux: [changement(f as Flux, { etat, due: null })] }));
      };
      for (const refus of await etats('anomalie')) await store.ecriture.ecrire(refus);
      expect((await store.ecriture.creerFlux(nouveau(3, { identite: pris.identite }), suite())).type).toBe(
        'cree',
      );
      const [reprise, tardive] = await etats('acquitte');
      await store.ecriture.ecrire(reprise as Ecriture);
      expect(await codeDe(store.ecriture.ecrire(tardive as Ecriture))).toBe('VGM-NOY-001');
      expect((await store.flux.trouver(OPERATEUR, libre.id))?.etat).toBe('acquitte');
      expect((await store.flux.trouver(OPERATEUR, pris.id))?.etat).toBe('anomalie');
    });

    test('a flux may cite only a flux of its own collectivité', async () => {
      const { store } = ici();
      await cree(store, 1);
      const correct = await store.ecriture.creerFlux(nouveau(2, { cite: fluxId(1) }), suite());
      expect(correct.flux.cite).toBe(fluxId(1));
      const etranger = nouveau(3, { cite: fluxId(1), collectivite: B });
      expect(await codeDe(store.ecriture.creerFlux(etranger, suite()))).toBe('VGM-NOY-003');
    });
  });

  describe('change of a flux', () => {
    test('version moves by one, summary is merged, pieces are added after the others', async () => {
      const { store } = ici();
      const flux = await cree(store, 1);
      await store.ecriture.ecrire({
        quand: instant(5),
        flux: [
          changement(flux, {
            etat: 'pret',
            due: instant(9),
            tentatives: 2,
            alerte: 'sans accusé',
            erreur: { code: 'X', nature: 'passagere', message: 'm', cause: 'c', remede: 'r' },
            nomEnvoi: 'archive.tar.gz',
            transmis: instant(4),
            complement: { numero: 3 },
            pieces: [piece(9, 'archive')],
          }),
        ],
        journal: [],
      });
      const lu = await store.flux.trouver(OPERATEUR, flux.id);
      expect(lu).toMatchObject({
        etat: 'pret',
        ver: flux.ver + 1,
        due: instant(9),
        tentatives: 2,
        alerte: 'sans accusé',
        erreur: { code: 'X' },
        nomEnvoi: 'archive.tar.gz',
        transmis: instant(4),
        solde: null,
        resume: { objet: 'Délibération n° 1', numero: 3 },
        modifie: instant(5),
        depose: T0,
      });
      expect((await store.flux.pieces(OPERATEUR, flux.id)).map((p) => [p.rang, p.role])).toEqual([
        [0, 'document'],
        [1, 'archive'],
      ]);
      expect((await store.flux.parNomEnvoi(OPERATEUR, 'archive.tar.gz'))?.id).toBe(flux.id);
    });

    test('what a change does not name stays; an outgoing name never changes', async () => {
      const { store } = ici();
      const flux = await cree(store, 1);
      const pret = changement(flux, { nomEnvoi: 'n1', transmis: instant(1), solde: instant(2) });
      await store.ecriture.ecrire(suite({ flux: [pret] }));
      const suivant = changement(flux, { ver: flux.ver + 1 });
      await store.ecriture.ecrire(suite({ flux: [suivant] }));
      const lu = await store.flux.trouver(OPERATEUR, flux.id);
      expect(lu).toMatchObject({ nomEnvoi: 'n1', transmis: instant(1), solde: instant(2), ver: 3 });
      const autreNom = changement(flux, { ver: 3, nomEnvoi: 'n2' });
      expect(await codeDe(store.ecriture.ecrire(suite({ flux: [autreNom] })))).toBe('VGM-NOY-004');
    });

    test('a version that is not the present one: VGM-NOY-001, and nothing of the Ecriture landed', async () => {
      const { store } = ici();
      const [un, deux] = [await cree(store, 1), await cree(store, 2)];
      const ecriture = suite({
        flux: [changement(un, { etat: 'controle' }), changement(deux, { ver: 99 })],
        nouvellesLivraisons: [nouvelleLivraison(1)],
        journal: [entree()],
      });
      expect(await codeDe(store.ecriture.ecrire(ecriture))).toBe('VGM-NOY-001');
      expect(await store.flux.trouver(OPERATEUR, un.id)).toEqual(un);
      expect(await store.livraisons.lister(OPERATEUR, { limite: 10 })).toEqual([]);
      expect(await store.journal.lignes(A, 1, 10)).toEqual([]);
    });

    test('two writers of the same version: one wins', async () => {
      const { store } = ici();
      const flux = await cree(store, 1);
      const change = suite({ flux: [changement(flux, { etat: 'controle' })] });
      const codes = await Promise.all([1, 2].map(() => codeDe(store.ecriture.ecrire(change))));
      expect(codes.toSorted()).toEqual(['VGM-NOY-001', 'rien']);
    });

    test('a flux that does not exist: VGM-NOY-003', async () => {
      const { store } = ici();
      const flux = await cree(store, 1);
      const inconnu = changement(flux, { id: fluxId(99) });
      expect(await codeDe(store.ecriture.ecrire(suite({ flux: [inconnu] })))).toBe('VGM-NOY-003');
    });
  });

  describe('journal', () => {
    test('one chain per tenant, numbered from 1, that « sha256sum » follows', async () => {
      const { store } = ici();
      await store.ecriture.ecrire(suite({ journal: [entree(), entree({ org: 'operateur' }), entree()] }));
      await store.ecriture.ecrire(suite({ quand: instant(1500), journal: [entree({ motif: 'é "x"' })] }));
      expect(await store.journal.chaines()).toEqual([A, 'operateur']);
      const lignes = await store.journal.lignes(A, 1, 100);
      expect(lignes).toHaveLength(3);
      expect(verifierChaine(lignes)).toEqual([]);
      expect(verifierChaine(await store.journal.lignes('operateur', 1, 100))).toEqual([]);
      const derniere = JSON.parse(lignes[2] ?? '') as Record<string, unknown>;
      expect(derniere).toMatchObject({ n: 3, t: '2026-11-20T09:00:01.500Z', motif: 'é "x"' });
      expect(derniere['sel']).toMatch(/^[0-9a-f]{32}$/);
      expect(await store.journal.lignes(A, 2, 1)).toEqual([lignes[1]]);
    });

    test('concurrent refusals leave no hole in the chain', async () => {
      const { store } = ici();
      const flux = await cree(store, 1);
      const bon = suite({ journal: [entree()] });
      const mauvais = suite({ flux: [changement(flux, { ver: 99 })], journal: [entree(), entree()] });
      await Promise.allSettled([bon, mauvais, bon, mauvais, bon].map((e) => store.ecriture.ecrire(e)));
      const lignes = await store.journal.lignes(A, 1, 100);
      expect(lignes).toHaveLength(3);
      expect(verifierChaine(lignes)).toEqual([]);
    });

    test('lines of a flux come in order with their digests; a tenant sees its own chain only', async () => {
      const { store } = ici();
      await cree(store, 1);
      const tx = fluxId(1);
      await store.ecriture.ecrire(
        suite({ journal: [entree({ tx }), entree({ org: 'operateur', tx }), entree({ tx, ev: 'FIN' })] }),
      );
      const toutes = await store.journal.lignesDuFlux(OPERATEUR, tx);
      expect(toutes.map((l) => (JSON.parse(l.ligne) as { org: string }).org)).toEqual([A, 'operateur', A]);
      expect(toutes.every((l) => /^[0-9a-f]{64}$/.test(l.sha256))).toBe(true);
      expect(await store.journal.lignesDuFlux({ collectivite: A }, tx)).toHaveLength(2);
      expect(await store.journal.lignesDuFlux({ collectivite: B }, tx)).toHaveLength(0);
    });
  });

  describe('returns', () => {
    test('a message read twice is kept once, and its suite written once', async () => {
      const { store } = ici();
      const s = suite({ journal: [entree({ org: 'operateur' })] });
      expect(await store.ecriture.creerRetour(nouveauRetour(1), s)).toBe('cree');
      const encore = nouveauRetour(2, { sha256: empreinte(1) });
      expect(await store.ecriture.creerRetour(encore, s)).toBe('deja_vu');
      expect(await store.journal.lignes('operateur', 1, 10)).toHaveLength(1);
      const lu = await store.retours.parEmpreinte(empreinte(1), null);
      expect(lu).toMatchObject({ id: retourId(1), etat: 'recu', recu: T0, due: T0, flux: [], ver: 1 });
      expect(await store.retours.parEmpreinte(empreinte(9), null)).toBeUndefined();
    });

    test('a file of the gateway is told by its bytes and its name: two answers may say the same words', async () => {
      const { store } = ici();
      const { creerRetour } = store.ecriture;
      const fichier = (n: number, nom: string | null) =>
        nouveauRetour(n, { sha256: empreinte(1), source: 'dgfip:essai', nom });
      expect(await creerRetour(fichier(1, 'ack-1.xml'), suite())).toBe('cree');
      expect(await creerRetour(fichier(2, 'ack-2.xml'), suite())).toBe('cree');
      expect(await creerRetour(fichier(3, 'ack-1.xml'), suite())).toBe('deja_vu');
      expect(await creerRetour(fichier(4, null), suite())).toBe('cree');
      const lus = await Promise.all(
        ['ack-1.xml', 'ack-2.xml', null].map((nom) => store.retours.parEmpreinte(empreinte(1), nom)),
      );
      expect(lus.map((r) => [r?.id, r?.nom])).toEqual([
        [retourId(1), 'ack-1.xml'],
        [retourId(2), 'ack-2.xml'],
        [retourId(4), null],
      ]);
    });

    test('a tenant sees the returns attributed to its flux, without the flux of others', async () => {
      const { store } = ici();
      await cree(store, 1);
      await store.ecriture.creerFlux(nouveau(2, { collectivite: B }), suite());
      await store.ecriture.creerRetour(nouveauRetour(1), suite());
      await store.ecriture.creerRetour(nouveauRetour(2), suite());
      const change = {
        id: retourId(1),
        ver: 1,
        etat: 'attribue',
        due: null,
        tentatives: 1,
        motif: 'm',
        flux: [fluxId(2), fluxId(1)],
      } as const;
      await store.ecriture.ecrire(suite({ retours: [change] }));
      expect(await store.retours.trouver(OPERATEUR, retourId(1))).toMatchObject({
        etat: 'attribue',
        flux: [fluxId(2), fluxId(1)],
        ver: 2,
        motif: 'm',
      });
      const pourA = await store.retours.lister({ collectivite: A }, { limite: 10 });
      expect(pourA.map((r) => [r.id, r.flux])).toEqual([[retourId(1), [fluxId(1)]]]);
      expect(await store.retours.trouver({ collectivite: A }, retourId(2))).toBeUndefined();
      const tous = await store.retours.lister(OPERATEUR, { limite: 10 });
      expect(tous.map((r) => r.id)).toEqual([retourId(2), retourId(1)]);
      const recus = await store.retours.lister(OPERATEUR, { etats: ['recu', 'classe'], limite: 10 });
      expect(recus.map((r) => r.id)).toEqual([retourId(2)]);
      expect(await codeDe(store.ecriture.ecrire(suite({ retours: [change] })))).toBe('VGM-NOY-001');
    });
  });
}
