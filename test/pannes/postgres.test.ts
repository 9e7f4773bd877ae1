import { setTimeout as attendre } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import type { OptionsPostgres } from '../../src/adapters/store/postgres/store.ts';
import type { FluxId, LivraisonId } from '../../src/metier/identifiants.ts';
import { verifierChaine } from '../../src/metier/journal.ts';
import { OPERATEUR, type Store } from '../../src/ports/store.ts';
import { codeDe } from '../contracts/montage.ts';
import { A, demande, entree, JOUR, nouveau, nouvelleLivraison, suite } from '../contracts/store.fabrique.ts';
import { accesDe, ouvrirSur } from '../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../serveurs/postgres.ts';
import { ouvrirRelais, type Panne, type Relais } from '../serveurs/relais.ts';
import { chaineEntiere, confronter, type Dits, frapper } from '../unit/store/coups.ts';

/** What becomes of the writes when processes, servers and lines die under them. */

const clock = creerClockSysteme();
const random = creerRandomSysteme(clock);
let serveur: Postgres;
beforeAll(async () => {
  serveur = await demarrerPostgres();
});
afterAll(() => serveur.fermer());

async function entier(base: BaseVide, dits: Dits): Promise<void> {
  const store = await ouvrirSur(base);
  await confronter(store, dits);
  await store.fermer();
}

test('kill -9 of the writer, 10 times: every acknowledged write is there, no chain is broken, no number twice', async () => {
  const base = await serveur.creerBase();
  await entier(base, await frapper(JSON.stringify(base), 10));
});

/** Deposits and draws until told to stop. @returns what was acknowledged, and the codes of what was not. */
function deposer(store: Store, ouvriers: number) {
  const fin = new AbortController();
  const dits: Dits = { flux: new Set(), numeros: new Map() };
  const refus: string[] = [];
  const un = async (): Promise<void> => {
    const id = random.uuid() as FluxId;
    const depot = store.ecriture.creerFlux(
      nouveau(1, { id, identite: id }),
      suite({
        journal: [entree({ ev: 'DEPOT', tx: id }), entree({ org: 'operateur', tx: id })],
        nouvellesLivraisons: [nouvelleLivraison(1, { id: random.uuid() as LivraisonId, flux: id })],
      }),
    );
    const code = await codeDe(depot);
    if (code !== 'rien') {
      refus.push(code);
      // As a depositor does: again, a little later.
      await attendre(20);
      return;
    }
    dits.flux.add(id);
    const tire = await store.numerotation
      .reserver({ flux: id, serie: 's', jour: JOUR, limite: 1e9 })
      .catch(() => null);
    if (tire !== null) dits.numeros.set(id, tire.numero);
  };
  const ouvrier = async (): Promise<void> => {
    while (!fin.signal.aborted) await un();
  };
  const fini = Promise.all(Array.from({ length: ouvriers }, ouvrier));
  const arreter = async () => {
    fin.abort();
    await fini;
    return refus;
  };
  /** Resolves once so many more deposits were acknowledged. */
  const encore = async (nombre: number): Promise<void> => {
    const but = dits.flux.size + nombre;
    while (dits.flux.size < but) await attendre(5);
  };
  return { dits, arreter, encore };
}

describe('the server is restarted under load', () => {
  test('immediate stop, twice: what was told stays, what was not is told as a failure of the storage, and service resumes', async () => {
    const base = await serveur.creerBase();
    const annonces: string[] = [];
    const [un, deux] = [
      await ouvrirSur(base),
      await ouvrirSur(base, { surAnnonce: (f) => annonces.push(f) }),
    ];
    const charges = [deposer(un, 8), deposer(deux, 8)];
    const lectures: string[] = [];
    for (let coup = 0; coup < 2; coup += 1) {
      await Promise.all(charges.map((c) => c.encore(50)));
      await serveur.couper();
      lectures.push(await codeDe(un.flux.compter(OPERATEUR)));
      await serveur.relancer();
      await Promise.all(charges.map((c) => c.encore(50)));
    }
    const refus = (await Promise.all(charges.map((c) => c.arreter()))).flat();
    expect(new Set([...refus, ...lectures])).toEqual(new Set(['VGM-NOY-005']));
    // The ear came back by itself.
    annonces.length = 0;
    while (!annonces.includes('flux-ACTES')) {
      await un.ecriture.creerFlux(
        nouveau(1, { id: random.uuid() as FluxId, identite: random.uuid() }),
        suite({
          journal: [entree({ ev: 'DEPOT' }), entree({ org: 'operateur' })],
        }),
      );
      await attendre(50);
    }
    await Promise.all([un.fermer(), deux.fermer()]);
    const flux = new Set(charges.flatMap((c) => [...c.dits.flux]));
    const numeros = new Map(charges.flatMap((c) => [...c.dits.numeros]));
    await entier(base, { flux, numeros });
  });

  test('orderly stop: the same; claims told as failures hold nothing back once the server is there again', async () => {
    const base = await serveur.creerBase();
    const store = await ouvrirSur(base);
    const charge = deposer(store, 8);
    await charge.encore(20);
    await serveur.arreter();
    const quand = clock.now();
    expect(await codeDe(store.file.reclamerFlux(demande({ quand, bail: quand + 300_000 })))).toBe(
      'VGM-NOY-005',
    );
    await serveur.relancer();
    await charge.encore(20);
    await charge.arreter();
    const pris = await store.file.reclamerFlux(
      demande({ quand: clock.now(), nombre: 5, bail: quand + 300_000 }),
    );
    expect(pris).toHaveLength(5);
    await store.fermer();
    await entier(base, charge.dits);
  });
});

const lignesDe = async (store: Store): Promise<number> => {
  const chaine = await chaineEntiere(store, A);
  expect(verifierChaine(chaine)).toEqual([]);
  return chaine.length;
};

describe('the session is ended by the server during COMMIT', () => {
  /** Backend that writes for the only node of a base. */
  const tuerEcrivain = (base: BaseVide, attente: string) =>
    serveur.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${base.utilisateur}' AND ${attente}`,
    );
  const attend = (base: BaseVide, attente: string) =>
    serveur.jusqua(
      `SELECT count(*) > 0 AS vrai FROM pg_stat_activity WHERE usename = '${base.utilisateur}' AND ${attente}`,
    );

  test('before it took effect: the write is run again, once', async () => {
    const base = await serveur.creerBase();
    const store = await ouvrirSur(base);
    const { utilisateur } = base;
    await serveur.sql(`
      CREATE FUNCTION ${utilisateur}.attendre() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER attendre AFTER INSERT ON ${utilisateur}.journal
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${utilisateur}.attendre()`);
    const verrou = await serveur.session();
    await verrou.query('SELECT pg_advisory_lock(42)');
    const ecrite = codeDe(store.ecriture.ecrire(suite({ journal: [entree()] })));
    const EN_COMMIT = "query = 'COMMIT' AND wait_event = 'advisory'";
    await attend(base, EN_COMMIT);
    await tuerEcrivain(base, EN_COMMIT);
    await verrou.query('SELECT pg_advisory_unlock(42)');
    await verrou.end();
    expect(await ecrite).toBe('rien');
    expect(await lignesDe(store)).toBe(1);
    await store.fermer();
  });

  test('once it took effect: the write is told as done, and is not done again', async () => {
    const base = await serveur.creerBase();
    const store = await ouvrirSur(base);
    await store.ecriture.ecrire(suite({ journal: [entree()] }));
    // COMMIT lands here, then waits for the word of a standby that does not exist.
    await serveur.sql("ALTER SYSTEM SET synchronous_standby_names = 'absent'");
    await serveur.sql('SELECT pg_reload_conf()');
    await serveur.jusqua("SELECT current_setting('synchronous_standby_names') = 'absent'");
    const ecrite = codeDe(store.ecriture.ecrire(suite({ journal: [entree()] })));
    await attend(base, "wait_event = 'SyncRep'");
    await tuerEcrivain(base, "wait_event = 'SyncRep'");
    await serveur.sql('ALTER SYSTEM RESET synchronous_standby_names');
    await serveur.sql('SELECT pg_reload_conf()');
    expect(await ecrite).toBe('rien');
    expect(await lignesDe(store)).toBe(2);
    await store.fermer();
  });

  test('and it does not come back: VGM-NOY-005, for the fate is not known', async () => {
    const base = await serveur.creerBase();
    const store = await ouvrirSur(base, { patience: { reponse: 15_000, sort: 300 } });
    await store.ecriture.ecrire(suite({ journal: [entree()] }));
    await serveur.sql("ALTER SYSTEM SET synchronous_standby_names = 'absent'");
    await serveur.sql('SELECT pg_reload_conf()');
    await serveur.jusqua("SELECT current_setting('synchronous_standby_names') = 'absent'");
    const ecrite = store.ecriture.ecrire(suite({ journal: [entree()] })).catch((e: Error) => e.message);
    await attend(base, "wait_event = 'SyncRep'");
    await serveur.couper();
    expect(await ecrite).toMatch(/^VGM-NOY-005 .*sort est inconnu/);
    await serveur.relancer({ synchronous_standby_names: '' });
    await serveur.sql('ALTER SYSTEM RESET synchronous_standby_names');
    expect(await lignesDe(store)).toBe(2);
    expect(await codeDe(store.ecriture.ecrire(suite({ journal: [entree()] })))).toBe('rien');
    await store.fermer();
  });
});

describe('the line breaks', () => {
  /** A write whose connection meets this fault. @returns its fate, the lines in the journal, and the bytes that passed. */
  async function ecrireSous(
    { base, relais }: { readonly base: BaseVide; readonly relais: Relais },
    panne: Panne | null,
    patience?: OptionsPostgres['patience'],
  ) {
    const acces = { ...accesDe(base), port: relais.port };
    relais.regler(null);
    const store = await ouvrirSur(base, {
      acces,
      connexions: 1,
      ...(patience === undefined ? {} : { patience }),
    });
    const avant = await lignesDe(store);
    relais.regler(panne);
    const code = await codeDe(store.ecriture.ecrire(suite({ journal: [entree()] })));
    const passes = relais.passes();
    const ecrites = (await lignesDe(store)) - avant;
    await store.fermer();
    return { code, ecrites, passes };
  }

  test('cut after any number of bytes, either way: the write lands, once', async () => {
    const base = await serveur.creerBase();
    const relais = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: serveur.port } });
    const { passes } = await ecrireSous({ base, relais }, null);
    for (const sens of ['aller', 'retour'] as const) {
      const pas = Math.ceil(passes[sens] / 20);
      const coupes = Array.from({ length: 20 }, (_, rang) => 1 + rang * pas);
      // The last one falls in the answer to COMMIT.
      for (const apres of [...coupes, passes[sens] - 3]) {
        const { code, ecrites } = await ecrireSous(
          { base, relais },
          {
            sens,
            apres,
            geste: 'couper',
            uneFois: true,
          },
        );
        expect([sens, apres, code, ecrites]).toEqual([sens, apres, 'rien', 1]);
      }
    }
    await relais.fermer();
  });

  test('cut under the answer to a claim: what it had leased is free at the next one', async () => {
    const base = await serveur.creerBase();
    const relais = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: serveur.port } });
    const acces = { ...accesDe(base), port: relais.port };
    const quand = clock.now();
    const reclamer = (store: Store) =>
      store.file.reclamerFlux(demande({ quand, bail: quand + 300_000, file: 'flux-ACTES' }));
    const essai = await ouvrirSur(base, { acces, connexions: 1 });
    for (const n of [1, 2, 3]) await essai.ecriture.creerFlux(nouveau(n, { due: quand }), suite({ quand }));
    relais.regler(null);
    expect(await reclamer(essai)).toHaveLength(3);
    const { retour } = relais.passes();
    await essai.file.libererBaux('ouvrier-1');
    await essai.fermer();
    const store = await ouvrirSur(base, { acces, connexions: 1 });
    relais.regler({ sens: 'retour', apres: retour - 10, geste: 'couper', uneFois: true });
    expect(await codeDe(reclamer(store))).toBe('VGM-NOY-005');
    const [loues] = await serveur.sql<{ n: string }>(
      `SELECT count(*) AS n FROM ${base.utilisateur}.flux WHERE bail_par IS NOT NULL`,
    );
    expect(Number(loues?.n)).toBe(3);
    expect(await reclamer(store)).toHaveLength(3);
    await store.fermer();
    await relais.fermer();
  });

  test('frozen in mid-transaction: given up, its ghost ended, and the write lands, once', async () => {
    const base = await serveur.creerBase();
    const relais = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: serveur.port } });
    const { passes } = await ecrireSous({ base, relais }, null);
    const patience = { reponse: 500, sort: 5_000 };
    for (const part of [0.6, 0.8, 0.97]) {
      const apres = Math.floor(passes.aller * part);
      const panne: Panne = { sens: 'aller', apres, geste: 'figer', uneFois: true };
      const { code, ecrites } = await ecrireSous({ base, relais }, panne, patience);
      expect([part, code, ecrites]).toEqual([part, 'rien', 1]);
    }
    relais.trancher();
    await relais.fermer();
  });
});
