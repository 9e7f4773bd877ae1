import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lireCoffre } from './coffre.ts';
import { suivreJournal } from './journal.ts';
import { lireJournalSqlite } from './magasin.ts';
import { mener } from './mener.ts';
import { aplatir, codeDe } from './rapport.ts';
import { type Bilan, juger, sain, type Temoins } from './verdict.ts';

/** A verdict that cannot fail is worth nothing: one defect is planted in what each witness says of a run that was sound. */

let dossier: string;
let vus: Temoins;
let bilan: Bilan;

beforeAll(async () => {
  dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-pannes-'));
  const panne = {
    nom: 'essai',
    charge: { deposants: { actes: 2, pes: 2 }, pause: 50 },
    frapper: async () => undefined,
    examiner: (_c: unknown, temoins: Temoins) => {
      vus = temoins;
      return [];
    },
  };
  bilan = await mener(panne, {
    dossier,
    graine: 3,
    mesure: { coups: 1 },
    magasin: 'sqlite',
    noeuds: 1,
    depots: { actes: 8, pes: 7 },
  });
}, 120_000);
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

const premier = <T>(liste: readonly T[]): T => {
  const [un] = liste;
  if (un === undefined) throw new TypeError('nothing was seen');
  return un;
};

test('the run is sound, and the code of the launcher says so', () => {
  expect(juger(vus)).toEqual({ perdus: [], doubles: [], ruptures: [], fautes: [] });
  expect(sain(bilan)).toBe(true);
  expect(codeDe([bilan], 1)).toBe(0);
  expect(aplatir([bilan])).toMatchObject({ flux: 15, perdus: 0, doubles: 0, ruptures: 0, essai_flux: 15 });
});

test('a campaign that was not run to its end fails the whole', () => {
  expect(codeDe([bilan], 2)).toBe(1);
});

/** The same, what one witness says being changed. */
const avec = (faux: Partial<Temoins>): Temoins => ({ ...vus, ...faux });

describe('planted in what each witness says', () => {
  const accuse = () => premier(vus.accuses);
  const vu = () => premier(vus.store.filter((s) => s.flux.id === accuse().id));
  const autres = () => vus.store.filter((s) => s.flux.id !== accuse().id);
  const prise = () => premier(vus.pairs.filter((p) => p.type === 'pris'));
  const histoires = (id: string, evs: readonly string[]) =>
    new Map(vus.journal.histoires).set(
      id,
      evs.map((ev) => ({ ev, t: '2026-03-02T10:00:00.000Z' })),
    );

  test.each<[string, keyof Omit<ReturnType<typeof juger>, 'fautes'> | 'fautes', () => Partial<Temoins>]>([
    [
      'a deposit was acknowledged that the store never had',
      'perdus',
      () => ({ accuses: [...vus.accuses, { ...accuse(), id: 'ailleurs' }] }),
    ],
    [
      'a flux is in another state than its end',
      'perdus',
      () => ({ store: [...autres(), { ...vu(), flux: { ...vu().flux, etat: 'pret' } }] }),
    ],
    [
      'the bytes deposited are no piece of the flux',
      'perdus',
      () => ({
        store: [...autres(), { ...vu(), pieces: vu().pieces.filter((p) => p.sha256 !== accuse().empreinte) }],
      }),
    ],
    [
      'the same key gives another flux',
      'perdus',
      () => ({ redits: [{ nom: 'A0', attendu: 'un', rendu: 'autre' }] }),
    ],
    [
      'a peer does not hold what it should',
      'perdus',
      () => ({ pairs: vus.pairs.filter((p) => p !== prise()) }),
    ],
    [
      'a peer holds what the store ignores',
      'perdus',
      () => ({ pairs: [...vus.pairs, { ...prise(), nom: 'x', sha256: 'x' }] }),
    ],
    [
      'an answer of the State was not filed',
      'perdus',
      () => ({ reponses: [...vus.reponses, { source: 'dgfip:sftp', nom: 'jamais.xml', retour: false }] }),
    ],
    [
      'a PES Retour gave no flux',
      'perdus',
      () => ({ store: vus.store.filter((s) => s.flux.protocole === 'ACTES' || s.flux.etat !== 'recu') }),
    ],
    [
      'the préfecture lacks an exchange',
      'perdus',
      () => ({ echanges: { ...vus.echanges, perdus: ['3-1'] } }),
    ],
    [
      'a piece is not in the coffre',
      'perdus',
      () => ({
        coffre: {
          ...vus.coffre,
          saines: new Set([...vus.coffre.saines].filter((s) => s !== accuse().empreinte)),
        },
      }),
    ],
    [
      'a peer saw a name come twice',
      'doubles',
      () => ({ pairs: [...vus.pairs, { ...prise(), type: 'double' }] }),
    ],
    [
      'a peer took the same bytes under two names',
      'doubles',
      () => ({ pairs: [...vus.pairs, { ...prise(), nom: 'autre' }] }),
    ],
    [
      'the store has a deposit that nobody was told of',
      'doubles',
      () => ({ accuses: vus.accuses.filter((a) => a !== accuse()) }),
    ],
    [
      'two flux bear one name',
      'doubles',
      () => ({ store: [...vus.store, { ...vu(), flux: { ...vu().flux, id: accuse().id } }] }),
    ],
    ['a letter is there twice', 'doubles', () => ({ echanges: { ...vus.echanges, doubles: ['3-1'] } })],
    ['the daemon finds its own chain broken', 'ruptures', () => ({ rupturesDites: ['operateur 3'] })],
    [
      'the journal never saw a flux born',
      'fautes',
      () => ({ journal: { ...vus.journal, histoires: histoires(accuse().id, []) } }),
    ],
    [
      'the journal leads a flux elsewhere',
      'fautes',
      () => ({
        journal: { ...vus.journal, histoires: histoires(accuse().id, ['DEPOT', 'CONTROLE_FAVORABLE']) },
      }),
    ],
    ['a draft was left in the coffre', 'fautes', () => ({ coffre: { ...vus.coffre, brouillons: ['b'] } })],
    [
      'an outgoing number is missing',
      'fautes',
      () => ({
        store: vus.store.map((s) => ({
          ...s,
          flux: { ...s.flux, nomEnvoi: s.flux.nomEnvoi?.replace(/1(\.tar\.gz|\.xml)$/, '77$1') ?? null },
        })),
      }),
    ],
  ])('%s: told', (_titre, ou, faux) => {
    const verdict = juger(avec(faux()));
    expect(verdict[ou]).not.toEqual([]);
    expect(codeDe([{ ...bilan, ...verdict }], 1)).toBe(1);
  });
});

describe('planted in a copy of what is on the disk', () => {
  const donnees = (): string => join(dossier, 'donnees');

  function copie(sql: string): string {
    const fichier = join(dossier, 'copie.sqlite');
    copyFileSync(join(donnees(), 'vaguemestre.sqlite'), fichier);
    const base = new DatabaseSync(fichier);
    base.exec('DROP TRIGGER journal_fige; DROP TRIGGER journal_garde');
    base.exec(sql);
    base.close();
    return fichier;
  }

  test.each([
    ['a line was altered', `UPDATE journal SET ligne = replace(ligne, '"OK"', '"KO"') WHERE seq = 5`],
    ['a line was taken out', 'DELETE FROM journal WHERE seq = 5'],
    [
      'two lines were exchanged',
      'UPDATE journal SET ligne = (SELECT j.ligne FROM journal j WHERE j.org = journal.org AND j.n = 3) WHERE n = 2',
    ],
  ])('%s: a break is told', async (_titre, sql) => {
    const { ruptures } = await suivreJournal(lireJournalSqlite(copie(sql)));
    expect(ruptures).not.toEqual([]);
    expect(juger(avec({ journal: { ...vus.journal, ruptures } })).ruptures).toEqual(ruptures);
  });

  test('a piece was altered: told, and it is lost', async () => {
    const coffre = join(dossier, 'coffre-copie');
    cpSync(join(donnees(), 'coffre'), coffre, { recursive: true });
    const { empreinte } = premier(vus.accuses);
    const piece = join(coffre, empreinte.slice(0, 2), empreinte);
    rmSync(piece);
    writeFileSync(piece, 'autre chose');
    const lu = await lireCoffre(coffre, Number.POSITIVE_INFINITY);
    expect(lu.alterees).toEqual([empreinte]);
    expect(juger(avec({ coffre: lu })).perdus.length).toBeGreaterThanOrEqual(2);
    expect(readdirSync(coffre).length).toBeGreaterThan(1);
  });
});
