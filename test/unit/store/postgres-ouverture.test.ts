import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { Requetes } from '../../../src/adapters/store/postgres/requetes.ts';
import { MIGRATIONS } from '../../../src/adapters/store/postgres/schema.ts';
import { exigerSurete } from '../../../src/adapters/store/postgres/serveur.ts';
import { type AccesPostgres, Session } from '../../../src/adapters/store/postgres/session.ts';
import { LIBERE_IDENTITE } from '../../../src/metier/etats.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { codeDe, dossierEssai } from '../../contracts/montage.ts';
import { entree, nouveau, suite, T0 } from '../../contracts/store.fabrique.ts';
import { accesDe, ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';

const dossier = dossierEssai();
const autorite = join(dossier.chemin, 'autorite.pem');
let serveur: Postgres;
beforeAll(async () => {
  const cle = join(dossier.chemin, 'cle.pem');
  const nom = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const paire = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '9',
  ];
  execFileSync('openssl', [...paire, ...nom, '-keyout', cle, '-out', autorite], { stdio: 'ignore' });
  serveur = await demarrerPostgres({ tls: { certificat: autorite, cle } });
});
afterAll(async () => {
  await serveur.fermer();
  dossier[Symbol.dispose]();
});

async function refus(
  base: BaseVide,
  acces: Partial<AccesPostgres> = {},
): Promise<{ code: string; message: string }> {
  const issue = await ouvrirSur(base, { acces: { ...accesDe(base), ...acces } }).catch((e: unknown) => e);
  if (!(issue instanceof Error && 'fiche' in issue)) throw new TypeError('opened');
  return issue.fiche as { code: string; message: string };
}

describe('the schema', () => {
  test('two nodes that start together on an empty base bring it there once, and both serve', async () => {
    const base = await serveur.creerBase();
    const noeuds = await Promise.all([1, 2, 3].map(() => ouvrirSur(base)));
    const lignes = await serveur.sql(`SELECT numero FROM ${base.utilisateur}.migrations`);
    expect(lignes).toHaveLength(MIGRATIONS.length);
    const [un, deux] = noeuds;
    const { flux } = (await un?.ecriture.creerFlux(nouveau(1), suite())) ?? expect.fail('no node');
    expect(await deux?.flux.trouver(OPERATEUR, flux.id)).toEqual(flux);
    await Promise.all(noeuds.map((n) => n.fermer()));
  });

  test('a base written by a newer program is refused, and left alone: VGM-STO-001', async () => {
    const base = await serveur.creerBase();
    await (await ouvrirSur(base)).fermer();
    await serveur.sql(`INSERT INTO ${base.utilisateur}.migrations VALUES (999, 0)`);
    expect((await refus(base)).code).toBe('VGM-STO-001');
    expect(await serveur.sql(`SELECT numero FROM ${base.utilisateur}.migrations`)).toHaveLength(
      MIGRATIONS.length + 1,
    );
  });

  test('the unique indexes of identities and contents free exactly the states of LIBERE_IDENTITE', async () => {
    const base = await serveur.creerBase();
    await (await ouvrirSur(base)).fermer();
    const index = await serveur.sql<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE schemaname = '${base.utilisateur}'
        AND indexname IN ('flux_identite_tenue', 'flux_contenu_tenu')`,
    );
    const etats = index.map(({ indexdef }) => [...indexdef.matchAll(/'(\w+)'/g)].map((m) => m[1]));
    expect(etats).toEqual([LIBERE_IDENTITE, LIBERE_IDENTITE]);
  });

  test('the journal refuses to be changed, erased or emptied, even by a hand inside the base', async () => {
    const base = await serveur.creerBase();
    const store = await ouvrirSur(base);
    await store.ecriture.ecrire(suite({ journal: [entree()] }));
    for (const geste of ["UPDATE $ SET ligne = ''", 'DELETE FROM $', 'TRUNCATE $']) {
      const essai = serveur.sql(geste.replace('$', `${base.utilisateur}.journal`));
      await expect(essai, geste).rejects.toThrow("le journal ne se modifie ni ne s'efface");
    }
    await store.fermer();
  });
});

describe('a server that may lose what it confirmed is refused', () => {
  test.each(['fsync', 'full_page_writes'])('%s = off: VGM-STO-004', async (reglage) => {
    const base = await serveur.creerBase();
    await serveur.arreter();
    await serveur.relancer({ [reglage]: 'off' });
    const { code, message } = await refus(base);
    expect(code).toBe('VGM-STO-004');
    expect(message).toContain(`${reglage} = off`);
    await serveur.arreter();
    await serveur.relancer();
    await (await ouvrirSur(base)).fermer();
  });

  test('become so while the daemon runs, it gets nothing more to write: VGM-NOY-005 until it is set right', async () => {
    const base = await serveur.creerBase();
    const store = await ouvrirSur(base);
    const ecrire = () => codeDe(store.ecriture.ecrire(suite({ journal: [entree()] })));
    expect(await ecrire()).toBe('rien');
    await serveur.arreter();
    await serveur.relancer({ fsync: 'off' });
    expect([await ecrire(), await codeDe(store.journal.chaines())]).toEqual(['VGM-NOY-005', 'VGM-NOY-005']);
    await serveur.arreter();
    await serveur.relancer();
    expect(await ecrire()).toBe('rien');
    await store.fermer();
  });

  test('synchronous_commit = off on the role: set again by each session', async () => {
    const base = await serveur.creerBase();
    const reglages: unknown[] = [];
    for (const voulu of ['off', 'remote_apply']) {
      await serveur.sql(`ALTER ROLE ${base.utilisateur} SET synchronous_commit = ${voulu}`);
      const session = await Session.ouvrir({ acces: accesDe(base), requetes: new Requetes() }, 'essai');
      const ligne = await session.ligne<{ v: string }>("SELECT current_setting('synchronous_commit') AS v");
      reglages.push(ligne?.v);
      await session.fermer();
    }
    expect(reglages).toEqual(['on', 'remote_apply']);
  });

  test('too old, a replica, or a base in another encoding: VGM-STO-005 and 006', async () => {
    const faits = {
      pid: 1,
      version: 150_018,
      fsync: 'on',
      full_page_writes: 'on',
      encodage: 'UTF8',
      replique: false,
      heure: 0,
    };
    const juger = (partie: Partial<typeof faits>) =>
      codeDe((async () => exigerSurete('h:1', { ...faits, ...partie }))());
    expect(await juger({})).toBe('rien');
    expect(await juger({ version: 120_017 })).toBe('VGM-STO-005');
    expect(await juger({ replique: true })).toBe('VGM-STO-006');
    const base = await serveur.creerBase();
    await serveur.sql(
      `CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'`,
    );
    expect(await refus({ ...base, base: 'ascii' })).toMatchObject({ code: 'VGM-STO-006' });
  });

  test('a clock that is not ours: VGM-STO-007', async () => {
    const base = await serveur.creerBase();
    const avance = creerFakeClock(T0 - 365 * 86_400_000);
    expect(await codeDe(ouvrirSur(base, { clock: avance, ecartHorloge: 5_000 }))).toBe('VGM-STO-007');
  });
});

describe('a server that cannot be used is told, without its secret', () => {
  test('it refuses us: VGM-STO-003, by what it says', async () => {
    const base = await serveur.creerBase();
    const fautes: [Partial<AccesPostgres>, RegExp][] = [
      [{ motDePasse: async () => 'mauvais-secret' }, /connexion refusée/],
      [{ utilisateur: 'personne' }, /connexion refusée/],
      [{ base: 'absente' }, /base absente/],
      [{ motDePasse: async () => '' }, /mot de passe/],
    ];
    for (const [acces, forme] of fautes) {
      const { code, message } = await refus(base, acces);
      expect(code).toBe('VGM-STO-003');
      expect(message).toMatch(forme);
      expect(message).not.toMatch(/secret/);
    }
    await serveur.sql(`REVOKE ALL ON SCHEMA ${base.utilisateur} FROM ${base.utilisateur};
      ALTER SCHEMA ${base.utilisateur} OWNER TO postgres`);
    expect((await refus(base)).code).toBe('VGM-STO-003');
  });

  test('it is not there: VGM-STO-002', async () => {
    const base = await serveur.creerBase();
    expect(await refus(base, { port: 1 })).toMatchObject({ code: 'VGM-STO-002' });
    expect((await refus(base, { hote: '/nulle/part' })).message).toContain('socket absent');
  });

  test('by its socket, or by TLS when its certificate is of an authority that we know', async () => {
    const base = await serveur.creerBase();
    await (await ouvrirSur(base, { acces: { ...accesDe(base), hote: serveur.dossier } })).fermer();
    const tls = { autorites: readFileSync(autorite, 'utf8') };
    const store = await ouvrirSur(base, { acces: { ...accesDe(base), tls } });
    await store.ecriture.ecrire(suite({ journal: [entree()] }));
    const clair = await serveur.sql(
      `SELECT 1 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '${base.utilisateur}' AND NOT ssl`,
    );
    expect(clair).toEqual([]);
    await store.fermer();
    expect((await refus(base, { tls: { autorites: '' } })).message).toContain('sans autorité connue');
    await serveur.arreter();
    await serveur.relancer({ ssl: 'off' });
    expect((await refus(base, { tls })).message).toContain('n’offre pas TLS');
    await serveur.arreter();
    await serveur.relancer();
  });
});
