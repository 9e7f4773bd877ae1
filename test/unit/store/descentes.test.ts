import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Migration } from '../../../src/adapters/store/marche.ts';
import { exigerSeul } from '../../../src/adapters/store/postgres/demenagement.ts';
import { amener as amenerPg, migrer as migrerPg } from '../../../src/adapters/store/postgres/migrer.ts';
import { ouvrirArretee } from '../../../src/adapters/store/postgres/ouverture.ts';
import { Requetes } from '../../../src/adapters/store/postgres/requetes.ts';
import { MIGRATIONS as POSTGRES } from '../../../src/adapters/store/postgres/schema.ts';
import { amener, faitsRetenus, versionDe } from '../../../src/adapters/store/sqlite/migrer.ts';
import { Base } from '../../../src/adapters/store/sqlite/pilote.ts';
import { MIGRATIONS as SQLITE } from '../../../src/adapters/store/sqlite/schema.ts';
import { codeDe } from '../../contracts/montage.ts';
import { T0 } from '../../contracts/store.fabrique.ts';
import { accesDe, ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';

/** A base that was brought up is brought back down as if it had never gone, or not at all: « stockage schema --vers ». */

const DERNIER = SQLITE.length;

const flux = (id: string, partie: Readonly<Record<string, string>> = {}): string => {
  const colonnes = {
    id: `'${id}'`,
    protocole: "'ACTES'",
    collectivite: "'c'",
    etat: "'pret'",
    identite: `'i-${id}'`,
    resume: "'{}'",
    depose: '1',
    modifie: '2',
    empreinte_demande: "''",
    due: '5',
    tentatives: '0',
    ver: '1',
    ...partie,
  };
  return `INSERT INTO flux (${Object.keys(colonnes).join()}) VALUES (${Object.values(colonnes).join()})`;
};
const retour = (id: string, sha256: string) =>
  `INSERT INTO retours (id, sha256, sha512, taille, source, recu, etat, tentatives, ver)
    VALUES ('${id}', '${sha256}', 'b', 3, 'smtp', 7, 'attribue', 0, 2)`;
const RESTAURATION = `INSERT INTO restaurations (id, sauvegarde, restauree) VALUES ('x', 1, 2)`;
const LOT = (termine: string) =>
  `INSERT INTO lots (id, collectivite, sha256, sha512, taille, manifeste, lignes, acteur, recu, termine)
    VALUES ('l', 'c', 'a', 'b', 1, 'm', 1, 'a', 1, ${termine})`;

/** @param partie columns that a first schema already asks for. */
const premieres = (partie: Readonly<Record<string, string>> = {}): readonly string[] => [
  flux('f1', partie),
  flux('f2', { ...partie, cite: "'f1'", due: 'NULL', etat: "'acquitte'" }),
  retour('r1', 'a'),
  "INSERT INTO retours_flux VALUES ('r1', 0, 'f1', 'c')",
  "INSERT INTO pieces VALUES ('f1', 0, 'document', 'n', 'a', 'b', 1, 't', 1)",
  "INSERT INTO journal (org, n, tx, ligne, sha256) VALUES ('c', 1, 'f1', '{\"n\":1}', 'a')",
  "INSERT INTO series VALUES ('s', 3)",
  "INSERT INTO numeros VALUES ('f1', 's', '2026-11-20', 3)",
  "INSERT INTO debits VALUES ('d', 1, 'f1', 9)",
  "INSERT INTO collectivites (siren, nom, actif, creee, ver) VALUES ('c', 'C', 1, 1, 1)",
  "INSERT INTO points (siren, id, rang, canal, cible, evenements, actif) VALUES ('c', 'p', 0, 'webhook', 'u', '[]', 1)",
  `INSERT INTO livraisons (id, collectivite, flux, point, canal, type, charge, etat, creee, due, tentatives, ver)
    VALUES ('l1', 'c', 'f1', 'p', 'webhook', 't', '{}', 'a_faire', 1, 4, 1, 1)`,
  "INSERT INTO essais VALUES ('l1', 0, 1, 'echec', 503, 0.30000000000000004, 'm')",
];

/** Rows that a program of each schema could have written, added to those before. */
const SEMIS: Readonly<Record<number, readonly string[]>> = {
  1: premieres(),
  3: [
    flux('h1', { protocole: "'HELIOS'", contenu: "'a'", identite: "'123/A B'" }),
    flux('h2', { protocole: "'HELIOS'", contenu: "'a'", identite: "'123/A B'", collectivite: "'d'" }),
    "UPDATE collectivites SET helios = '{}'",
  ],
  4: [retour('r2', 'a2'), "UPDATE retours SET sha256 = 'a', nom = 'x' WHERE id = 'r2'"],
  5: ["INSERT INTO suspensions VALUES ('ACTES', 'm', 'a', 1)"],
  7: ["INSERT INTO numeros_rendus VALUES ('s', 2)"],
  8: ["INSERT INTO tours VALUES ('t', 'n', 5, 1)", "INSERT INTO noeuds VALUES ('n', '[]', '1', 1, 2)"],
  9: ["UPDATE flux SET file = 'dest-ACTES' WHERE id = 'f1'"],
  10: [RESTAURATION, "INSERT INTO identites_perdues VALUES ('ACTES', 'i', 'x', 'p')"],
  12: [LOT('NULL')],
};

/** A base as the program of this schema makes it, with its rows. */
function baseDe(version: number, semer = true): Base {
  const base = new Base(':memory:', 0);
  base.executer('PRAGMA foreign_keys = ON');
  SQLITE.slice(0, version).forEach(({ monte }, rang) => {
    base.executer(monte);
    if (semer) for (const sql of SEMIS[rang + 1] ?? []) base.executer(sql);
  });
  base.executer(`PRAGMA user_version = ${version}`);
  return base;
}

/** Spaces and quotes are SQLite's own affair when it renames. */
function texteDe(base: Base): readonly string[] {
  return base
    .lignes<{ sql: string }>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name')
    .map(({ sql }) => sql.replaceAll(/["\s]+/g, ' ').replaceAll(/ ?([(),]) ?/g, '$1'));
}

function lignesDe(base: Base): Readonly<Record<string, unknown>> {
  const tables = base.lignes<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
  );
  return Object.fromEntries(tables.map(({ name }) => [name, base.lignes(`SELECT * FROM ${name}`)]));
}

const versions = (migrations: readonly unknown[]) => migrations.map((_, rang) => rang + 1);

test('each step but the first has its way down, and says in French what it brings', () => {
  for (const migrations of [SQLITE, POSTGRES] as readonly (readonly Migration[])[]) {
    expect(migrations.map(({ descend }) => descend === null)).toEqual(
      migrations.map((_, rang) => rang === 0),
    );
    for (const { apporte } of migrations) expect(apporte).toMatch(/^.{4,90}$/);
  }
});

describe('SQLite', () => {
  test.each(versions(SQLITE))(
    'from %i to the present schema and back: as if it had never gone',
    (version) => {
      const base = baseDe(version);
      const [texte, lignes] = [texteDe(base), lignesDe(base)];
      expect(texte).toEqual(texteDe(baseDe(version, false)));
      amener(base, 'f', DERNIER);
      expect([versionDe(base), texteDe(base)]).toEqual([DERNIER, texteDe(baseDe(DERNIER, false))]);
      amener(base, 'f', version);
      expect([versionDe(base), texteDe(base)]).toEqual([version, texte]);
      expect(lignesDe(base)).toEqual(lignes);
      expect(base.lignes('PRAGMA foreign_key_check')).toEqual([]);
      amener(base, 'f', DERNIER);
      expect(texteDe(base)).toEqual(texteDe(baseDe(DERNIER, false)));
      base.fermer();
    },
  );

  /** For each step, what a newer program wrote that the older one could not hold. */
  const faits: Readonly<Record<number, readonly (readonly string[])[]>> = {
    3: [
      [flux('h', { protocole: "'HELIOS'" })],
      [flux('h', { etat: "'acquitte_partiel'" })],
      [flux('h', { contenu: "'a'" })],
      [flux('h', { identite: "'x'" }), flux('g', { identite: "'x'", collectivite: "'d'" })],
      ["UPDATE retours SET nom = 'x'"],
      ["UPDATE collectivites SET helios = '{}'"],
    ],
    4: [[retour('r2', 'a2'), "UPDATE retours SET sha256 = 'a', nom = 'x' WHERE id = 'r2'"]],
    5: SEMIS[5]?.map((sql) => [sql]) ?? [],
    7: [[flux('v', { etat: "'valide'" })], [flux('v', { resume: `'{"message":"2-2"}'` })]],
    10: [[RESTAURATION]],
    11: [["INSERT INTO demenagement VALUES (1, 'e', 'parti', 'v', 1)"]],
    12: [[LOT('NULL')]],
  };

  test('what the older program could not hold is refused and named, and nothing changes: VGM-STO-019', async () => {
    for (const [rang, { descend }] of SQLITE.entries())
      expect([rang + 1, faits[rang + 1]?.length ?? 0]).toEqual([rang + 1, descend?.retient.length ?? 0]);
    for (const [numero, essais] of Object.entries(faits))
      for (const [rang, essai] of essais.entries()) {
        const base = baseDe(1);
        amener(base, 'f', DERNIER);
        for (const sql of essai) base.executer(sql);
        const avant = [texteDe(base), lignesDe(base), versionDe(base)];
        const fait = SQLITE[Number(numero) - 1]?.descend?.retient[rang]?.fait ?? '?';
        const refus = await (async () => amener(base, 'f', 1))().catch((e: unknown) => e);
        expect(String(refus)).toContain('VGM-STO-019');
        expect(String(refus)).toContain(fait);
        expect([texteDe(base), lignesDe(base), versionDe(base)]).toEqual(avant);
        // Down to the step that holds it, nothing is in the way.
        expect(faitsRetenus(base, DERNIER, Number(numero)).flatMap((m) => m.faits)).toEqual([]);
        amener(base, 'f', Number(numero));
        base.fermer();
      }
  });

  test('a copy under way and finished batches do not hold it back', () => {
    const base = baseDe(1);
    amener(base, 'f', DERNIER);
    base.executer(`INSERT INTO demenagement VALUES (1, 'e', 'en_cours', 'v', 1); ${LOT('9')}`);
    amener(base, 'f', 1);
    expect(texteDe(base)).toEqual(texteDe(baseDe(1, false)));
  });

  test('a step that fails undoes those before it', async () => {
    const base = baseDe(1);
    amener(base, 'f', DERNIER);
    base.executer('DROP INDEX livraisons_echec');
    const avant = [texteDe(base), lignesDe(base), versionDe(base)];
    expect(await codeDe((async () => amener(base, 'f', 1))())).toBe('VGM-NOY-004');
    expect([texteDe(base), lignesDe(base), versionDe(base)]).toEqual(avant);
  });

  test('a base of a newer program is not touched: VGM-STO-001', async () => {
    const base = baseDe(1);
    base.executer('PRAGMA user_version = 999');
    expect(await codeDe((async () => amener(base, 'f', 1))())).toBe('VGM-STO-001');
    expect(versionDe(base)).toBe(999);
  });
});

describe('PostgreSQL', () => {
  let serveur: Postgres;
  beforeAll(async () => {
    serveur = await demarrerPostgres();
  });
  afterAll(() => serveur.fermer());

  async function vers(base: BaseVide, version: number): Promise<void> {
    const session = await ouvrirArretee({ acces: accesDe(base), requetes: new Requetes() });
    const contexte = { serveur: 's', quand: T0 };
    const avant = () => exigerSeul(session, { serveur: 's', patience: 300 });
    await amenerPg(session, { ...contexte, avant }, version).finally(() => session.fermer());
  }

  const sql = (base: BaseVide, ordre: string) =>
    serveur.sql<{ t: string }>(`SET search_path = ${base.utilisateur}; ${ordre}`);

  /** All that the catalogue says of the schema, whatever its name. */
  async function texte(base: BaseVide): Promise<readonly string[]> {
    const dites = await sql(
      base,
      `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '')
          || coalesce(collation_name, '') || is_identity || coalesce(generation_expression, '') AS t
        FROM information_schema.columns WHERE table_schema = current_schema()
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
      UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::text::regnamespace
      UNION ALL SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
        WHERE NOT g.tgisinternal AND c.relnamespace = current_schema()::text::regnamespace
      UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = current_schema()::text::regnamespace
      UNION ALL SELECT 'version ' || max(numero) FROM migrations ORDER BY 1`,
    );
    return dites.map(({ t }) => t.replaceAll(base.utilisateur, 'ici'));
  }

  async function lignes(base: BaseVide): Promise<readonly string[]> {
    const tables = await sql(
      base,
      "SELECT tablename AS t FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'migrations' ORDER BY 1",
    );
    const textes = tables.map(({ t }) => `SELECT '${t} ' || row_to_json(x)::text AS t FROM ${t} x`);
    return (await sql(base, `${textes.join(' UNION ALL ')} ORDER BY 1`)).map(({ t }) => t);
  }

  const SEMIS_PG: Readonly<Record<number, readonly string[]>> = {
    1: [...premieres({ file: "'flux-ACTES'" }), RESTAURATION],
    2: ["INSERT INTO demenagement VALUES (1, 'e', 'complet', 'o', '{}', 1)"],
    3: [LOT('NULL')],
  };
  async function faire(version: number, semer = true): Promise<BaseVide> {
    const base = await serveur.creerBase();
    const session = await ouvrirArretee({ acces: accesDe(base), requetes: new Requetes() });
    await amenerPg(session, { serveur: 's', quand: T0, avant: async () => undefined }, version);
    const ordres = semer ? versions(POSTGRES.slice(0, version)).flatMap((v) => SEMIS_PG[v] ?? []) : [];
    for (const ordre of ordres) await session.executer(ordre);
    await session.fermer();
    return base;
  }

  test.each(versions(POSTGRES))(
    'from %i to the present schema and back: as if it had never gone',
    async (version) => {
      const base = await faire(version);
      const [avant, rangees] = [await texte(base), await lignes(base)];
      expect(avant).toEqual(await texte(await faire(version, false)));
      await vers(base, POSTGRES.length);
      await vers(base, version);
      expect([await texte(base), await lignes(base)]).toEqual([avant, rangees]);
      await vers(base, POSTGRES.length);
      expect(await texte(base)).toEqual(await texte(await faire(POSTGRES.length, false)));
    },
  );

  test.each([
    ["INSERT INTO demenagement VALUES (1, 'e', 'en_cours', 'o', '{}', 1)", 'passage inachevé'],
    [LOT('NULL'), 'lots inachevés'],
  ])('%s holds it back: VGM-STO-019, and nothing changes', async (ordre, fait) => {
    const base = await faire(1);
    await vers(base, POSTGRES.length);
    await sql(base, ordre);
    const avant = [await texte(base), await lignes(base)];
    const refus = await vers(base, 1).catch((e: unknown) => e);
    expect(String(refus)).toMatch(new RegExp(`VGM-STO-019.*${fait}`));
    expect([await texte(base), await lignes(base)]).toEqual(avant);
  });

  test('a step that fails undoes those before it; a daemon at work forbids it: VGM-STO-012', async () => {
    const base = await faire(POSTGRES.length, false);
    await sql(base, 'CREATE VIEW gene AS SELECT essai FROM demenagement');
    const avant = await texte(base);
    expect(await codeDe(vers(base, 1))).toMatch(/^VGM-NOY-00[45]$/);
    expect(await texte(base)).toEqual(avant);
    await sql(base, 'DROP VIEW gene');
    const demon = await ouvrirSur(base);
    await demon.jetons.lister();
    expect(await codeDe(vers(base, 1))).toBe('VGM-STO-012');
    await demon.fermer();
    await vers(base, 1);
    const session = await ouvrirArretee({ acces: accesDe(base), requetes: new Requetes() });
    await migrerPg(session, { serveur: 's', quand: T0 });
    await session.fermer();
    expect(await texte(base)).toEqual(await texte(await faire(POSTGRES.length, false)));
  });
});
