import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { creerPdf } from '../../../src/banc/pdf.ts';
import type { Gestes } from '../../../src/gestes/gestes.ts';
import { demarrerLots } from '../../../src/gestes/lots/demarrer.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import type { FluxId, Instant, LotId } from '../../../src/metier/identifiants.ts';
import type { Lot } from '../../../src/metier/lots.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { type Atelier, AUTRE_SIREN, creerAtelier, CTX, SIREN } from '../../parcours/atelier.ts';
import { souffler } from '../../parcours/sol.ts';
import { zipEssai } from '../lot/zip-essai.ts';

/** docs/decisions/0020-lots-de-l-api.md: whatever the instant at which a node dies, and however many believe it is their turn. */

let a: Atelier;
let fermetures: (() => unknown)[];
beforeEach(async () => {
  a = await creerAtelier();
  fermetures = [];
});
afterEach(async () => {
  a.abandonner();
  for (const fermer of fermetures) await fermer();
  await a.fermer();
});

const PDF = creerPdf(['Acte']);
const TITRES = 'numero;date;objet;nature;matiere;document;typologie';

/** Sound lines under this prefix, then one whose number the norm refuses. */
function zipDe(prefixe: string, nombre: number): Buffer {
  const numeros = [...Array.from({ length: nombre }, (_, k) => `${prefixe}${k}`), `${prefixe}-faux`];
  const lignes = numeros.map((n) => `${n};2026-03-02;Tarif ${n};1;7.1;a.pdf;99_DE`);
  return zipEssai([
    { nom: 'lot.csv', octets: Buffer.from([TITRES, ...lignes, ''].join('\n')) },
    { nom: 'a.pdf', octets: PDF },
  ]);
}

async function recevoir(zip: Buffer, cle: string | null = null): Promise<Lot> {
  const pris = await a.gestes.lots.deposer(CTX, { collectivite: SIREN, zip, cleIdempotence: cle });
  if (pris.type !== 'pris') throw new TypeError('refused');
  return pris.lot;
}

interface Noeud {
  readonly nom?: string;
  readonly store?: Store;
  readonly gestes?: Gestes;
}

/** A node that works on batches. @returns what stops it. */
function travailler({ nom = 'a', store = a.store, gestes = a.gestes }: Noeud = {}): () => Promise<void> {
  const arret = new AbortController();
  const signaux = { ...a.outils.signaux, arret: arret.signal };
  const moteur = { ...a.outils, store, signaux };
  const limites = { taille: 10_000_000, pieces: 10 };
  const fini = demarrerLots({ moteur, coffre: a.coffre, gestes, limites }, nom);
  return () => {
    arret.abort();
    return fini();
  };
}

/** Lets time pass until it is so. */
async function jusque(vrai: () => Promise<boolean> | boolean): Promise<void> {
  for (let tour = 0; tour < 3000; tour += 1) {
    if (await vrai()) return;
    await souffler();
    if (tour % 10 === 9) await a.clock.avancer(1_000);
  }
  throw new TypeError('never');
}

const lire = async (id: LotId): Promise<Lot> => (await a.gestes.lots.montrer(CTX, id, { limite: 1 })).lot;
const fini = (id: LotId): Promise<void> => jusque(async () => (await lire(id)).termine !== null);

async function identites(prefixe: string): Promise<string[]> {
  const flux = await a.store.flux.lister(OPERATEUR, { limite: 1000, recherche: `-${prefixe}` });
  return flux.map((f) => f.identite).toSorted();
}
const attendues = (prefixe: string, nombre: number): string[] =>
  Array.from({ length: nombre }, (_, k) => `034-${SIREN}-20260302-${prefixe}${k}-DE`).toSorted();

const evenements = async (): Promise<string[]> =>
  (await a.store.journal.lignes(SIREN, 1, 10_000)).map((l) => (JSON.parse(l) as { ev: string }).ev);

describe('a node that dies', () => {
  type Cote = 'avant' | 'apres';

  /** Every call to the store by which something is written, until the one where the node dies: then none of its calls ends. */
  function mortel(rang: number, cote: Cote): { noeud: Noeud; mort: () => boolean; appels: () => number } {
    let [vus, mort] = [0, false];
    const jamais = (): Promise<never> => Promise.withResolvers<never>().promise;
    const passer = async <T>(faire: () => Promise<T>): Promise<T> => {
      vus += 1;
      const ici = vus === rang;
      if (ici && cote === 'avant') mort = true;
      if (mort) return jamais();
      const resultat = await faire();
      if (ici) mort = true;
      return mort ? jamais() : resultat;
    };
    const { lots } = a.store;
    const store: Store = {
      ...a.store,
      lots: {
        ...lots,
        aFaire: (...p) => passer(() => lots.aFaire(...p)),
        noter: (...p) => passer(() => lots.noter(...p)),
        terminer: (...p) => passer(() => lots.terminer(...p)),
      },
    };
    const gestes: Gestes = {
      ...a.gestes,
      recevoirFichier: (...p) => passer(() => a.gestes.recevoirFichier(...p)),
      deposer: (...p) => passer(() => a.gestes.deposer(...p)),
    };
    return { noeud: { store, gestes }, mort: () => mort, appels: () => vus };
  }

  test('at any call, before or after it is done: the next life deposits each sound acte once, and tells each refusal', async () => {
    let morts = 0;
    for (const cote of ['avant', 'apres'] as const) {
      for (let rang = 1; ; rang += 1) {
        const prefixe = `${cote === 'avant' ? 'V' : 'P'}${rang}X`;
        const { id } = await recevoir(zipDe(prefixe, 4));
        const { noeud, mort } = mortel(rang, cote);
        const arreter = travailler(noeud);
        await jusque(async () => mort() || (await lire(id)).termine !== null);
        if (mort()) morts += 1;
        else await arreter();
        const suivant = travailler();
        await fini(id);
        await suivant();
        expect((await lire(id)).comptes).toEqual({ deposes: 4, deja: 0, refuses: 1, restants: 0 });
        expect(await identites(prefixe)).toEqual(attendues(prefixe, 4));
        if (!mort()) break;
      }
    }
    // 5 files received, 5 deposits, the pages, the refusal, the end; on each side
    expect(morts).toBeGreaterThanOrEqual(2 * 14);
    const ecrits = await evenements();
    expect(ecrits.filter((ev) => ev === 'LOT_TERMINE')).toHaveLength(
      ecrits.filter((ev) => ev === 'LOT_RECU').length,
    );
  });
});

describe('two nodes', () => {
  /** Nothing withholds the turn from anybody. */
  const sansTour = (): Store => ({
    ...a.store,
    tours: {
      ...a.store.tours,
      prendre: async ({ nom, proprietaire, bail }) => ({ nom, proprietaire, bail, numero: 1 }),
      rendre: async () => undefined,
    },
  });

  test('that both believe it is their turn deposit each acte once, and one end is written', async () => {
    const { id } = await recevoir(zipDe('D', 40));
    const noeuds = ['a', 'b'].map((nom) => travailler({ nom, store: sansTour() }));
    await fini(id);
    for (const arreter of noeuds) await arreter();
    expect((await lire(id)).comptes).toEqual({ deposes: 40, deja: 0, refuses: 1, restants: 0 });
    expect(await identites('D')).toEqual(attendues('D', 40));
    const ecrits = await evenements();
    expect([
      ecrits.filter((ev) => ev === 'LOT_TERMINE').length,
      ecrits.filter((ev) => ev === 'DEPOT').length,
    ]).toEqual([1, 40]);
  });

  test('the turn leaves it to one; the other takes it up once the first is silent', async () => {
    const { id } = await recevoir(zipDe('T', 5));
    const quand = a.clock.now();
    const bail = (quand + 30_000) as Instant;
    await a.store.tours.prendre({ nom: 'lots', proprietaire: 'morte', quand, bail });
    const arreter = travailler({ nom: 'b' });
    await a.clock.avancer(10_000);
    await souffler();
    expect((await lire(id)).comptes.deposes).toBe(0);
    await fini(id);
    expect(a.clock.now()).toBeGreaterThan(bail);
    await arreter();
  });

  test('one refuses what the other deposits: the flux is what counts, and the batch says so', async () => {
    const { id } = await recevoir(zipDe('R', 1));
    const refusant: Gestes = {
      ...a.gestes,
      deposer: async (ctx, demande) => {
        const reponse = await a.gestes.deposer(ctx, demande);
        const { rapport } = reponse;
        return reponse.type === 'accepte' ? { type: 'refuse', rapport } : reponse;
      },
    };
    const arreter = travailler({ gestes: refusant });
    await fini(id);
    await arreter();
    expect((await lire(id)).comptes).toEqual({ deposes: 1, deja: 0, refuses: 1, restants: 0 });
  });
});

test('the same key is the same batch, even asked for twice at once; with other bytes it is refused', async () => {
  const [zip, autre] = [zipDe('C', 2), zipDe('E', 2)];
  const [un, deux] = await Promise.all([recevoir(zip, 'mars'), recevoir(zip, 'mars')]);
  expect(un?.id).toBe(deux?.id);
  const refus = recevoir(autre, 'mars').catch((e: unknown) => (e instanceof ErreurVgm ? e.fiche.code : e));
  expect(await refus).toBe('VGM-LOT-009');
  expect(await a.store.lots.enCours()).toHaveLength(1);
});

test('another collectivité neither gives, sees nor stops it', async () => {
  const { id } = await recevoir(zipDe('S', 1));
  const autre = { ...CTX, portee: { collectivite: AUTRE_SIREN } };
  const demande = { collectivite: SIREN, zip: zipDe('S', 1), cleIdempotence: null };
  const code = (p: Promise<unknown>): Promise<unknown> =>
    p.catch((e: unknown) => (e instanceof ErreurVgm ? [e.fiche.code, e.http] : e));
  expect([
    await code(a.gestes.lots.deposer(autre, demande)),
    await code(a.gestes.lots.montrer(autre, id, { limite: 1 })),
    await code(a.gestes.lots.abandonner(autre, id, 'non')),
    await a.gestes.lots.lister(autre, { limite: 9 }),
  ]).toEqual([['VGM-DEP-001', 404], ['VGM-LOT-008', 404], ['VGM-LOT-008', 404], []]);
});

test('a failure that is nobody’s fault holds the batch up, says why, and refuses no acte', async () => {
  const { id } = await recevoir(zipDe('H', 20));
  let panne = true;
  const gestes: Gestes = {
    ...a.gestes,
    deposer: async (ctx, demande) => {
      if (panne && demande.cleIdempotence?.endsWith(' 9') === true) {
        await a.gestes.oublierFichiers(demande.fichiers);
        throw new TypeError('a defect');
      }
      return a.gestes.deposer(ctx, demande);
    },
  };
  const arreter = travailler({ gestes });
  await jusque(async () => (await lire(id)).comptes.restants === 1);
  await jusque(async () => (await lire(id)).erreur !== null);
  const retenu = await lire(id);
  expect([retenu.erreur?.code, retenu.comptes]).toEqual([
    'VGM-LOT-011',
    { deposes: 19, deja: 0, refuses: 1, restants: 1 },
  ]);
  panne = false;
  await fini(id);
  await arreter();
  expect(await lire(id)).toMatchObject({ erreur: null, comptes: { deposes: 20, refuses: 1 } });
});

test('nothing is deposited of a batch while a reconciliation is open', async () => {
  const { id } = await recevoir(zipDe('Z', 2));
  let [ouverte, regards] = [true, 0];
  const restaurations = {
    ...a.store.restaurations,
    derniere: async () => {
      regards += 1;
      const faite = { id: 'r', sauvegarde: 1 as Instant, restauree: 2 as Instant, preparee: null };
      return { ...faite, close: ouverte ? null : (3 as Instant) };
    },
  };
  const arreter = travailler({ store: { ...a.store, restaurations } });
  // it looked again: what it did of the look before is over
  await jusque(() => regards >= 3);
  expect((await lire(id)).comptes.deposes).toBe(0);
  ouverte = false;
  await fini(id);
  await arreter();
});

test('the same batch again deposits nothing: each line names the flux that holds its acte; other bytes are a refusal', async () => {
  const premier = await recevoir(zipDe('J', 3));
  const arreter = travailler();
  await fini(premier.id);
  const second = await recevoir(zipDe('J', 3));
  await fini(second.id);
  const { lot, lignes } = await a.gestes.lots.montrer(CTX, second.id, { limite: 9 });
  expect(lot.comptes).toEqual({ deposes: 0, deja: 3, refuses: 1, restants: 0 });
  const avant = await a.gestes.lots.montrer(CTX, premier.id, { limite: 9 });
  expect(lignes.map((l) => l.flux)).toEqual(avant.lignes.map((l): FluxId | null => l.flux));
  const autre = zipEssai([
    { nom: 'lot.csv', octets: Buffer.from(`${TITRES}\nJ0;2026-03-02;Tarif J0;1;7.1;a.pdf;99_DE\n`) },
    { nom: 'a.pdf', octets: creerPdf(['Autre']) },
  ]);
  const troisieme = await recevoir(autre);
  await fini(troisieme.id);
  await arreter();
  const { lignes: refusees } = await a.gestes.lots.montrer(CTX, troisieme.id, { limite: 9 });
  expect(refusees.map((l) => [l.sort, l.anomalies[0]?.code])).toEqual([['refuse', 'VGM-DEP-002']]);
});
