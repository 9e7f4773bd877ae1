import { beforeEach, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { dresser, type Jugement, type Recolte } from '../../../src/banc/bilan.ts';
import {
  type EvenementDgfip,
  ouvrirRegistre,
  type RegistreOuvert,
} from '../../../src/banc/dgfip/registre.ts';
import type { DepotDuRecit } from '../../../src/banc/recit.ts';
import type { Scene, Suivi } from '../../../src/banc/scene.ts';
import type { Etat } from '../../../src/metier/etats.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** The demonstration counts what happened, and fails, in plain words, on each thing that is not as announced. */

let etats: Map<string, Etat>;
let registre: RegistreOuvert;
let webhooks: number;
let doublesActes: number;

function depot(titre: string, protocole: 'ACTES' | 'HELIOS', fin: DepotDuRecit['fin']): DepotDuRecit {
  return { titre, protocole, metadonnees: {}, fichiers: [], fin };
}

const SUIVIS: readonly Suivi[] = [
  { id: 'a1', depot: depot('un acte', 'ACTES', 'acquitte') },
  { id: 'a2', depot: depot('un acte refusé', 'ACTES', 'anomalie') },
  { id: 'p1', depot: depot('un PES', 'HELIOS', 'acquitte') },
  { id: 'p2', depot: depot('un PES en partie', 'HELIOS', 'acquitte_partiel') },
];
const COMPTES = { courriers: 1, accuses: 1, reponses: 0, annulations: 0, classifications: 0 };
const ECHANGES: Recolte['echanges'] = {
  comptes: COMPTES,
  perdus: [],
  doubles: [],
  // the letter is told of, its receipt is not
  flux: [{ etat: 'recu' }, { etat: 'transmis' }],
};
const REFUSES = [depot('un double', 'HELIOS', 'refus_depot')];

function noter(type: EvenementDgfip['type'], nom: string, sha256: string): void {
  registre.noter({ type, quand: 0, nom, sha256, taille: 1, nomFic: '', scenario: 'NORMAL', detail: '' });
}

beforeEach(() => {
  etats = new Map(SUIVIS.map(({ id, depot: { fin } }) => [id, fin as Etat]));
  registre = ouvrirRegistre(undefined);
  webhooks = SUIVIS.length + 1;
  doublesActes = 0;
  for (const id of ['p1', 'p2']) {
    noter('pris', `envoi-${id}`, `sha-${id}`);
    noter('publie', `ack-${id}`, 'x');
    noter('lu', `ack-${id}`, '');
  }
});

function scene(clock: Clock): Scene {
  const recus = new Map(
    Array.from({ length: webhooks }, (_, n) => [
      `w${n}`,
      { id: `w${n}`, type: 'flux.acquitte', signe: true },
    ]),
  );
  const lire = async (chemin: string) => {
    const id = chemin.replace('/flux/', '');
    return {
      statut: 200,
      corps: { flux: { etat: etats.get(id) }, pieces: [{ role: 'archive', sha256: `sha-${id}` }] },
    };
  };
  return {
    labo: { client: { lire }, ministere: { registre: { compter: () => doublesActes } } },
    dgfip: { registre },
    receveur: { recus },
    clock,
    dire: () => undefined,
  } as unknown as Scene;
}

async function juger(change: Partial<Recolte> = {}): Promise<Jugement> {
  const clock = creerFakeClock(0);
  const base = { suivis: SUIVIS, refuses: REFUSES, echanges: ECHANGES };
  const recolte = { ...base, preuves: { verifiees: 4, fausses: 0 }, ...change };
  const jugement = dresser(scene(clock), recolte);
  // Its patience is bounded.
  await clock.avancer(60_000);
  return jugement;
}

test('all as announced: no fault, and every figure counted', async () => {
  expect(await juger()).toEqual({
    fautes: [],
    bilan: {
      actes: { deposes: 2, acquittes: 1, refuses_depot: 0, anomalies: 1 },
      pes: { deposes: 3, acquittes: 1, partiels: 1, refuses_depot: 1 },
      echanges: COMPTES,
      preuves: { verifiees: 4, fausses: 0 },
      webhooks: { livres: 5 },
      perdus: 0,
      doubles: 0,
    },
  });
});

describe('not as announced', () => {
  test.each<[string, () => void, object, string]>([
    [
      'a flux that ends otherwise',
      () => etats.set('p1', 'transmis'),
      { perdus: 1, doubles: 0 },
      '« un PES » devait finir acquitté, et se trouve transmis.',
    ],
    [
      'a PES believed acknowledged, that the DGFiP never had',
      () => {
        registre = ouvrirRegistre(undefined);
        noter('pris', 'envoi-p2', 'sha-p2');
      },
      { perdus: 1 },
      'Perdus en route : 1.',
    ],
    [
      'an answer that nobody fetched',
      () => noter('publie', 'ack-p3', 'x'),
      { perdus: 1 },
      'Perdus en route : 1.',
    ],
    [
      'a PES that came twice',
      () => noter('double', 'envoi-p1', 'sha-p1'),
      { doubles: 1 },
      'Reçus en double par l’État : 1.',
    ],
    [
      'another writing of a PES already sent',
      () => noter('pris', 'envoi-p1-bis', 'sha-autre'),
      { doubles: 1 },
      'Reçus en double par l’État : 1.',
    ],
    [
      'an archive that came twice',
      () => (doublesActes = 1),
      { doubles: 1 },
      'Reçus en double par l’État : 1.',
    ],
    [
      'a webhook missing',
      () => (webhooks -= 1),
      { webhooks: { livres: 4 } },
      'Webhooks livrés et signés : 4 sur 5 dus.',
    ],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s', async (_, abimer, attendu, faute) => {
    abimer();
    const { bilan, fautes } = await juger();
    expect(bilan).toMatchObject(attendu);
    expect(fautes).toContain(faute);
  });

  test('a proof that is false', async () => {
    const { fautes } = await juger({ preuves: { verifiees: 3, fausses: 1 } });
    expect(fautes).toEqual(['Dossiers de preuve faux : 1.']);
  });

  test('a double taken at the door', async () => {
    etats.set('p3', 'acquitte');
    noter('double', 'envoi-p3', 'sha-p1');
    webhooks += 1;
    const { fautes } = await juger({
      suivis: [...SUIVIS, { id: 'p3', depot: depot('un double', 'HELIOS', 'refus_depot') }],
      refuses: [],
    });
    expect(fautes[0]).toBe('« un double » devait être refusé au dépôt, et se trouve acquitté.');
  });

  test('an exchange that one side has not, or has once too often', async () => {
    const { bilan, fautes } = await juger({
      echanges: { ...ECHANGES, perdus: ['3-2 acte 2026-03-12'], doubles: ['6-1 acte'] },
    });
    expect(bilan).toMatchObject({ perdus: 1, doubles: 1 });
    expect(fautes).toEqual([
      'Échange que l’une des deux parties n’a pas : 3-2 acte 2026-03-12.',
      'Échange que l’une des deux parties a une fois de trop : 6-1 acte.',
      'Perdus en route : 1.',
      'Reçus en double par l’État : 1.',
    ]);
  });

  test('an acte that is cancelled was acknowledged before: two webhooks', async () => {
    etats.set('a1', 'annule');
    const annule = { id: 'a1', depot: depot('un acte annulé', 'ACTES', 'annule') };
    const suivis = [annule, ...SUIVIS.slice(1)];
    expect((await juger({ suivis })).fautes).toEqual(['Webhooks livrés et signés : 5 sur 6 dus.']);
    webhooks += 1;
    expect((await juger({ suivis })).fautes).toEqual([]);
  });

  test('a good deposit refused at the door', async () => {
    const { bilan, fautes } = await juger({
      refuses: [...REFUSES, depot('un bon PES', 'HELIOS', 'acquitte')],
    });
    expect(bilan.pes).toMatchObject({ deposes: 4, refuses_depot: 2 });
    expect(fautes).toEqual(['« un bon PES » n’a pas été accepté au dépôt.']);
  });
});
