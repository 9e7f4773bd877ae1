import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import { verifierChaine } from '../../../src/metier/journal.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { codeDe } from '../../contracts/montage.ts';
import {
  A,
  B,
  changement,
  collectivite,
  empreinte,
  entree,
  fluxId,
  instant,
  JOUR,
  livraisonId,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  piece,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';
import { ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';

/** What is asked for in one go goes by one transaction; each write keeps its own fate. */

let serveur: Postgres;
let base: BaseVide;
let store: Store;
beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
});
afterAll(() => serveur.fermer());
beforeEach(async () => {
  const clock = creerFakeClock(T0);
  store = await ouvrirSur(base, { clock, random: creerFakeRandom(clock) });
  await serveur.vider(base);
});
afterEach(() => store.fermer());

/** Batches committed by this store so far: each leaves its number. */
async function lots(): Promise<number> {
  const [ligne] = await serveur.sql<{ lot: string }>(
    `SELECT max(lot) AS lot FROM ${base.utilisateur}.ecrivains`,
  );
  return Number(ligne?.lot ?? 0);
}

const creer = async (n: number, partie: Parameters<typeof nouveau>[1] = {}): Promise<Flux> =>
  (await store.ecriture.creerFlux(nouveau(n, partie), suite())).flux;
const lire = async (n: number): Promise<Flux | undefined> => store.flux.trouver(OPERATEUR, fluxId(n));

describe('one transaction for all', () => {
  test('writes of every kind asked for together share one COMMIT', async () => {
    const [un, deux] = [await creer(1), await creer(2)];
    const avant = await lots();
    await Promise.all([
      store.ecriture.ecrire(suite({ flux: [changement(un, { etat: 'controle' })], journal: [entree()] })),
      store.ecriture.creerFlux(nouveau(3), suite({ nouvellesLivraisons: [nouvelleLivraison(1)] })),
      store.ecriture.creerRetour(nouveauRetour(1), suite({ journal: [entree({ org: 'operateur' })] })),
      store.numerotation.reserver({ flux: deux.id, serie: 's', jour: JOUR, limite: 9 }),
      store.debits.reserver({ destination: 'd', flux: deux.id, octets: 1, plafond: 9, quand: T0 }),
    ]);
    expect(await lots()).toBe(avant + 1);
    expect(await store.journal.chaines()).toEqual([A, 'operateur']);
  });

  test('thousands of writes asked for at once do not make one endless transaction', async () => {
    const avant = await lots();
    await Promise.all(
      Array.from({ length: 2500 }, () => store.ecriture.ecrire(suite({ journal: [entree()] }))),
    );
    expect(await lots()).toBe(avant + 3);
    const chaine = await store.journal.lignes(A, 1, 5000);
    expect(chaine).toHaveLength(2500);
    expect(verifierChaine(chaine)).toEqual([]);
  });

  test('a card that changes goes alone, and the order is kept around it', async () => {
    const avant = await lots();
    const issues = await Promise.all([
      store.ecriture.ecrire(suite({ journal: [entree({ ev: 'UN' })] })),
      store.ecriture.ecrire(suite({ journal: [entree({ ev: 'DEUX' })] })),
      store.collectivites.enregistrer(collectivite(), { quand: T0, journal: [entree({ ev: 'FICHE' })] }),
      store.ecriture.ecrire(suite({ journal: [entree({ ev: 'TROIS' })] })),
    ]);
    expect(issues).toHaveLength(4);
    expect(await lots()).toBe(avant + 3);
    const evs = (await store.journal.lignes(A, 1, 9)).map((l) => (JSON.parse(l) as { ev: string }).ev);
    expect(evs).toEqual(['UN', 'DEUX', 'FICHE', 'TROIS']);
  });

  test('what is closed while it waits is written first', async () => {
    const enRoute = Array.from({ length: 9 }, (_, n) =>
      store.ecriture.creerRetour(nouveauRetour(n), suite()),
    );
    await store.fermer();
    expect(new Set(await Promise.all(enRoute))).toEqual(new Set(['cree']));
    expect(await codeDe(store.ecriture.ecrire(suite()))).toBe('VGM-NOY-005');
  });
});

describe('order inside a batch', () => {
  test('two changes of the same flux both land, the second on what the first left', async () => {
    const flux = await creer(1);
    const avant = await lots();
    await Promise.all([
      store.ecriture.ecrire(
        suite({ flux: [changement(flux, { etat: 'controle', complement: { a: 1 }, pieces: [piece(2)] })] }),
      ),
      store.ecriture.ecrire({
        quand: instant(5),
        flux: [changement(flux, { ver: 2, etat: 'pret', complement: { b: 2 }, pieces: [piece(3)] })],
        journal: [],
      }),
    ]);
    expect(await lots()).toBe(avant + 1);
    expect(await lire(1)).toMatchObject({
      etat: 'pret',
      ver: 3,
      modifie: instant(5),
      resume: { a: 1, b: 2 },
    });
    expect((await store.flux.pieces(OPERATEUR, flux.id)).map((p) => [p.rang, p.nom])).toEqual([
      [0, 'piece-1.pdf'],
      [1, 'piece-2.pdf'],
      [2, 'piece-3.pdf'],
    ]);
    expect(await store.flux.compter(OPERATEUR)).toEqual({ pret: 1 });
  });

  test('a flux may be created, changed and counted within one', async () => {
    const { ecriture } = store;
    const [cree] = await Promise.all([
      ecriture.creerFlux(nouveau(1), suite()),
      ecriture.ecrire(
        suite({
          flux: [
            changement({ ...nouveau(1), ver: 1, tentatives: 0, alerte: null, erreur: null } as never, {
              etat: 'controle',
              due: T0,
            }),
          ],
        }),
      ),
    ]);
    expect(cree.type).toBe('cree');
    expect(await lire(1)).toMatchObject({ etat: 'controle', ver: 2 });
    expect(await store.flux.compter(OPERATEUR)).toEqual({ controle: 1 });
  });

  test('an identity that one write frees is taken by the next; two deposits of the same are one and its double', async () => {
    const premier = await creer(1);
    const { identite } = premier;
    const [, second, troisieme] = await Promise.all([
      store.ecriture.ecrire(suite({ flux: [changement(premier, { etat: 'refuse', due: null })] })),
      store.ecriture.creerFlux(nouveau(2, { identite }), suite()),
      store.ecriture.creerFlux(nouveau(3, { identite }), suite({ journal: [entree()] })),
    ]);
    expect(second.type).toBe('cree');
    expect(troisieme).toEqual({ type: 'doublon', par: 'identite', flux: second.flux });
    expect(await store.journal.lignes(A, 1, 9)).toEqual([]);
    const retour = { ...premier, ver: 2 } as Flux;
    const reprise = suite({ flux: [changement(retour, { etat: 'acquitte', due: null })] });
    expect(await codeDe(store.ecriture.ecrire(reprise))).toBe('VGM-NOY-001');
  });

  test('the same key, content or bytes twice in one batch: the first stands', async () => {
    const { ecriture } = store;
    const contenu = empreinte(7);
    const [a, b, c, d] = await Promise.all([
      ecriture.creerFlux(nouveau(1, { cleIdempotence: 'k', contenu }), suite()),
      ecriture.creerFlux(nouveau(2, { cleIdempotence: 'k', empreinteDemande: empreinte(1) }), suite()),
      ecriture.creerFlux(nouveau(3, { cleIdempotence: 'k' }), suite()),
      ecriture.creerFlux(nouveau(4, { contenu }), suite()),
    ]);
    expect([a.type, b.type, c.type, d]).toEqual([
      'cree',
      'rejeu',
      'cle_prise',
      { type: 'doublon', par: 'contenu', flux: a.flux },
    ]);
    const encore = nouveauRetour(2, { sha256: empreinte(1) });
    const issues = await Promise.all([
      ecriture.creerRetour(nouveauRetour(1), suite()),
      ecriture.creerRetour(encore, suite()),
    ]);
    expect(issues).toEqual(['cree', 'deja_vu']);
  });

  test('numbers drawn and given back within one batch', async () => {
    const flux = [await creer(1), await creer(2), await creer(3)];
    const tirer = (n: number) =>
      store.numerotation.reserver({ flux: fluxId(n), serie: 's', jour: JOUR, limite: 9 });
    await tirer(1);
    const fin = changement(flux[0] as Flux, { etat: 'abandonne', due: null, rendre: true });
    const [deux, , trois] = await Promise.all([
      tirer(2),
      store.ecriture.ecrire(suite({ flux: [fin] })),
      tirer(3),
    ]);
    expect([deux.numero, trois.numero]).toEqual([2, 1]);
    const [rendus] = await serveur.sql<{ n: string }>(
      `SELECT count(*) AS n FROM ${base.utilisateur}.numeros_rendus`,
    );
    expect(Number(rendus?.n)).toBe(0);
  });
});

describe('a refused write leaves its neighbours alone', () => {
  test('refused by us, in the same transaction', async () => {
    const [un, deux] = [await creer(1), await creer(2)];
    const avant = await lots();
    const mauvais = suite({
      flux: [changement(un, { etat: 'controle', pieces: [piece(9)] }), changement(deux, { ver: 99 })],
      nouvellesLivraisons: [nouvelleLivraison(1)],
      journal: [entree({ ev: 'NON' })],
    });
    const codes = await Promise.all([
      codeDe(store.ecriture.ecrire(suite({ journal: [entree({ ev: 'UN' })] }))),
      codeDe(store.ecriture.ecrire(mauvais)),
      codeDe(store.ecriture.ecrire(suite({ flux: [changement(un, { etat: 'pret' })], journal: [entree()] }))),
    ]);
    expect(codes).toEqual(['rien', 'VGM-NOY-001', 'rien']);
    expect(await lots()).toBe(avant + 1);
    expect(await lire(1)).toMatchObject({ etat: 'pret', ver: 2 });
    expect(await store.flux.pieces(OPERATEUR, un.id)).toHaveLength(1);
    expect(await store.livraisons.lister(OPERATEUR, { limite: 9 })).toEqual([]);
    const chaine = await store.journal.lignes(A, 1, 9);
    expect(chaine).toHaveLength(2);
    expect(verifierChaine(chaine)).toEqual([]);
  });

  test('refused by PostgreSQL (a debt of no flux, a number beyond its column, an identifier taken), it alone is refused', async () => {
    const un = await creer(1);
    const orpheline = suite({ nouvellesLivraisons: [nouvelleLivraison(5, { flux: fluxId(404) })] });
    const depots = [2, 3, 4, 5, 6].map((n) =>
      codeDe(store.ecriture.creerFlux(nouveau(n), suite({ journal: [entree()] }))),
    );
    const fautes = [
      codeDe(store.ecriture.ecrire(orpheline)),
      codeDe(store.ecriture.ecrire(suite({ flux: [changement(un, { tentatives: 1e12 })] }))),
      codeDe(store.ecriture.creerFlux(nouveau(8, { id: fluxId(1) }), suite())),
    ];
    const reste = [9, 10].map((n) =>
      codeDe(store.ecriture.creerFlux(nouveau(n), suite({ journal: [entree()] }))),
    );
    expect(await Promise.all([...depots, ...reste])).toEqual(Array.from({ length: 7 }, () => 'rien'));
    expect(await Promise.all(fautes)).toEqual(['VGM-NOY-004', 'VGM-NOY-004', 'VGM-NOY-004']);
    expect(await store.flux.compter(OPERATEUR)).toEqual({ depose: 8 });
    const chaine = await store.journal.lignes(A, 1, 99);
    expect(chaine).toHaveLength(7);
    expect(verifierChaine(chaine)).toEqual([]);
  });

  test('a NUL, or half a letter, is kept as the sign of what cannot be read; JSON and the journal keep their escapes', async () => {
    const identite = 'a\0b\ud800c';
    const { flux } = await store.ecriture.creerFlux(
      nouveau(1, { identite, resume: { objet: identite } }),
      suite({ journal: [entree({ tx: fluxId(1), motif: identite })] }),
    );
    const lus = await store.flux.parIdentite(OPERATEUR, identite);
    expect(lus.map((f) => [f.id, f.identite, f.resume])).toEqual([
      [flux.id, 'a\uFFFDb\uFFFDc', { objet: identite }],
    ]);
    expect(verifierChaine(await store.journal.lignes(A, 1, 9))).toEqual([]);
    expect(await store.flux.lister(OPERATEUR, { recherche: '\0', limite: 9 })).toEqual(lus);
  });

  test('a debt written twice under the same identifier is refused the second time', async () => {
    await creer(1);
    const dette = suite({ nouvellesLivraisons: [nouvelleLivraison(1)] });
    const codes = await Promise.all([
      codeDe(store.ecriture.ecrire(dette)),
      codeDe(store.ecriture.ecrire(dette)),
    ]);
    expect(codes).toEqual(['rien', 'VGM-NOY-004']);
    expect((await store.livraisons.trouver(OPERATEUR, livraisonId(1)))?.ver).toBe(1);
  });

  test('a card refused is undone whole, with its journal', async () => {
    const secrets = [{ id: 'absent', secrets: ['s'] }];
    const refusee = store.collectivites.enregistrer(collectivite({ siren: B }), {
      quand: T0,
      journal: [entree({ org: B })],
      secrets,
    });
    expect(await codeDe(refusee)).toBe('VGM-NOY-004');
    expect(await store.collectivites.trouver(B)).toBeUndefined();
    expect(await store.journal.chaines()).toEqual([]);
  });
});

test('nobody is answered, success or refusal, before COMMIT', async () => {
  const flux = await creer(1);
  // COMMIT is held back until this row is let go.
  await serveur.sql(`
    CREATE FUNCTION ${base.utilisateur}.attendre() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER attendre AFTER INSERT ON ${base.utilisateur}.journal
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${base.utilisateur}.attendre()`);
  const verrou = await serveur.session();
  await verrou.query('SELECT pg_advisory_lock(42)');
  const dits: string[] = [];
  const ecrite = store.ecriture.ecrire(suite({ journal: [entree()] })).then(() => dits.push('écrite'));
  const refusee = codeDe(store.ecriture.ecrire(suite({ flux: [changement(flux, { ver: 9 })] }))).then(() =>
    dits.push('refusée'),
  );
  await serveur.jusqua(
    `SELECT count(*) > 0 AS vrai FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
  );
  expect(dits).toEqual([]);
  expect(await store.journal.lignes(A, 1, 9)).toEqual([]);
  await verrou.query('SELECT pg_advisory_unlock(42)');
  await Promise.all([ecrite, refusee]);
  await verrou.end();
  expect(dits.toSorted()).toEqual(['refusée', 'écrite']);
  await serveur.sql(`DROP TRIGGER attendre ON ${base.utilisateur}.journal`);
});
