import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { Base } from '../../../src/adapters/store/sqlite/pilote.ts';
import { type Etape, transferer, type Transfert } from '../../../src/adapters/store/transfert/transferer.ts';
import { reprendre } from '../../../src/gestes/stockage/reprendre.ts';
import { verifierChaine } from '../../../src/metier/journal.ts';
import {
  A,
  changement,
  entree,
  fluxId,
  instant,
  JOUR,
  nouveau,
  nouveauRetour,
  piece,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';
import { codeDe, dossierEssai } from '../../contracts/montage.ts';
import { accesDe, ouvrirSur } from '../../contracts/store.postgres.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { ouvrirRiche, remplir } from './base-riche.ts';
import { toutLire } from './tout-lire.ts';

/** docs/decisions/0019-changer-de-magasin.md: a base goes from SQLite to PostgreSQL whole, once, or not at all. */

const dossier = dossierEssai();
const riche = join(dossier.chemin, 'riche.sqlite');
let serveur: Postgres;
let rang = 0;
beforeAll(async () => {
  serveur = await demarrerPostgres();
  await remplir(riche);
});
afterAll(async () => {
  await serveur.fermer();
  dossier[Symbol.dispose]();
});

class Mort extends Error {}

interface Lieu {
  readonly fichier: string;
  readonly cible: BaseVide;
}

async function lieu(): Promise<Lieu> {
  const fichier = join(dossier.chemin, `${(rang += 1)}.sqlite`);
  copyFileSync(riche, fichier);
  return { fichier, cible: await serveur.creerBase() };
}

/** @param mourir told of each step, may throw as a process that dies there. */
function passer(
  { fichier, cible }: Lieu,
  mourir: (etape: Etape, coups: number, lignes: number) => void = () => undefined,
  { recommencer = false, signal = new AbortController().signal } = {},
): Promise<Transfert> {
  const clock = creerFakeClock(T0);
  const coups = new Map<Etape, number>();
  return transferer(
    {
      fichier,
      acces: accesDe(cible),
      recommencer,
      patience: 500,
      signal,
      suivre: (etape, lignes) => {
        coups.set(etape, (coups.get(etape) ?? 0) + 1);
        mourir(etape, coups.get(etape) ?? 0, lignes);
      },
    },
    { clock, random: creerRandomSysteme(clock) },
  );
}

function mourirA(etape: Etape, coup: number) {
  return (la: Etape, coups: number): void => {
    if (la === etape && coups === coup) throw new Mort();
  };
}

const ouvrirIci = (fichier: string) => async () => ouvrirRiche(fichier).store.fermer();
const ouvrirLa = (cible: BaseVide) => async () =>
  (await ouvrirSur(cible, { clock: creerFakeClock(T0) })).fermer();

describe('the whole of it', () => {
  test('every table holds something, and every read of the port answers the same on the other side', async () => {
    const l = await lieu();
    const { store } = ouvrirRiche(l.fichier);
    const avant = await toutLire(store);
    await store.fermer();
    const fait = await passer(l);
    expect(fait.etat).toBe('complet');
    expect(fait.tables.filter((t) => t.ici === 0)).toEqual([]);
    expect(fait.tables.map((t) => t.la)).toEqual(fait.tables.map((t) => t.ici));
    expect(fait.chaines.map((c) => [c.ruptures, c.entiere])).toEqual(fait.chaines.map(() => [0, true]));
    const la = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    expect(await toutLire(la)).toEqual(avant);
    await la.fermer();
    expect((await passer(l)).etat).toBe('faite');
  });

  test('what was in mid-course goes on there: numbers, debits, receipt, chain', async () => {
    const l = await lieu();
    await passer(l);
    const la = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    const serie = `${A}:20261120`;
    const encore = await la.numerotation.reserver({ flux: fluxId(3), serie, jour: JOUR, limite: 99 });
    const { ecriture, flux } = la;
    const { flux: neuf } = await ecriture.creerFlux(
      nouveau(90),
      suite({ journal: [entree({ tx: fluxId(90) })] }),
    );
    const suivant = await la.numerotation.reserver({ flux: neuf.id, serie, jour: JOUR, limite: 9999 });
    expect([encore.numero, suivant.numero]).toEqual([1, 3]);
    const rendu = await la.numerotation.reserver({ flux: fluxId(1), serie: 'rendue', jour: JOUR, limite: 9 });
    expect(rendu.numero).toBe(1);
    expect((await ecriture.creerFlux(nouveau(5), suite())).type).toBe('doublon');
    expect(await ecriture.creerRetour(nouveauRetour(1), suite())).toBe('deja_vu');
    const attendu = (await flux.trouver(OPERATEUR, fluxId(5))) ?? expect.fail('lost');
    await ecriture.ecrire(
      suite({
        flux: [
          changement(attendu, {
            etat: 'acquitte',
            due: null,
            solde: instant(9),
            pieces: [piece(900, 'accuse')],
          }),
        ],
        journal: [entree({ tx: fluxId(5), ev: 'ACCUSE_RECU' })],
      }),
    );
    expect((await flux.pieces(OPERATEUR, fluxId(5))).map((p) => p.rang)).toEqual([0, 1, 2, 3]);
    expect(await flux.compter({ collectivite: A })).toMatchObject({ acquitte: 1, depose: 2 });
    for (const org of await la.journal.chaines())
      expect(verifierChaine(await la.journal.lignes(org, 1, 1000))).toEqual([]);
    await la.fermer();
  });

  test('a table or a column that would stay behind is refused, and named: VGM-STO-014', async () => {
    for (const [ajout, nom] of [
      ['CREATE TABLE neuve (a TEXT) STRICT', 'neuve'],
      ['ALTER TABLE flux ADD COLUMN neuve TEXT', 'flux.neuve'],
      ['ALTER TABLE essais ADD COLUMN neuve INTEGER', 'essais.neuve'],
    ] as const) {
      const l = await lieu();
      toucher(l.fichier, ajout);
      const refus = await passer(l).catch((e: unknown) => e);
      expect(String(refus)).toMatch(new RegExp(`VGM-STO-014 .* ${nom.replace('.', '\\.')} `));
      expect(await codeDe(ouvrirIci(l.fichier)())).toBe('rien');
    }
  });

  test('a journal that was already broken is carried as it is, and told', async () => {
    const l = await lieu();
    toucher(
      l.fichier,
      `DROP TRIGGER journal_fige; UPDATE journal SET ligne = replace(ligne, '"res":"OK"', '"res":"KO"') WHERE n = 2 AND org = 'operateur'`,
    );
    const fait = await passer(l);
    expect([fait.etat, fait.chaines.map((c) => c.ruptures)]).toEqual(['complet', [0, 0, 1]]);
  });
});

/** A hand inside the base. */
function toucher(fichier: string, sql: string): void {
  const base = new Base(fichier, 0);
  base.executer(sql);
  base.fermer();
}

/** Statements by a hand inside the other base. */
const toucherLa = (cible: BaseVide, sql: string) =>
  serveur.sql(`SET search_path = ${cible.utilisateur}; ${sql}`);

describe('killed and run again', () => {
  test('at each batch and between the marks: neither side serves a half, the next run ends it', async () => {
    const l = await lieu();
    const dit = new Map<string, string>();
    const mourir = async (etape: Etape, coup: number): Promise<boolean> => {
      const issue = await passer(l, mourirA(etape, coup)).catch((e: unknown) => e);
      dit.set(etape, await codeDe(ouvrirLa(l.cible)()));
      return issue instanceof Mort;
    };
    expect(await mourir('depart', 1)).toBe(true);
    expect(await mourir('arrivee', 1)).toBe(true);
    // Each run copies one more batch than the last one, and dies of it.
    const lots =
      (await toucherLa(l.cible, 'SELECT 1 FROM pg_tables WHERE schemaname = current_schema()')).length - 5;
    for (let lot = 0; lot < lots; lot += 1) expect(await mourir('copie', 1)).toBe(true);
    for (const [etape, coup] of [
      ['tetes', 1],
      ['verification', 1],
      ['verification', 26],
    ] as const)
      expect([etape, await mourir(etape, coup)]).toEqual([etape, true]);
    // Up to here, SQLite serves; a daemon that opens it ends the copy.
    const copie = join(dossier.chemin, 'encore.sqlite');
    copyFileSync(l.fichier, copie);
    expect(await codeDe(ouvrirIci(copie)())).toBe('rien');
    expect(await mourir('parti', 1)).toBe(true);
    expect(await codeDe(ouvrirIci(l.fichier)())).toBe('VGM-STO-008');
    expect(await mourir('complet', 1)).toBe(true);
    expect([...dit]).toEqual([
      ['depart', 'rien'],
      ...['arrivee', 'copie', 'tetes', 'verification', 'parti'].map((etape) => [etape, 'VGM-STO-009']),
      ['complet', 'rien'],
    ]);
    expect((await passer(l)).etat).toBe('faite');
  });

  test('in the middle of a table, whatever its key: what is there is not copied again, a fault in any slice is seen', async () => {
    const l = await lieu();
    const rangs =
      'WITH RECURSIVE r (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM r WHERE n < 3499) INSERT INTO';
    toucher(
      l.fichier,
      `${rangs} pieces SELECT '${fluxId(2)}', n, 'annexe', 'é' || n, 'a', 'b', n, 't', 1 FROM r;
      ${rangs} series SELECT 's' || n, n FROM r;
      ${rangs} flux (id, protocole, collectivite, etat, identite, resume, depose, modifie, empreinte_demande, tentatives, ver)
        SELECT 'x' || (9999 - n), 'ACTES', 'c', 'acquitte', 'x' || n, '{}', 1, 1, '', 0, 1 FROM r`,
    );
    const totaux: number[] = [];
    for (;;) {
      let avant = 0;
      const issue = await passer(l, (etape, _coups, lignes) => {
        // A whole batch: the table has more.
        if (etape === 'copie' && lignes - avant === 1000) throw new Mort();
        avant = lignes;
      }).catch((e: unknown) => e);
      totaux.push(Number((await toucherLa(l.cible, 'SELECT count(*) AS n FROM pieces'))[0]?.['n']));
      if (!(issue instanceof Mort)) break;
    }
    expect(totaux).toEqual(totaux.toSorted((a, b) => a - b));
    expect(new Set(totaux).size).toBeGreaterThan(3);
    expect((await passer(l)).etat).toBe('faite');
    expect(
      (await toucherLa(l.cible, "SELECT nombre::int AS n FROM decompte WHERE collectivite = 'c'"))[0],
    ).toEqual({
      n: 2500,
    });
    for (const [faute, table] of [
      [`UPDATE pieces SET nom = 'x' WHERE rang = 2500`, 'pieces'],
      [`INSERT INTO series VALUES ('s2000bis', 1)`, 'series'],
      [`INSERT INTO series VALUES ('zz', 1)`, 'series'],
    ] as const) {
      await toucherLa(l.cible, `${faute}; UPDATE demenagement SET etat = 'en_cours'`);
      const { etat, tables } = await passer(l);
      expect([etat, tables.filter((t) => t.ecart !== null).map((t) => t.table)]).toEqual([
        'ecarts',
        expect.arrayContaining([table]),
      ]);
    }
  });

  test('by the system, at any instant: the next run ends it', async () => {
    const l = await lieu();
    const { hote, port, base, utilisateur, motDePasse } = l.cible;
    const enfant = join(import.meta.dirname, 'transfert-enfant.ts');
    for (const attente of [0, 9]) {
      const demande = JSON.stringify({
        fichier: l.fichier,
        cible: { hote, port, base, utilisateur, motDePasse },
        attente,
      });
      const mort = spawnSync(process.execPath, [enfant, demande], { timeout: 20_000, encoding: 'utf8' });
      expect([mort.signal, mort.stderr]).toEqual(['SIGKILL', '']);
    }
    const fait = await passer(l);
    expect([fait.etat, fait.reprise]).toEqual(['complet', true]);
  });

  test('SQLite went on in between: the copy begins again, and holds what was done', async () => {
    const l = await lieu();
    await passer(l, mourirA('tetes', 1)).catch(() => undefined);
    const { store } = ouvrirRiche(l.fichier);
    const attendu = (await store.flux.trouver(OPERATEUR, fluxId(5))) ?? expect.fail('lost');
    await store.ecriture.ecrire(
      suite({
        flux: [changement(attendu, { etat: 'acquitte', due: null })],
        journal: [entree({ tx: fluxId(5) })],
      }),
    );
    const avant = await toutLire(store);
    await store.fermer();
    const fait = await passer(l);
    expect([fait.etat, fait.reprise]).toEqual(['complet', false]);
    const arrivee = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    expect(await toutLire(arrivee)).toEqual(avant);
    await arrivee.fermer();
  });

  test('a row altered, added or taken away there between two runs is seen, and nothing changes hands', async () => {
    const l = await lieu();
    await passer(l, mourirA('tetes', 1)).catch(() => undefined);
    await toucherLa(l.cible, `UPDATE pieces SET nom = nom || ' ' WHERE flux = '${fluxId(3)}' AND rang = 1`);
    await toucherLa(l.cible, "DELETE FROM jetons WHERE nom = 'logiciel'");
    await toucherLa(l.cible, "INSERT INTO series VALUES ('zzz', 1)");
    await toucherLa(l.cible, 'UPDATE essais SET duree = duree + 1e-16');
    const fait = await passer(l);
    const ecarts = fait.tables.filter((t) => t.ecart !== null);
    expect([fait.etat, ecarts.map((t) => [t.table, t.la - t.ici])]).toEqual([
      'ecarts',
      [
        ['jetons', -1],
        ['series', 1],
        ['pieces', 0],
        ['essais', 0],
      ],
    ]);
    expect(await codeDe(ouvrirLa(l.cible)())).toBe('VGM-STO-009');
    expect((await passer(l)).etat).toBe('ecarts');
    expect((await passer(l, undefined, { recommencer: true })).etat).toBe('complet');
  });

  test('the order to stop is obeyed between two batches: VGM-STO-015', async () => {
    const l = await lieu();
    expect(await codeDe(passer(l, undefined, { signal: AbortSignal.abort() }))).toBe('VGM-STO-015');
    expect((await passer(l)).etat).toBe('complet');
  });
});

describe('what is refused', () => {
  test('a target that holds other flux, or another base, whole or in part: VGM-STO-011, and nothing is erased', async () => {
    const l = await lieu();
    const autre = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    await autre.ecriture.creerFlux(nouveau(1), suite());
    await autre.fermer();
    expect(await codeDe(passer(l))).toBe('VGM-STO-011');
    expect(await codeDe(passer(l, undefined, { recommencer: true }))).toBe('VGM-STO-011');
    expect(await codeDe(ouvrirLa(l.cible)())).toBe('rien');
    const [deux, vierge] = [await lieu(), join(dossier.chemin, 'autre.sqlite')];
    const { store } = ouvrirRiche(vierge);
    await store.ecriture.creerFlux(nouveau(1), suite({ journal: [entree()] }));
    await store.fermer();
    await passer(deux, mourirA('tetes', 1)).catch(() => undefined);
    expect(await codeDe(passer({ fichier: vierge, cible: deux.cible }))).toBe('VGM-STO-011');
    await passer(deux);
    expect(await codeDe(passer({ fichier: vierge, cible: deux.cible }))).toBe('VGM-STO-011');
    expect(
      await codeDe(passer({ fichier: vierge, cible: deux.cible }, undefined, { recommencer: true })),
    ).toBe('VGM-STO-011');
    expect(await codeDe(passer({ ...deux, cible: l.cible }))).toBe('VGM-STO-016');
  });

  test('a target where a daemon was only started is taken', async () => {
    const l = await lieu();
    const essai = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    await essai.noeuds.annoncer({ nom: 'n1', roles: [], version: '1', demarre: T0, vu: T0 });
    await essai.ecriture.ecrire(suite());
    await essai.fermer();
    expect((await passer(l)).etat).toBe('complet');
  });

  test('a daemon at work, on either side: VGM-NOY-007, VGM-STO-012', async () => {
    const l = await lieu();
    const ici = ouvrirRiche(l.fichier).store;
    expect(await codeDe(passer(l))).toBe('VGM-NOY-007');
    await ici.fermer();
    const cible = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    await cible.flux.compter(OPERATEUR);
    expect(await codeDe(passer(l))).toBe('VGM-STO-012');
    await cible.fermer();
    expect((await passer(l)).etat).toBe('complet');
  });

  test('no base: VGM-STO-013, and none is made', async () => {
    const l = await lieu();
    const fichier = join(dossier.chemin, 'rien.sqlite');
    expect(await codeDe(passer({ ...l, fichier }))).toBe('VGM-STO-013');
    expect(existsSync(fichier)).toBe(false);
  });
});

describe('taken back on purpose', () => {
  const reprendreIci = ({ fichier, cible }: Lieu, perdue = false) => {
    const clock = creerFakeClock(instant(60_000));
    const outils = { clock, random: creerRandomSysteme(clock), version: '1.2.3' };
    return reprendre({ fichier, acces: accesDe(cible), perdue, patience: 500 }, outils);
  };

  test('nothing done since: as it was, and PostgreSQL does not open any more', async () => {
    const l = await lieu();
    expect(await codeDe(reprendreIci(l))).toBe('VGM-STO-017');
    await passer(l, mourirA('parti', 1)).catch(() => undefined);
    expect(await reprendreIci(l)).toBe('entiere');
    expect(await codeDe(ouvrirIci(l.fichier)())).toBe('rien');
    expect((await passer(l)).etat).toBe('complet');
    expect(await reprendreIci(l)).toBe('entiere');
    expect([await codeDe(ouvrirIci(l.fichier)()), await codeDe(ouvrirLa(l.cible)())]).toEqual([
      'rien',
      'VGM-STO-010',
    ]);
    expect(await codeDe(passer(l))).toBe('VGM-STO-011');
  });

  test('something done since: refused, then on demand as a base that comes back from a backup', async () => {
    const l = await lieu();
    await passer(l);
    const arrivee = await ouvrirSur(l.cible, { clock: creerFakeClock(T0) });
    await arrivee.ecriture.creerFlux(nouveau(90), suite({ journal: [entree()] }));
    await arrivee.fermer();
    expect(await codeDe(reprendreIci(l))).toBe('VGM-STO-018');
    expect([await codeDe(ouvrirIci(l.fichier)()), await codeDe(ouvrirLa(l.cible)())]).toEqual([
      'VGM-STO-008',
      'rien',
    ]);
    expect(await reprendreIci(l, true)).toBe('ancienne');
    const { store } = ouvrirRiche(l.fichier);
    expect(await store.restaurations.derniere()).toMatchObject({ sauvegarde: T0, close: null });
    await store.fermer();
    expect(await codeDe(ouvrirLa(l.cible)())).toBe('VGM-STO-010');
  });

  test('PostgreSQL is gone: refused, then on demand', async () => {
    const l = await lieu();
    await passer(l);
    const cible = { ...l.cible, utilisateur: 'personne' };
    expect(await codeDe(reprendreIci({ ...l, cible }))).toBe('VGM-STO-018');
    expect(await reprendreIci({ ...l, cible }, true)).toBe('ancienne');
  });
});
