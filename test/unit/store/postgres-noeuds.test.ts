import { setTimeout as attendre } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import type { Etat } from '../../../src/metier/etats.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import type { FluxId, Instant, LivraisonId, Siren } from '../../../src/metier/identifiants.ts';
import { verifierChaine } from '../../../src/metier/journal.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { codeDe } from '../../contracts/montage.ts';
import {
  A,
  changement,
  demande,
  empreinte,
  entree,
  JOUR,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';
import { ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';
import { chaineEntiere } from './coups.ts';

/** Two daemons on one base. */

const clock = creerClockSysteme();
const random = creerRandomSysteme(clock);
let serveur: Postgres;
let base: BaseVide;
let noeuds: [Store, Store];
const entendus: [string[], string[]] = [[], []];
beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
});
afterAll(() => serveur.fermer());
beforeEach(async () => {
  for (const liste of entendus) liste.length = 0;
  const ouvrir = (rang: 0 | 1) => ouvrirSur(base, { surAnnonce: (file) => entendus[rang].push(file) });
  noeuds = [await ouvrir(0), await ouvrir(1)];
  await serveur.vider(base);
  for (const liste of entendus) while (!liste.includes('livraisons')) await attendre(5);
  for (const liste of entendus) liste.length = 0;
});
afterEach(() => Promise.all(noeuds.map((n) => n.fermer())));

const compter = async (sql: string): Promise<number> =>
  Number((await serveur.sql<{ n: string }>(sql.replaceAll('$', `${base.utilisateur}.`)))[0]?.n);

const SIRENS = Array.from({ length: 5 }, (_, n) => String(213_400_000 + n) as Siren);
const CHAINE: readonly Etat[] = ['controle', 'pret', 'en_ligne', 'transmis', 'acquitte'];

/** What both nodes do, and what must never happen. */
class Charge {
  readonly fin = new AbortController();
  readonly #enMain = new Set<FluxId>();
  readonly doubles: FluxId[] = [];
  readonly numeros: number[] = [];
  acquittes = 0;
  deposes = 0;

  async deposer(store: Store): Promise<void> {
    for (let n = 0; !this.fin.signal.aborted; n += 1) {
      const id = random.uuid() as FluxId;
      const siren = SIRENS[n % SIRENS.length] as Siren;
      const quand = clock.now();
      await store.ecriture.creerFlux(
        nouveau(1, { id, identite: id, collectivite: siren, due: quand }),
        suite({ quand, journal: [entree({ org: siren, tx: id }), entree({ org: 'operateur', tx: id })] }),
      );
      this.deposes += 1;
    }
  }

  async travailler(store: Store, proprietaire: string): Promise<void> {
    while (!this.fin.signal.aborted) {
      const quand = clock.now();
      const pris = await store.file.reclamerFlux(
        demande({ quand, nombre: 12, proprietaire, bail: quand + 60_000 }),
      );
      await Promise.all(pris.map((f) => this.#mener(store, f, proprietaire)));
      if (pris.length === 0) await attendre(2);
    }
  }

  async #mener(store: Store, reclame: Flux, par: string): Promise<void> {
    if (this.#enMain.has(reclame.id)) this.doubles.push(reclame.id);
    this.#enMain.add(reclame.id);
    let flux = reclame;
    for (const etat of CHAINE) {
      if (etat === 'pret') await this.#tirer(store, flux.id);
      const fin = etat === 'acquitte';
      const jusqua = fin ? null : ((clock.now() + 60_000) as Instant);
      // Let go before it is written that it is: the other node may take it at once.
      if (fin) this.#enMain.delete(flux.id);
      await store.ecriture.ecrire({
        quand: clock.now(),
        flux: [changement(flux, { etat, due: fin ? null : flux.due, tenu: { par, jusqua } })],
        nouvellesLivraisons: fin
          ? [nouvelleLivraison(1, { id: random.uuid() as LivraisonId, flux: flux.id })]
          : [],
        journal: [
          entree({ org: flux.collectivite, tx: flux.id }),
          ...(fin ? [entree({ org: 'operateur' })] : []),
        ],
      });
      flux = { ...flux, etat, ver: flux.ver + 1 };
    }
    this.acquittes += 1;
  }

  async #tirer(store: Store, flux: FluxId): Promise<void> {
    const { numero } = await store.numerotation.reserver({ flux, serie: 's', jour: JOUR, limite: 1e9 });
    this.numeros.push(numero);
    await store.debits.reserver({ destination: 'd', flux, octets: 10, plafond: 1e9, quand: T0 });
  }
}

test('two nodes on the same rows for a few seconds: nothing twice, nothing lost, no hole, no deadlock', async () => {
  const charge = new Charge();
  const cours = noeuds.flatMap((store, rang) => [
    charge.deposer(store),
    charge.deposer(store),
    charge.travailler(store, `a${rang}`),
    charge.travailler(store, `b${rang}`),
  ]);
  // The pool is also read, and leases are put off, while all this goes on.
  const lecteur = async (): Promise<void> => {
    while (!charge.fin.signal.aborted) {
      const [un, deux] = noeuds;
      const liste = await un.flux.lister(OPERATEUR, { etats: ['depose', 'pret'], limite: 50 });
      const ids = liste.map((f) => f.id).toReversed();
      const bail = (clock.now() + 60_000) as Instant;
      await deux.file.renouveler({ table: 'flux', ids, proprietaire: 'a1', bail });
    }
  };
  cours.push(lecteur());
  await attendre(4_000);
  charge.fin.abort();
  await Promise.all(cours);

  expect(charge.doubles).toEqual([]);
  expect(charge.acquittes).toBeGreaterThan(50);
  expect(charge.numeros.toSorted((a, b) => a - b)).toEqual(charge.numeros.map((_, n) => n + 1));
  expect(await compter('SELECT sum(total) AS n FROM $debits_heures')).toBe(10 * charge.numeros.length);
  const [un] = noeuds;
  for (const org of [...SIRENS, 'operateur']) {
    const chaine = await chaineEntiere(un, org);
    expect(verifierChaine(chaine), org).toEqual([]);
    expect(chaine.length).toBeGreaterThan(0);
  }
  expect(await compter('SELECT count(*) AS n FROM $journal')).toBe(
    2 * charge.deposes + 6 * charge.acquittes + charge.numeros.length,
  );
  expect(await compter('SELECT count(*) AS n FROM $flux')).toBe(charge.deposes);
  expect(await un.flux.compter(OPERATEUR)).toEqual({
    acquitte: charge.acquittes,
    ...(charge.deposes === charge.acquittes ? {} : { depose: charge.deposes - charge.acquittes }),
  });
  expect(await compter("SELECT deadlocks AS n FROM pg_stat_database WHERE datname = 'postgres'")).toBe(0);
});

test('the same deposit, the same message, the same change made by both at once: one of them', async () => {
  const [un, deux] = noeuds;
  for (let n = 1; n <= 25; n += 1) {
    const depots = await Promise.all([
      un.ecriture.creerFlux(nouveau(n), suite()),
      deux.ecriture.creerFlux(nouveau(1000 + n, { identite: nouveau(n).identite }), suite()),
    ]);
    expect(depots.map((d) => d.type).toSorted()).toEqual(['cree', 'doublon']);
    const flux = depots.find((d) => d.type === 'cree')?.flux as Flux;
    expect(depots.map((d) => d.flux.id)).toEqual([flux.id, flux.id]);
    const retours = await Promise.all([
      un.ecriture.creerRetour(nouveauRetour(n), suite()),
      deux.ecriture.creerRetour(nouveauRetour(1000 + n, { sha256: empreinte(n) }), suite()),
    ]);
    expect(retours.toSorted()).toEqual(['cree', 'deja_vu']);
    const change = suite({ flux: [changement(flux, { etat: 'controle' })], journal: [entree()] });
    const codes = await Promise.all(noeuds.map((noeud) => codeDe(noeud.ecriture.ecrire(change))));
    expect(codes.toSorted()).toEqual(['VGM-NOY-001', 'rien']);
  }
  expect(await un.journal.lignes(A, 1, 99)).toHaveLength(25);
});

test('what is due at once is heard by the other node, and not by the one that wrote it', async () => {
  const [un, deux] = noeuds;
  const { flux } = await un.ecriture.creerFlux(nouveau(1), suite());
  await un.ecriture.creerRetour(nouveauRetour(1), suite());
  await un.ecriture.ecrire(
    suite({
      flux: [changement(flux, { etat: 'pret', file: 'dest-ACTES' })],
      nouvellesLivraisons: [nouvelleLivraison(1)],
    }),
  );
  // Later, or in hand: nobody is woken up.
  const plusTard = (T0 + 60_000) as Instant;
  await un.ecriture.ecrire(suite({ flux: [changement(flux, { ver: 2, due: plusTard, file: 'jamais' })] }));
  await un.ecriture.ecrire(suite({ flux: [changement(flux, { ver: 3, garderBail: true, file: 'jamais' })] }));
  await deux.ecriture.creerRetour(nouveauRetour(2), suite());
  while (entendus[0].length < 1 || entendus[1].length < 4) await attendre(5);
  expect(entendus).toEqual([['retours'], ['flux-ACTES', 'retours', 'dest-ACTES', 'livraisons']]);
  expect(await deux.flux.trouver(OPERATEUR, flux.id)).toMatchObject({ ver: 4 });
});

test('a write that is refused wakes nobody up', async () => {
  const [un, deux] = noeuds;
  await un.ecriture.creerFlux(nouveau(1), suite());
  await un.ecriture.creerFlux(nouveau(2, { identite: nouveau(1).identite }), suite());
  const orpheline = suite({ nouvellesLivraisons: [nouvelleLivraison(5, { flux: 'aucun' as FluxId })] });
  expect(await codeDe(un.ecriture.ecrire(orpheline))).toBe('VGM-NOY-004');
  await un.ecriture.creerRetour(nouveauRetour(1), suite());
  while (entendus[1].length < 2) await attendre(5);
  expect(entendus[1]).toEqual(['flux-ACTES', 'retours']);
  expect(await deux.file.files()).toEqual(['flux-ACTES']);
});

test('a node that sleeps in mid-transaction is cut, and holds the others up no longer than that', async () => {
  const [un] = noeuds;
  await un.ecriture.ecrire(suite({ journal: [entree()] }));
  const dormeur = await serveur.session();
  await dormeur.query("SET idle_in_transaction_session_timeout = '300ms'");
  await dormeur.query(`BEGIN; SELECT * FROM ${base.utilisateur}.chaines WHERE org = '${A}' FOR UPDATE`);
  await un.ecriture.ecrire(suite({ journal: [entree()] }));
  expect(await un.journal.lignes(A, 1, 9)).toHaveLength(2);
  await expect(dormeur.query('COMMIT')).rejects.toThrow();
});
