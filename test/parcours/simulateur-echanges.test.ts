import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import { confronterEchanges, type EchangeVu, listerEchanges } from '../../src/banc/echanges/confrontation.ts';
import {
  CLASSIFICATION_DATE,
  creerLaboratoire,
  type Laboratoire,
  type ProcessusDemon,
} from '../../src/banc/laboratoire.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { ObjetJson } from '../../src/metier/flux.ts';
import { clock } from './monde.ts';

/** A daemon in its own process before the simulated préfecture: letters that come twice, too early, across a cancellation. */

const SIREN = '213400016';
const JOUR = '2026-03-02';

let dossier: string;
let labo: Laboratoire;
let demon: ProcessusDemon;

beforeAll(async () => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-echanges-'));
  labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 7,
    reglages: { moteur: { reprise_min_s: 0.1, reprise_max_s: 1 } },
    ministere: { tardMs: 200 },
  });
  demon = await labo.demarrerDemon();
  await inscrire(labo.client, SIREN, 'Commune des échanges');
}, 60_000);
afterAll(async () => {
  await demon.arreter();
  await labo.fermer();
  rmSync(dossier, { recursive: true, force: true });
});

interface Montre {
  readonly flux: { readonly etat: string; readonly alerte: string | null; readonly erreur: unknown };
  readonly citants: readonly EchangeVu[];
}

async function montrer(id: string): Promise<Montre> {
  return (await labo.client.lire(`/flux/${id}`)).corps as unknown as Montre;
}

/** Asks until it is so. */
async function jusqua<T>(demander: () => Promise<T | null>): Promise<T> {
  const limite = clock.now() + 30_000;
  for (;;) {
    const obtenu = await demander();
    if (obtenu !== null) return obtenu;
    if (clock.now() > limite) expect.fail('too long');
    await clock.sleep(20);
  }
}

const fini = (id: string, etat: string): Promise<Montre> =>
  jusqua(async () => {
    const vu = await montrer(id);
    return vu.flux.etat === etat ? vu : null;
  });

/** The flux that cite this one, once there are so many, as « message état ». */
const citants = (id: string, nombre: number): Promise<readonly EchangeVu[]> =>
  jusqua(async () => {
    const vus = (await montrer(id)).citants;
    return vus.length >= nombre ? vus : null;
  });

async function depose(numero: string, suite: ObjetJson = {}): Promise<string> {
  const metadonnees = {
    numero,
    date: JOUR,
    objet: 'Marché de la salle des fêtes',
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
    ...suite,
  };
  const fichiers = [{ role: 'document', nom: 'acte.pdf', octets: creerPdf([numero]) }] as const;
  const { statut, corps } = await labo.client.deposer({ siren: SIREN, metadonnees, fichiers });
  expect(statut, JSON.stringify(corps)).toBe(201);
  return (corps['flux'] as { id: string }).id;
}

async function envoye(promesse: Promise<{ statut: number; corps: ObjetJson }>): Promise<string> {
  const { statut, corps } = await promesse;
  expect(statut, JSON.stringify(corps)).toBe(201);
  return (corps['flux'] as { id: string }).id;
}

const repondre = (courrier: string): Promise<string> =>
  envoye(
    labo.client.repondre(courrier, {
      refus: false,
      typologies: ['99_DE'],
      fichiers: [{ role: 'document', nom: 'piece.pdf', octets: creerPdf(['Pièce']) }],
    }),
  );

async function aTrancher(): Promise<readonly { readonly id: string; readonly motif: string }[]> {
  const { corps } = await labo.client.lire('/retours?etat=a_trancher&limite=100');
  return corps['retours'] as unknown as { id: string; motif: string }[];
}

/** Receipts that left for each letter, whatever the number of mails that bore it. */
async function accusesDe(lettres: readonly EchangeVu[]): Promise<string[]> {
  const accuses = await Promise.all(lettres.map(({ id }) => citants(id, 1)));
  await Promise.all(accuses.flat().map(({ id }) => fini(id, 'transmis')));
  return accuses.flat().map((a) => a.message.code);
}

describe('letters', () => {
  test.each([
    ['E1_C31', ['3-1'], ['3-2']],
    ['E2_C41', ['4-1'], ['4-2']],
    ['E3_C31BIS', ['3-1'], ['3-2']],
    ['E4_C31X2', ['3-1', '3-1'], ['3-2', '3-2']],
  ])('%s: %s, receipts %s', async (numero, attendus, accuses) => {
    const id = await depose(numero);
    const lettres = await citants(id, attendus.length);
    expect(lettres.map((l) => l.message.code)).toEqual(attendus);
    expect(await accusesDe(lettres)).toEqual(accuses);
    await labo.ministere.attendreVide();
    expect((await montrer(id)).citants).toHaveLength(attendus.length);
  });

  test.each([
    ['E5_C21', '2-1'],
    ['E6_C51', '5-1'],
  ])('%s: %s, and no receipt', async (numero, code) => {
    const [lettre] = await citants(await depose(numero), 1);
    expect(lettre).toMatchObject({ message: { code }, etat: 'recu' });
    expect((await montrer(lettre?.id ?? '')).citants).toEqual([]);
  });

  test('a 3-1 that its own 3-5 came before: the 3-5 waits for a person, the 3-1 has its receipt', async () => {
    const id = await depose('E7_C31TOT');
    expect(await accusesDe(await citants(id, 1))).toEqual(['3-2']);
    const [retour, ...autres] = await jusqua(async () => {
      const retours = await aTrancher();
      return retours.length === 0 ? null : retours;
    });
    expect([retour?.motif, autres]).toEqual([expect.stringContaining('aucun flux de ce nom ici'), []]);
    const { statut } = await labo.client.envoyer('POST', `/retours/${retour?.id}/classer`, {
      motif: 'trop tôt',
    });
    expect(statut).toBe(200);
  });

  test.each(['E8_DOUBLE', 'E9_TARD'])(
    '%s: the answer is closed once, nothing is left over',
    async (numero) => {
      const id = await depose(numero);
      await fini(id, 'acquitte');
      labo.ministere.ordonner({ ordre: 'courrier', code: '3-1', acte: numero, date: JOUR });
      const [lettre] = await citants(id, 1);
      await fini(await repondre(lettre?.id ?? ''), 'acquitte');
      await labo.ministere.attendreVide();
      expect(await aTrancher()).toEqual([]);
    },
  );
});

describe('a cancellation that a letter crosses', () => {
  test('the acte is cancelled, the letter that comes after the 6-2 is filed and has its receipt', async () => {
    const id = await depose('F1_CROISE');
    await fini(id, 'acquitte');
    const annulation = await envoye(labo.client.envoyer('POST', `/flux/${id}/annulation`, {}));
    await fini(annulation, 'acquitte');
    await fini(id, 'annule');
    const lettres = (await citants(id, 2)).filter((c) => c.message.code === '3-1');
    expect(await accusesDe(lettres)).toEqual(['3-2']);
    expect(await aTrancher()).toEqual([]);
  });
});

describe('the other channel', () => {
  test('the reminder, which has no file at all, is filed with its acte and raises an alert', async () => {
    const id = await depose('G1', { documentPapier: true });
    const vu = await jusqua(async () => {
      const montre = await montrer(id);
      return montre.flux.alerte === null || montre.flux.etat !== 'acquitte' ? null : montre;
    });
    expect(vu.flux.alerte).toContain('Complément attendu');
    expect(await aTrancher()).toEqual([]);
  });
});

describe('at the end', () => {
  test('nothing that either side has is missing at the other, nothing is there twice', async () => {
    await labo.ministere.attendreVide();
    const flux = await listerEchanges(labo.client);
    expect(confronterEchanges(flux, labo.ministere.registre.evenements())).toEqual({
      comptes: { courriers: 11, accuses: 9, reponses: 2, annulations: 1, classifications: 0 },
      perdus: [],
      doubles: [],
    });
  });
});

describe('classification', () => {
  const enVigueur = async (): Promise<string> => {
    const { corps } = await labo.client.lire(`/collectivites/${SIREN}/classification`);
    return (corps['classification'] as { date: string }).date;
  };

  test('an acte with the old date is refused; the refusal has the new one asked for, and the acte leaves again', async () => {
    expect(await enVigueur()).toBe(CLASSIFICATION_DATE);
    labo.ministere.ordonner({ ordre: 'classification', date: '2026-03-01' });
    const refuse = await fini(await depose('H1'), 'anomalie');
    expect(refuse.flux.erreur).toMatchObject({ code: 'ODT-VERIF-01' });
    await jusqua(async () => ((await enVigueur()) === '2026-03-01' ? true : null));
    await fini(await depose('H1'), 'acquitte');
  });

  test('asked for again the same day, it is refused: one request a day', async () => {
    const { statut, corps } = await labo.client.envoyer(
      'POST',
      `/collectivites/${SIREN}/classification/demande`,
      { complete: false },
    );
    expect([statut, JSON.stringify(corps)]).toEqual([409, expect.stringContaining('VGM-GES-050')]);
  });
});

describe('an answer that the préfecture refuses', () => {
  test('the whole envelope is refused; the answer is sent again, under another name', async () => {
    const id = await depose('I1_C41');
    await fini(id, 'acquitte');
    const [lettre] = await citants(id, 1);
    labo.ministere.forcer('I1_C41', 'ANOENV');
    const premiere = await fini(await repondre(lettre?.id ?? ''), 'anomalie');
    expect(premiere.flux.erreur).toMatchObject({ code: 'BANC-VERIF-32' });
    labo.ministere.forcer('I1_C41', null);
    await fini(await repondre(lettre?.id ?? ''), 'acquitte');
  });
});
