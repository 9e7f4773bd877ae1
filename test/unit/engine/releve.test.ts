import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { creerFakeClock, type FakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeCoffre } from '../../../src/adapters/coffre/fake.ts';
import { creerFakeLog } from '../../../src/adapters/log/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerFakeStore } from '../../../src/adapters/store/fake.ts';
import type { OutilsMoteur } from '../../../src/engine/outils.ts';
import { creerReleve, type Releve } from '../../../src/engine/releve.ts';
import { consignerRetour } from '../../../src/gestes/consigner-retour.ts';
import { demarrerClassifications } from '../../../src/gestes/classifications.ts';
import type { Consigner, Mailbox } from '../../../src/ports/mailbox.ts';
import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { collectivite, T0 } from '../../contracts/store.fabrique.ts';

/** What one node at a time does for all, and what it comes to when two believe that it is their turn. */

let clock: FakeClock;
let store: Store;
const arrets: AbortController[] = [];

beforeEach(() => {
  clock = creerFakeClock(T0);
  store = creerFakeStore({ clock, random: creerFakeRandom(clock) });
});
afterEach(async () => {
  for (const arret of arrets.splice(0)) arret.abort();
  await passer(0);
  await store.fermer();
});

async function passer(ms: number): Promise<void> {
  await clock.avancer(ms);
  for (let tour = 0; tour < 60; tour += 1) await new Promise(setImmediate);
}

/** A place that several read at once, as an IMAP server lets them: each sees what waits, files it, then takes it away. */
class Boite {
  readonly messages: Uint8Array[] = [];
  readonly lecteurs: string[] = [];
  /** While set, whoever reads waits before it takes anything away. */
  attente: Promise<void> = Promise.resolve();

  pour(lecteur: string): Mailbox {
    return {
      nom: 'imap:retours',
      sonder: async () => undefined,
      relever: async (consigner) => {
        this.lecteurs.push(lecteur);
        const vus = [...this.messages];
        for (const message of vus) await consigner(message, 'imap:retours');
        await this.attente;
        for (const message of vus.filter((m) => this.messages.includes(m)))
          this.messages.splice(this.messages.indexOf(message), 1);
        return vus.length;
      },
    };
  }
}

function noeud(
  nom: string,
  boite: Boite,
  periode = 30_000,
): { releve: Releve; arreter: () => Promise<void> } {
  const arret = new AbortController();
  arrets.push(arret);
  const outils = {
    clock,
    store,
    log: creerFakeLog(),
    signaux: { arret: arret.signal },
  } as unknown as OutilsMoteur;
  const coffre = creerFakeCoffre();
  const random = creerFakeRandom(clock, nom.length);
  const consigner: Consigner = async (brut, source, fichier = null) => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, {
      source,
      nom: fichier,
    });
  };
  const releve = creerReleve(outils, [{ boite: boite.pour(nom), periode }], { consigner, proprietaire: nom });
  return {
    releve,
    arreter: async () => {
      arret.abort();
      await releve.arreter();
    },
  };
}

const retours = () => store.retours.lister(OPERATEUR, { limite: 99 });
const message = (texte: string) => Buffer.from(texte);

describe('mailboxes and gateways', () => {
  test('of two nodes one reads, as often as one alone would', async () => {
    const boite = new Boite();
    const [un, deux] = [noeud('un', boite), noeud('deuxieme', boite)];
    un.releve.demarrer();
    await passer(0);
    deux.releve.demarrer();
    for (let s = 0; s < 120; s += 5) await passer(5_000);
    expect(new Set(boite.lecteurs)).toEqual(new Set(['un']));
    expect(boite.lecteurs.length).toBeLessThanOrEqual(5);
    expect(await store.tours.lister()).toMatchObject([{ nom: 'imap:retours', proprietaire: 'un' }]);
  });

  test('the other reads soon after the first has left, and not much later than its turn when it died', async () => {
    const boite = new Boite();
    const [un, deux] = [noeud('un', boite), noeud('deuxieme', boite)];
    un.releve.demarrer();
    await passer(0);
    deux.releve.demarrer();
    await passer(0);
    await un.arreter();
    for (let s = 0; s < 15; s += 5) await passer(5_000);
    expect(boite.lecteurs.at(-1)).toBe('deuxieme');
    // A third one takes over from one that gives no sign of life any more.
    const [mort, trois] = [arrets[1], noeud('troisieme', boite)];
    trois.releve.demarrer();
    await passer(0);
    store.tours.rendre = async () => undefined;
    mort?.abort();
    for (let s = 0; s < 80; s += 5) await passer(5_000);
    expect(boite.lecteurs.at(-1)).toBe('troisieme');
  });

  test('a turn is kept as long as a fetch lasts', async () => {
    const boite = new Boite();
    const lent = Promise.withResolvers<void>();
    boite.attente = lent.promise;
    const [un, deux] = [noeud('un', boite), noeud('deuxieme', boite)];
    un.releve.demarrer();
    await passer(0);
    deux.releve.demarrer();
    for (let s = 0; s < 200; s += 10) await passer(10_000);
    expect(boite.lecteurs).toEqual(['un']);
    lent.resolve();
    await passer(0);
  });

  test('two that read the same messages at once, each believing that it is its turn: each is kept once', async () => {
    const boite = new Boite();
    boite.messages.push(message('un'), message('deux'), message('trois'));
    const porte = Promise.withResolvers<void>();
    boite.attente = porte.promise;
    const [un, deux] = [noeud('un', boite), noeud('deuxieme', boite)];
    const tous = Promise.all([un.releve.relever(), deux.releve.relever()]);
    await passer(0);
    expect(boite.lecteurs).toEqual(['un', 'deuxieme']);
    porte.resolve();
    expect((await tous).flat().map((f) => f.erreur)).toEqual([null, null]);
    expect(boite.messages).toEqual([]);
    expect(await retours()).toHaveLength(3);
  });

  test('a store that does not say whose turn it is: nothing is read, and it is asked again', async () => {
    const boite = new Boite();
    const vrai = store.tours.prendre;
    store.tours.prendre = async () => Promise.reject(new TypeError('down'));
    const un = noeud('un', boite);
    un.releve.demarrer();
    await passer(0);
    expect(boite.lecteurs).toEqual([]);
    store.tours.prendre = vrai;
    await passer(15_000);
    expect(boite.lecteurs).toEqual(['un']);
  });
});

describe('requests of classification', () => {
  const HEURE = 3_600_000;

  function ronde(nom: string): { demandes: string[]; fin: () => Promise<void> } {
    const arret = new AbortController();
    arrets.push(arret);
    const demandes: string[] = [];
    const outils = { clock, store, log: creerFakeLog(), signaux: { arret: arret.signal } };
    const gestes = {
      demanderClassification: async (_ctx: unknown, { siren }: { siren: string }) => {
        demandes.push(siren);
        return {} as never;
      },
    };
    const fin = demarrerClassifications(outils as unknown as OutilsMoteur, gestes, {
      jours: 7,
      proprietaire: nom,
    });
    return { demandes, fin };
  }

  test('of two nodes one asks', async () => {
    const actes = { departement: '034' } as never;
    await store.collectivites.enregistrer(collectivite({ actes }), { journal: [], quand: T0 });
    const [un, deux] = [ronde('un'), ronde('deux')];
    await passer(HEURE);
    expect([un.demandes.length, deux.demandes.length].toSorted()).toEqual([0, 1]);
    expect(await store.tours.lister()).toMatchObject([{ nom: 'classifications' }]);
  });
});
