import { beforeAll, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { type Ouverte, ouvrirBase } from '../../../src/adapters/store/sqlite/ouverture.ts';
import { assemblerStore } from '../../../src/adapters/store/sqlite/store.ts';
import type { Siren } from '../../../src/metier/identifiants.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import {
  A,
  B,
  changement,
  collectivite,
  demande,
  entree,
  JOUR,
  livraisonId,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  retourId,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';

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

/** Does everything the store can do once, so that every statement it has is prepared. */
async function toutFaire(): Promise<void> {
  const { ecriture, flux, file, journal, retours, livraisons, collectivites, jetons, suspensions } = store;
  const { flux: un } = await ecriture.creerFlux(nouveau(900, { cleIdempotence: 'k' }), suite());
  await ecriture.creerFlux(nouveau(901, { cite: un.id }), suite());
  await ecriture.creerRetour(nouveauRetour(1), suite());
  const point = {
    id: 'p1',
    canal: 'webhook',
    cible: 'https://x.fr',
    evenements: [],
    actif: true,
    motif: null,
  } as const;
  await collectivites.enregistrer(collectivite({ points: [point] }), {
    secrets: [{ id: 'p1', secrets: ['s'] }],
    journal: [],
    quand: T0,
  });
  await collectivites.enregistrer(collectivite({ ver: 1, points: [point] }), { journal: [], quand: T0 });
  const essai = { quand: T0, resultat: 'echec', statut: 0, duree: 1, motif: '' } as const;
  await ecriture.ecrire({
    quand: T0,
    flux: [changement(un, { nomEnvoi: 'n', alerte: 'a' })],
    retours: [
      { id: retourId(1), ver: 1, etat: 'attribue', due: T0, tentatives: 0, motif: null, flux: [un.id] },
    ],
    nouvellesLivraisons: [nouvelleLivraison(1, { flux: un.id })],
    livraisons: [{ id: livraisonId(1), ver: 1, etat: 'a_faire', due: T0, tentatives: 1, essai }],
    points: [{ siren: A, id: 'p1', actif: false, motif: 'x' }],
    journal: [entree({ tx: un.id })],
  });
  await store.numerotation.reserver({ flux: un.id, serie: 's', jour: JOUR, limite: 9 });
  await store.debits.reserver({ destination: 'd', flux: un.id, octets: 1, plafond: 9, quand: T0 });
  for (const portee of [OPERATEUR, { collectivite: A }]) {
    await flux.trouver(portee, un.id);
    await flux.pieces(portee, un.id);
    await flux.parIdentite(portee, un.identite);
    await flux.parNomEnvoi(portee, 'n');
    await flux.compter(portee);
    await flux.lister(portee, { limite: 5 });
    await flux.lister(portee, { limite: 5, etats: ['pret', 'incertain'] });
    await flux.lister(portee, { limite: 5, alerte: true });
    await flux.lister(portee, { limite: 5, recherche: 'x', protocole: 'ACTES' });
    await journal.lignesDuFlux(portee, un.id);
    await retours.trouver(portee, retourId(1));
    await retours.lister(portee, { limite: 5, etats: ['recu'] });
    await retours.lister(portee, { limite: 5 });
    await livraisons.trouver(portee, livraisonId(1));
    await livraisons.essais(portee, livraisonId(1));
    await livraisons.lister(portee, { limite: 5 });
    await livraisons.lister(portee, { limite: 5, flux: un.id, etats: ['a_faire'] });
  }
  await flux.parCle(A, 'k');
  await journal.lignes(A, 1, 5);
  await journal.chaines();
  await retours.parEmpreinte(nouveauRetour(1).sha256, null);
  await ecriture.ecrire(suite({ suspensions: [{ destination: 'ACTES', motif: 'essai', acteur: 'a' }] }));
  await suspensions.lister();
  await ecriture.ecrire(suite({ suspensions: [{ destination: 'ACTES', motif: null, acteur: 'a' }] }));
  await file.reclamerFlux(demande());
  await file.reclamerRetours(demande());
  await file.reclamerLivraisons(demande());
  await file.libererBaux('ouvrier-1');
  await file.prochaineEcheance();
  await collectivites.lister();
  await collectivites.secrets(A, 'p1');
  await jetons.trouver(nouveauRetour(1).sha256);
  await jetons.lister();
  await jetons.enregistrer({ nom: 'j', sha256: nouveauRetour(1).sha256, portee: OPERATEUR, cree: T0 });
  await jetons.revoquer('j');
}

/** Whole small tables that may be read through: the directory of tenants, their points and tokens, the state counters, the orders in force. */
const PETITES = ['collectivites', 'jetons', 'decompte', 'points', 'suspensions', 'json_each', 'suite'];

test('no statement of the store reads a large table through (EXPLAIN QUERY PLAN)', async () => {
  await toutFaire();
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
  expect(planDe('SELECT id, collectivite FROM flux', 'WHERE echeance')).toEqual([
    'SEARCH flux USING INDEX flux_echeance (echeance<?)',
  ]);
  expect(planDe('SELECT id, collectivite FROM flux', 'collectivite = :collectivite')).toEqual([
    'SEARCH flux USING INDEX flux_tour (collectivite=? AND echeance<?)',
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
