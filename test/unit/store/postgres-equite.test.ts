import { afterAll, beforeAll, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { type Requete, Requetes } from '../../../src/adapters/store/postgres/requetes.ts';
import { Session } from '../../../src/adapters/store/postgres/session.ts';
import type { Siren } from '../../../src/metier/identifiants.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import {
  A,
  B,
  changement,
  demande,
  entree,
  JOUR,
  nouveau,
  nouvelleLivraison,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';
import { accesDe, ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';
import { toutFaire } from './tout-faire.ts';

/** A base with a past: 50,000 finished flux, and one depositor with 5,000 due ones. */
const FINIS = 50_000;
const requetes = new Requetes();
let serveur: Postgres;
let base: BaseVide;
let store: Store;

const semis = (schema: string): string => `
INSERT INTO ${schema}.flux
  (id, protocole, collectivite, etat, file, ver, due, tentatives, identite, resume, depose, modifie, empreinte_demande)
SELECT '019a0000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'), 'ACTES',
  CASE WHEN i > ${FINIS} THEN '${A}' ELSE lpad((100000000 + i % 500)::text, 9, '0') END,
  CASE WHEN i > ${FINIS} THEN 'depose' ELSE 'acquitte' END, 'flux-ACTES', 1,
  CASE WHEN i > ${FINIS} THEN ${T0} - 1 END, 0, 'semis-' || i, '{}', ${T0}, ${T0}, ''
FROM generate_series(1, ${FINIS + 5000}) AS i;
INSERT INTO ${schema}.chaines SELECT DISTINCT collectivite, 0, '' FROM ${schema}.flux;
VACUUM ANALYZE ${schema}.flux`;

beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
  const clock = creerFakeClock(T0);
  store = await ouvrirSur(base, { clock, random: creerFakeRandom(clock), requetes });
  for (const instruction of semis(base.utilisateur).split(';\n')) await serveur.sql(instruction);
});
afterAll(async () => {
  await store.fermer();
  await serveur.fermer();
});

test('5,000 due of A and one of B, later: B is in the first claim', async () => {
  await store.ecriture.creerFlux(nouveau(1, { collectivite: B }), suite());
  const pris = await store.file.reclamerFlux(demande({ nombre: 8, bail: T0 }));
  expect(pris.map((f) => f.collectivite)).toEqual([A, B, A, A, A, A, A, A]);
});

test('with more collectivités than places, successive claims go round all of them', async () => {
  const sirens = Array.from({ length: 30 }, (_, i) => String(300_000_000 + i) as Siren);
  await Promise.all(
    sirens.map((siren, i) => store.ecriture.creerFlux(nouveau(100 + i, { collectivite: siren }), suite())),
  );
  const vus = new Set<string>();
  for (let tour = 0; tour < 4; tour += 1) {
    const pris = await store.file.reclamerFlux(demande({ nombre: 10, quand: T0 + 1 }));
    for (const f of pris) vus.add(f.collectivite);
  }
  expect(sirens.filter((s) => !vus.has(s))).toEqual([]);
});

/** Rows of a table that were read so far, by a whole reading or by an index. */
async function lus(): Promise<Record<string, number>> {
  const lignes = await serveur.sql<{ relname: string; n: string }>(
    `SELECT relname, seq_tup_read + idx_tup_fetch AS n FROM pg_stat_user_tables
      WHERE schemaname = '${base.utilisateur}' AND seq_tup_read + idx_tup_fetch > 0`,
  );
  return Object.fromEntries(lignes.map(({ relname, n }) => [relname, Number(n)]));
}

test('what the store does costs what it touches, not what the base holds', async () => {
  await store.fermer();
  // Sessions tell what they read when they end.
  await serveur.jusqua(
    `SELECT count(*) = 0 AS vrai FROM pg_stat_activity WHERE usename = '${base.utilisateur}'`,
  );
  const avant = await lus();
  const clock = creerFakeClock(T0);
  store = await ouvrirSur(base, { clock, random: creerFakeRandom(clock), requetes });
  const { ecriture, flux, file } = store;
  for (let n = 200; n < 210; n += 1) {
    const { flux: cree } = await ecriture.creerFlux(nouveau(n), suite({ journal: [entree()] }));
    await store.numerotation.reserver({ flux: cree.id, serie: 's', jour: JOUR, limite: 99 });
    await store.debits.reserver({ destination: 'd', flux: cree.id, octets: 1, plafond: 99, quand: T0 });
    await ecriture.ecrire(
      suite({
        flux: [changement(cree, { etat: 'abandonne', due: null, rendre: true })],
        nouvellesLivraisons: [nouvelleLivraison(n, { flux: cree.id })],
        journal: [entree({ tx: cree.id })],
      }),
    );
    await file.reclamerFlux(demande({ nombre: 8, file: 'flux-ACTES' }));
    await file.reclamerLivraisons(demande());
    for (const portee of [OPERATEUR, { collectivite: A }]) {
      await flux.lister(portee, { limite: 5 });
      await flux.lister(portee, { limite: 5, etats: ['depose', 'acquitte', 'incertain'] });
      await flux.parIdentite(portee, cree.identite);
      await flux.compter(portee);
    }
    await file.prochaineEcheance();
    await file.dues({ table: 'flux', file: 'flux-ACTES', avant: T0, limite: 5 });
  }
  await store.fermer();
  await serveur.jusqua(
    `SELECT count(*) = 0 AS vrai FROM pg_stat_activity WHERE usename = '${base.utilisateur}'`,
  );
  const apres = await lus();
  store = await ouvrirSur(base, { clock, random: creerFakeRandom(clock), requetes });
  const cout = (table: string): number => (apres[table] ?? 0) - (avant[table] ?? 0);
  expect(cout('flux')).toBeGreaterThan(100);
  expect(cout('flux')).toBeLessThan(4_000);
  for (const table of ['journal', 'pieces', 'livraisons', 'retours', 'numeros', 'debits', 'chaines'])
    expect(cout(table), table).toBeLessThan(1_000);
});

interface Noeud {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Noeud[];
}

/** Plan of a statement whatever its values, as the sessions of the store plan it. */
async function expliquer(session: Session, { name, text, noms }: Requete): Promise<Noeud> {
  const prepare = `essai_${name}`;
  await session.executer(`PREPARE ${prepare} AS ${text}`);
  const valeurs = noms.length === 0 ? '' : `(${noms.map(() => 'NULL').join(', ')})`;
  const [ligne] = await session.lignes<{ 'QUERY PLAN': { Plan: Noeud }[] }>(
    `EXPLAIN (FORMAT JSON) EXECUTE ${prepare}${valeurs}`,
  );
  return ligne?.['QUERY PLAN'][0]?.Plan ?? expect.fail(text);
}

function noeuds(noeud: Noeud): Noeud[] {
  return [noeud, ...(noeud.Plans ?? []).flatMap(noeuds)];
}

/** A walk that stops at its first row, or at the end of a page, needs no bound. */
function bornes(noeud: Noeud): Noeud[] {
  return noeuds(noeud).flatMap((n) => (n['Node Type'] === 'Limit' ? (n.Plans ?? []) : []));
}

/** Whole small tables that may be read through: tenants, their points and tokens, chains, counters, orders, restorations. */
const PETITES = [
  'collectivites',
  'points',
  'jetons',
  'chaines',
  'decompte',
  'suspensions',
  'tours',
  'noeuds',
  'restaurations',
  'migrations',
  'ecrivains',
  'demenagement',
];

test('no statement of the store reads a large table through (EXPLAIN)', async () => {
  await toutFaire(store);
  const session = await Session.ouvrir({ acces: accesDe(base), requetes: new Requetes() }, 'essai');
  await session.executer('SET plan_cache_mode = force_generic_plan');
  const fautes: string[] = [];
  const expliquees = requetes
    .toutes()
    .filter(({ text }) => /^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)/.test(text));
  for (const requete of expliquees) {
    const plan = await expliquer(session, requete);
    const marches = bornes(plan);
    for (const n of noeuds(plan)) {
      const table = n['Relation Name'];
      if (table === undefined || PETITES.includes(table)) continue;
      const parIndex = /^Index (Only )?Scan$/.test(n['Node Type']) || n['Node Type'] === 'Bitmap Heap Scan';
      // What is changed was found by another node of the plan.
      if (n['Node Type'] === 'ModifyTable') continue;
      const sansBorne = n['Node Type'].startsWith('Index') && n['Index Cond'] === undefined;
      if (!parIndex || (sansBorne && !marches.includes(n)))
        fautes.push(`${n['Node Type']} ${table} ${n['Index Name'] ?? ''} ⟵ ${requete.text}`);
    }
  }
  expect(expliquees.length).toBeGreaterThan(60);
  expect(fautes).toEqual([]);
  await session.fermer();
});

test('claims, pages and names walk the index made for them', async () => {
  const session = await Session.ouvrir({ acces: accesDe(base), requetes: new Requetes() }, 'essai');
  await session.executer('SET plan_cache_mode = force_generic_plan');
  const index = async (...morceaux: string[]): Promise<string[]> => {
    const requete = requetes.toutes().find(({ text }) => morceaux.every((m) => text.includes(m)));
    const plan = await expliquer(session, requete ?? expect.fail(morceaux.join(' … ')));
    return noeuds(plan).flatMap((n) =>
      n['Relation Name'] === 'flux' ? (n['Index Name'] ?? n['Node Type']) : [],
    );
  };
  expect(await index('SELECT d.id, d.collectivite', 'WHERE file = n.f AND echeance')).toEqual([
    'flux_echeance',
  ]);
  expect(await index('SELECT d.id, d.collectivite', 'collectivite = o.c')).toEqual(['flux_tour']);
  expect(new Set(await index('SELECT DISTINCT s.c AS collectivite'))).toEqual(new Set(['flux_tour']));
  expect(await index('WHERE identite = $1 AND collectivite')).toEqual(['flux_identite']);
  expect(await index('FROM flux WHERE (collectivite, id) >')).toEqual(['flux_page']);
  expect(await index('FROM flux WHERE (etat, id) >')).toEqual(['flux_etat']);
  expect(await index('FROM flux WHERE (collectivite, etat, id) >')).toEqual(['flux_page_etat']);
  expect(await index('FROM flux WHERE (id) <', 'alerte IS NOT NULL')).toEqual(['flux_alerte']);
  await session.fermer();
});
