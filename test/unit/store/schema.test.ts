import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ouvrirBase } from '../../../src/adapters/store/sqlite/ouverture.ts';
import { Base } from '../../../src/adapters/store/sqlite/pilote.ts';
import { MIGRATIONS } from '../../../src/adapters/store/sqlite/schema.ts';
import { LIBERE_IDENTITE } from '../../../src/metier/etats.ts';
import { identite } from '../../../src/protocoles/helios/depot.ts';
import { codeDe, dossierEssai } from '../../contracts/montage.ts';

test('the unique index of identities frees exactly the states of LIBERE_IDENTITE', () => {
  const { base, fermer } = ouvrirBase(':memory:');
  const index = base.ligne<{ sql: string }>(
    "SELECT sql FROM sqlite_schema WHERE name = 'flux_identite_tenue'",
  );
  const etats = [...(index?.sql ?? '').matchAll(/'(\w+)'/g)].map((m) => m[1]);
  expect(etats).toEqual(LIBERE_IDENTITE);
  fermer();
});

test('the journal refuses to be changed or erased, even by a hand inside the base', async () => {
  const { base, fermer } = ouvrirBase(':memory:');
  base.executer("INSERT INTO journal VALUES (1, 'operateur', 1, '', '{}', '')");
  expect(await codeDe((async () => base.executer("UPDATE journal SET ligne = ''"))())).toBe('VGM-NOY-004');
  expect(await codeDe((async () => base.executer('DELETE FROM journal'))())).toBe('VGM-NOY-004');
  fermer();
});

test('opened in WAL, synced apart, foreign keys on; a second opening changes nothing', () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  for (const _ of [1, 2]) {
    const { base, fermer } = ouvrirBase(fichier);
    const reglage = (nom: string) =>
      Object.values(base.ligne<Record<string, unknown>>(`PRAGMA ${nom}`) ?? {})[0];
    expect(['journal_mode', 'synchronous', 'foreign_keys', 'user_version'].map(reglage)).toEqual([
      'wal',
      1,
      1,
      MIGRATIONS.length,
    ]);
    fermer();
  }
});

test('the log that is synced stays the same file, copied back, restarted and truncated', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const { base, durcir, fermer } = ouvrirBase(fichier);
  const { ino } = statSync(`${fichier}-wal`);
  base.executer('CREATE TABLE essai (v TEXT)');
  for (const sorte of ['PASSIVE', 'RESTART', 'TRUNCATE']) {
    base.ecrire('INSERT INTO essai VALUES (:v)', { v: 'x'.repeat(100_000) });
    await durcir();
    expect(base.ligne(`PRAGMA wal_checkpoint(${sorte})`)).toMatchObject({ busy: 0 });
    expect(statSync(`${fichier}-wal`).ino).toBe(ino);
  }
  expect(statSync(`${fichier}-wal`).size).toBe(0);
  fermer();
});

test('a base of the version before keeps its returns and what hangs on them', () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const avant = new Base(fichier, 0);
  avant.executer('PRAGMA foreign_keys = ON');
  for (const migration of MIGRATIONS.slice(0, 3)) avant.executer(migration.monte);
  avant.executer(`
    INSERT INTO flux (id, protocole, collectivite, etat, identite, resume, depose, modifie, empreinte_demande, tentatives, ver)
      VALUES ('f', 'ACTES', 's', 'acquitte', 'i', '{}', 1, 1, '', 0, 1);
    INSERT INTO retours (id, sha256, sha512, taille, source, recu, etat, tentatives, ver)
      VALUES ('r', 'a', 'b', 3, 'smtp', 7, 'attribue', 0, 2);
    INSERT INTO retours_flux VALUES ('r', 0, 'f', 's');
    PRAGMA user_version = 3;`);
  avant.fermer();
  const { base, fermer } = ouvrirBase(fichier);
  expect(base.ligne('SELECT seq, id, sha256, nom, recu, etat, ver FROM retours')).toEqual({
    seq: 1,
    id: 'r',
    sha256: 'a',
    nom: null,
    recu: 7,
    etat: 'attribue',
    ver: 2,
  });
  expect(base.lignes('SELECT retour, flux FROM retours_flux')).toEqual([{ retour: 'r', flux: 'f' }]);
  expect(base.lignes('PRAGMA foreign_key_check')).toEqual([]);
  const [lien] = base.lignes<{ table: string }>('PRAGMA foreign_key_list(retours_flux)');
  expect(['retours', 'flux']).toContain(lien?.table);
  fermer();
});

test('identities of HELIOS lose the blanks that an acquittement may lose; one that stands already is left alone', () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const avant = new Base(fichier, 0);
  for (const migration of MIGRATIONS.slice(0, 5)) avant.executer(migration.monte);
  const identites = [
    ['HELIOS', 'transmis', '123/ A  B '],
    ['HELIOS', 'transmis', '123/C'],
    ['HELIOS', 'transmis', '123/C '],
    ['HELIOS', 'anomalie', '123/C '],
    ['HELIOS', 'transmis', '123/D/ \tE\u00a0'],
    ['HELIOS', 'recu', 'PES2R  1.xml abc'],
    ['ACTES', 'transmis', '034/  x'],
  ];
  for (const [rang, [protocole = '', etat = '', nom = '']] of identites.entries())
    avant.ecrire(
      `INSERT INTO flux (id, protocole, collectivite, etat, identite, resume, depose, modifie, empreinte_demande, tentatives, ver)
        VALUES (:id, :protocole, 's', :etat, :identite, '{}', 1, 1, '', 0, 1)`,
      { id: `f${rang}`, protocole, etat, identite: nom },
    );
  avant.executer('PRAGMA user_version = 5');
  avant.fermer();
  const { base, fermer } = ouvrirBase(fichier);
  expect(
    base.lignes<{ identite: string }>('SELECT identite FROM flux ORDER BY id').map((l) => l.identite),
  ).toEqual(['123/A B', '123/C', '123/C ', '123/C', '123/D/ E', 'PES2R  1.xml abc', '034/  x']);
  for (const nom of [' A  B ', 'D/ \tE\u00a0'])
    expect(
      base.ligne('SELECT id FROM flux WHERE identite = :identite', {
        identite: identite({ codCol: '123', nomFic: nom }),
      }),
    ).toBeDefined();
  fermer();
});

test('a base written by a newer program is refused, and left alone: VGM-STO-001', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const futur = new Base(fichier, 0);
  futur.executer('PRAGMA user_version = 999');
  futur.fermer();
  expect(await codeDe((async () => ouvrirBase(fichier))())).toBe('VGM-STO-001');
  const relu = new Base(fichier, 0);
  expect(relu.ligne('PRAGMA user_version')).toEqual({ user_version: 999 });
  relu.fermer();
});

test('a file that is not a base: VGM-NOY-005, and the lock is given back', async () => {
  using d = dossierEssai();
  const fichier = join(d.chemin, 'v.db');
  const { writeFileSync, rmSync } = await import('node:fs');
  writeFileSync(
    fichier,
    'ceci n’est pas une base, mais une longue ligne de texte tout à fait ordinaire'.repeat(9),
  );
  expect(await codeDe((async () => ouvrirBase(fichier))())).toBe('VGM-NOY-005');
  rmSync(fichier);
  ouvrirBase(fichier).fermer();
});
