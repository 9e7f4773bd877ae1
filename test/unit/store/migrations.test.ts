import { describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { MIGRATIONS as POSTGRES } from '../../../src/adapters/store/postgres/schema.ts';
import { ouvrirBase } from '../../../src/adapters/store/sqlite/ouverture.ts';
import { MIGRATIONS as SQLITE } from '../../../src/adapters/store/sqlite/schema.ts';
import { assemblerStore } from '../../../src/adapters/store/sqlite/store.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { changement, demande, nouveau, suite, T0 } from '../../contracts/store.fabrique.ts';

/**
 * docs/exploitation.md, « Mettre à jour sans arrêt »: nodes of two versions work on one store for the time of an update. A node that
 * runs meets columns and tables that it does not know, and never misses one that it knows.
 */

/** Statements, whatever they hold between quotes or dollars. */
function ordres(sql: string): string[] {
  return sql
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$\$[^]*?\$\$|'(?:[^']|'')*'/g, "''")
    .replaceAll(/BEGIN\b[^]*?\bEND\b/g, '')
    .split(';')
    .map((ordre) => ordre.trim().replaceAll(/\s+/g, ' '))
    .filter((ordre) => ordre !== '');
}

const PERMIS: readonly RegExp[] = [
  /^CREATE (?:OR REPLACE )?(?:TABLE|INDEX|UNIQUE INDEX|TRIGGER|FUNCTION|SEQUENCE)\b/,
  // What is added may be left out by those who do not know it.
  /^ALTER TABLE \w+ ADD COLUMN (?!.*\bNOT NULL\b(?!.*\bDEFAULT\b))/,
  /^UPDATE\b/,
  /^INSERT\b/,
  /^DROP INDEX\b/,
];

function interdits(migration: string): string[] {
  return ordres(migration).filter((ordre) => !PERMIS.some((permis) => permis.test(ordre)));
}

describe('from the first schema that several nodes may share, migrations only add', () => {
  test.each([
    ['SQLite', SQLITE, SQLITE.findIndex(({ monte }) => monte.includes('CREATE TABLE noeuds'))],
    ['PostgreSQL', POSTGRES, 0],
  ])('%s', (...[, migrations, premiere]) => {
    expect(premiere).toBeGreaterThanOrEqual(0);
    for (const { monte } of migrations.slice(premiere + 1)) expect(interdits(monte)).toEqual([]);
  });

  test('the rule sees what it must see', () => {
    for (const mauvais of [
      'DROP TABLE flux',
      'ALTER TABLE flux DROP COLUMN file',
      'ALTER TABLE flux RENAME COLUMN file TO queue',
      'ALTER TABLE flux ADD COLUMN neuve TEXT NOT NULL',
      'DELETE FROM flux',
    ])
      expect(interdits(`CREATE TABLE a (b); ${mauvais};`)).toEqual([mauvais]);
    for (const bon of [
      'ALTER TABLE flux ADD COLUMN neuve TEXT',
      "ALTER TABLE flux ADD COLUMN neuve TEXT NOT NULL DEFAULT ';'",
      'CREATE TRIGGER t AFTER INSERT ON flux BEGIN DELETE FROM x; END',
    ])
      expect(interdits(bon)).toEqual([]);
  });
});

test('a node that runs goes on when a newer one adds to the schema under it', async () => {
  const clock = creerFakeClock(T0);
  const ouverte = ouvrirBase(':memory:');
  const store = assemblerStore(ouverte, { clock, random: creerFakeRandom(clock), version: '1' });
  const { flux } = await store.ecriture.creerFlux(nouveau(1), suite()).then((r) => r);
  ouverte.base.executer(`
    ALTER TABLE flux ADD COLUMN neuve TEXT NOT NULL DEFAULT 'x';
    CREATE TABLE tout_neuf (a TEXT) STRICT;
    CREATE INDEX flux_neuve ON flux (neuve, echeance);`);
  await store.ecriture.creerFlux(nouveau(2), suite());
  await store.ecriture.ecrire(suite({ flux: [changement(flux, { etat: 'controle' })] }));
  expect(await store.file.reclamerFlux(demande({ file: 'flux-ACTES' }))).toHaveLength(2);
  expect((await store.flux.lister(OPERATEUR, { limite: 9 })).map((f) => f.etat)).toEqual([
    'depose',
    'controle',
  ]);
  await store.fermer();
});
