import { beforeAll, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { type Ouverte, ouvrirBase } from '../../../src/adapters/store/sqlite/ouverture.ts';
import { assemblerStore } from '../../../src/adapters/store/sqlite/store.ts';
import type { Siren } from '../../../src/metier/identifiants.ts';
import type { Store } from '../../../src/ports/store.ts';
import { A, B, demande, nouveau, suite, T0 } from '../../contracts/store.fabrique.ts';
import { toutFaire } from './tout-faire.ts';

/** A base with a past: 100,000 finished flux, and one depositor with 10,000 due ones. */
let ouverte: Ouverte;
let store: Store;

const SEMIS = `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 110000)
INSERT INTO flux (id, protocole, collectivite, etat, ver, due, tentatives, identite, resume, depose, modifie, empreinte_demande)
SELECT format('019a0000-0000-7000-9000-%012x', i), 'ACTES', iif(i > 100000, '${A}', format('%09d', 100000000 + i % 500)),
  iif(i > 100000, 'depose', 'acquitte'), 1, iif(i > 100000, ${T0} - 1, NULL), 0, 'semis-' || i, '{}', ${T0}, ${T0}, ''
FROM n`;

beforeAll(async () => {
  const clock = creerFakeClock(T0);
  ouverte = ouvrirBase(':memory:');
  store = assemblerStore(ouverte, { clock, random: creerFakeRandom(clock), version: '1' });
  ouverte.base.executer(SEMIS);
  return () => store.fermer();
});

test('10,000 due of A and one of B, later: B is in the first claim', async () => {
  await store.ecriture.creerFlux(nouveau(1, { collectivite: B }), suite());
  const pris = await store.file.reclamerFlux(demande({ nombre: 8, bail: T0 }));
  expect(pris.map((f) => f.collectivite)).toEqual([A, B, A, A, A, A, A, A]);
});

test('with more collectivités than places, successive claims go round all of them', async () => {
  const sirens = Array.from({ length: 30 }, (_, i) => String(300_000_000 + i) as Siren);
  for (const [i, siren] of sirens.entries()) {
    await store.ecriture.creerFlux(nouveau(100 + i, { collectivite: siren }), suite());
  }
  const vus = new Set<string>();
  for (let tour = 0; tour < 4; tour += 1) {
    const pris = await store.file.reclamerFlux(demande({ nombre: 10, quand: T0 + 1 }));
    for (const f of pris) vus.add(f.collectivite);
  }
  expect(sirens.filter((s) => !vus.has(s))).toEqual([]);
});

/** Whole small tables that may be read through: the directory of tenants, their points and tokens, the state counters, the orders in force. */
const PETITES = ['collectivites', 'jetons', 'decompte', 'points', 'suspensions', 'json_each', 'suite'];

test('no statement of the store reads a large table through (EXPLAIN QUERY PLAN)', async () => {
  await toutFaire(store);
  const fautes: string[] = [];
  const expliquees = ouverte.base
    .preparees()
    .filter((sql) => /^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)/.test(sql));
  for (const sql of expliquees) {
    const plan = ouverte.base.lignes<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
    for (const { detail } of plan) {
      const table = /^SCAN (\w+)/.exec(detail)?.[1];
      if (table !== undefined && table !== 'CONSTANT' && !PETITES.includes(table))
        fautes.push(`${detail} ⟵ ${sql}`);
      if (/TEMP B-TREE/.test(detail) && !/FROM (decompte|points|essais)/.test(sql))
        fautes.push(`${detail} ⟵ ${sql}`);
    }
  }
  expect(expliquees.length).toBeGreaterThan(60);
  expect(fautes).toEqual([]);
});

/** Plan of the statement, prepared by the store, that starts and contains so. */
function planDe(debut: string, contient: string): string[] {
  const sql = ouverte.base.preparees().find((s) => s.trim().startsWith(debut) && s.includes(contient)) ?? '';
  return ouverte.base.lignes<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map((l) => l.detail);
}

test('an identity asked within a collectivité is sought by the identity, not among all its flux', () => {
  expect(planDe('SELECT id, protocole', 'identite = :identite AND +collectivite')).toEqual([
    'SEARCH flux USING INDEX flux_identite (identite=?)',
  ]);
});

test('claims and pages walk the index made for them', () => {
  expect(planDe('SELECT id, collectivite, echeance FROM flux', 'file = :file AND echeance')).toEqual([
    'SEARCH flux USING INDEX flux_echeance (file=? AND echeance<?)',
  ]);
  expect(planDe('SELECT id, collectivite, echeance FROM flux', 'collectivite = :collectivite')).toEqual([
    'SEARCH flux USING INDEX flux_tour (file=? AND collectivite=? AND echeance<?)',
  ]);
  expect(planDe('SELECT id, ver FROM flux', 'file = :file')).toEqual([
    'SEARCH flux USING INDEX flux_echeance (file=? AND echeance<?)',
  ]);
  expect(planDe('SELECT id, protocole', 'WHERE etat = :etat AND id < :avant AND collectivite')).toEqual([
    'SEARCH flux USING INDEX flux_page_etat (collectivite=? AND etat=? AND id<?)',
  ]);
  expect(planDe('SELECT id, protocole', 'WHERE id < :avant AND collectivite = :collectivite ORDER')).toEqual([
    'SEARCH flux USING INDEX flux_page (collectivite=? AND id<?)',
  ]);
  expect(planDe('SELECT id, protocole', 'WHERE id < :avant AND 1 AND alerte')).toEqual([
    'SEARCH flux USING INDEX flux_alerte (id<?)',
  ]);
});
