import { describe, expect, test } from 'vitest';
import type { ObjetJson } from '../../../src/metier/flux.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import { confronter } from '../../../src/protocoles/helios/accuse/confrontation.ts';
import {
  type FichierEnvoye,
  fichierEnvoye,
  fichierLu,
  nommePartieDe,
  rapprocher,
} from '../../../src/protocoles/helios/accuse/rapprochement.ts';
import { faits } from './decor.ts';
import { controle } from './epreuve.ts';
import type { PesEssai } from './generateur.ts';
import {
  acquit,
  type AcquitEssai,
  acquitDe,
  bordereau,
  erreur,
  fichier,
  fixtureEtat,
  pj,
} from './retours.ts';

const id = (n: number): FluxId => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}` as FluxId;

/** What a flux remembers of the PES it sent. */
async function envoye(
  n: number,
  pes: PesEssai = {},
  suite: ObjetJson = { misEnLigne: 1 },
): Promise<FichierEnvoye> {
  const { lu } = await controle({ pes });
  const memoire = fichierEnvoye({ id: id(n), resume: { ...lu?.resume, ...suite } });
  if (memoire === null) throw new TypeError('not a PES');
  return memoire;
}

const repond = (essai: AcquitEssai, envoyes: readonly FichierEnvoye[]) => {
  const { lu, bilan } = acquitDe(acquit(essai));
  return trouver({ entetes: lu.entetes, repetitions: lu.repetitions, bilan }, envoyes);
};

/** With the fate of each part of the file that is found. */
function trouver(reponse: Parameters<typeof rapprocher>[0], envoyes: readonly FichierEnvoye[]) {
  const vu = rapprocher(reponse, envoyes);
  if (vu.type !== 'trouve') return vu;
  const { fichier: trouve } = vu;
  return { type: vu.type, flux: trouve.flux, confrontation: confronter(reponse.bilan, trouve) };
}

const A = await envoye(1, {
  depense: [{ idBord: '41' }, { idBord: '42' }],
  pieces: [{ idUnique: 'P1' }, { idUnique: 'P2' }],
});
const REPONSE = { elements: bordereau('41') + bordereau('42') + pj('P1') };

describe('an acquittement finds its file by (NomFic, CodCol)', () => {
  test('found, with the fate of each bordereau and piece of the file', () => {
    const elements =
      bordereau('041') +
      bordereau('42', '0', erreur('ERREUR_PJ')) +
      pj('P1', '0', erreur('ERREUR_DOUBLON_PJ'));
    expect(repond({ elements }, [A])).toEqual({
      type: 'trouve',
      flux: id(1),
      confrontation: {
        bordereaux: [
          { domaine: 'depense', exercice: '2026', numero: '41', sort: 'accepte', erreurs: [] },
          {
            domaine: 'depense',
            exercice: '2026',
            numero: '42',
            sort: 'refuse',
            erreurs: [expect.objectContaining({ code: 'ERREUR_PJ' })],
          },
        ],
        pieces: [
          { idUnique: 'P1', sort: 'doublon', erreurs: [expect.objectContaining({ sens: 'doublon' })] },
          { idUnique: 'P2', sort: 'sans_reponse', erreurs: [] },
        ],
      },
    });
  });

  test('a refusal of the whole file is that of all it holds', () => {
    const r = repond({ elements: fichier('2', '0', erreur('ERREUR_CERTIFICAT')) }, [A]);
    if (r.type !== 'trouve') throw new TypeError(r.type);
    expect([...r.confrontation.bordereaux, ...r.confrontation.pieces].map((u) => u.sort)).toEqual(
      Array.from({ length: 4 }, () => 'refuse'),
    );
  });

  test('the answer of a signature (domain 3) is that of its bordereau', () => {
    const r = repond({ elements: bordereau('41', '0').replace('DomaineAck V="5"', 'DomaineAck V="3"') }, [A]);
    expect(r).toMatchObject({
      type: 'trouve',
      confrontation: { bordereaux: [{ sort: 'refuse' }, { sort: 'sans_reponse' }] },
    });
  });

  test('our own fixtures: the dépense and its acquittement', async () => {
    const { readFileSync } = await import('node:fs');
    const { RACINE } = await import('../formats/chemins.ts');
    const { lu } = await controle({ octets: readFileSync(`${RACINE}fixtures/helios/aller/depense.xml`) });
    const memoire = fichierEnvoye({ id: id(9), resume: { ...lu?.resume, misEnLigne: 1 } });
    const { lu: ack, bilan } = acquitDe(fixtureEtat('acquit/partiel'));
    const r = trouver({ entetes: ack.entetes, repetitions: [], bilan }, memoire === null ? [] : [memoire]);
    expect(r).toMatchObject({
      type: 'trouve',
      confrontation: {
        bordereaux: [
          { numero: '41', sort: 'refuse' },
          { numero: '42', sort: 'accepte' },
        ],
      },
    });
  });
});

describe('nothing that contradicts a file is laid at its door', () => {
  test.each<[string, AcquitEssai, RegExp]>([
    [
      'another name',
      { ...REPONSE, entetes: { NomFic: 'AUTRE' } },
      /Aucun fichier envoyé d’ici ne s’appelle « AUTRE »/,
    ],
    ['a name that only begins alike', { ...REPONSE, entetes: { NomFic: 'VALMONCEL_11' } }, /Aucun fichier/],
    ['another CodCol', { ...REPONSE, entetes: { CodCol: '124' } }, /CodCol 124, le fichier envoyé 123/],
    ['another budget', { ...REPONSE, entetes: { CodBud: '01' } }, /CodBud 01/],
    ['another poste comptable', { ...REPONSE, entetes: { IdPost: '034080' } }, /IdPost 034080/],
    ['another SIRET', { ...REPONSE, entetes: { IdColl: '00000003400017' } }, /IdColl 00000003400017/],
    [
      'a bordereau the file does not hold',
      { elements: bordereau('43') },
      /répond de « bordereau de dépense n° 43 \(2026\) »/,
    ],
    ['a bordereau of another exercice', { elements: bordereau('41').replace('2026', '2025') }, /\(2025\)/],
    ['a bordereau of recette', { elements: bordereau('41').replace('"5"', '"6"') }, /recette n° 41/],
    ['a piece the file does not hold', { elements: bordereau('41') + pj('P3') }, /pièce justificative P3/],
    [
      'nothing of the file, and another day',
      { elements: fichier('0', '0'), entetes: { DteStr: '2026-03-03' } },
      /d’un fichier du 2026-03-03/,
    ],
    ['no name', { ...REPONSE, entetes: { NomFic: null } }, /NomFic absent/],
    ['an empty name', { ...REPONSE, entetes: { NomFic: ' ' } }, /NomFic absent/],
    ['no CodCol', { ...REPONSE, entetes: { CodCol: null } }, /CodCol absent/],
  ])('%s', (...[, essai, motif]) => {
    expect(repond(essai, [A])).toEqual({ type: 'aucun', motif: expect.stringMatching(motif) });
  });

  test('two names in one acquittement: it contradicts itself', () => {
    const texte = acquit(REPONSE).toString('latin1').replace('</Parametres>', '<NomFic V="B"/></Parametres>');
    const { lu, bilan } = acquitDe(Buffer.from(texte, 'latin1'));
    expect(rapprocher({ entetes: lu.entetes, repetitions: lu.repetitions, bilan }, [A])).toMatchObject({
      type: 'aucun',
      motif: expect.stringMatching(/se contredit/),
    });
  });

  test('a file that never left is not answered', async () => {
    const restee = await envoye(2, { depense: [{ idBord: '41' }] }, {});
    expect(repond({ elements: bordereau('41') }, [restee])).toMatchObject({ type: 'aucun' });
  });

  test('headers left out of the acquittement contradict nothing', () => {
    expect(repond({ ...REPONSE, entetes: { IdPost: null, CodBud: null, DteStr: null } }, [A])).toMatchObject({
      type: 'trouve',
    });
  });
});

describe('several files of one name', () => {
  test('another collectivité, another budget: the SIRET and the budget tell', async () => {
    const autre = await envoye(2, { entetes: { IdColl: '00000003400017' }, depense: [{ idBord: '41' }] });
    const budget = await envoye(3, { entetes: { CodBud: '01' }, depense: [{ idBord: '41' }] });
    expect(repond({ elements: bordereau('41') }, [autre, budget, A])).toMatchObject({
      type: 'trouve',
      flux: id(1),
    });
  });

  test('what they hold tells', async () => {
    const suivant = await envoye(2, { depense: [{ idBord: '50' }] });
    expect(repond({ elements: bordereau('50') }, [A, suivant])).toMatchObject({
      type: 'trouve',
      flux: id(2),
    });
  });

  test('the day tells, when all the rest is the same', async () => {
    const lendemain = await envoye(2, { entetes: { DteStr: '2026-03-03' }, depense: [{ idBord: '41' }] });
    const r = repond({ elements: bordereau('41'), entetes: { DteStr: '2026-03-03' } }, [A, lendemain]);
    expect(r).toMatchObject({ type: 'trouve', flux: id(2) });
  });

  test('the same bytes sent twice: a person must choose', async () => {
    const jumeau = { ...A, flux: id(2) };
    expect(repond(REPONSE, [A, jumeau])).toEqual({
      type: 'ambigu',
      flux: [id(1), id(2)],
      motif: expect.stringMatching(/2 fichiers envoyés répondent/),
    });
  });

  test('a summary that does not name everything cannot be contradicted by what it leaves out', async () => {
    const longue = { ...A, complet: false };
    expect(repond({ elements: bordereau('43') }, [longue])).toMatchObject({ type: 'trouve' });
  });
});

test.each([
  ['VALMONCEL_1 ', 'VALMONCEL_1'],
  [' VALMONCEL_1', 'VALMONCEL_1'],
  ['VALMONCEL  1', 'VALMONCEL 1'],
  ['VALMONCEL 1', ' VALMONCEL  1 '],
])('sent as « %s », answered as « %s »: the same file', async (nomme, cite) => {
  const fichierNomme = await envoye(4, { entetes: { NomFic: nomme }, depense: [{ idBord: '41' }] });
  const r = repond({ elements: bordereau('41'), entetes: { NomFic: cite } }, [fichierNomme]);
  expect(r).toMatchObject({ type: 'trouve', flux: id(4) });
});

test('all that a file holds, read from its bytes: beyond five hundred bordereaux too', async () => {
  const depense = Array.from({ length: 502 }, (_, k) => ({ idBord: String(k + 1) }));
  const memoire = await envoye(5, { depense });
  expect(memoire).toMatchObject({ complet: false });
  const lu = fichierLu(memoire, await faits({ depense }));
  expect(lu).toMatchObject({ complet: true, flux: id(5), pieces: [] });
  expect(lu.bordereaux.at(-1)).toMatchObject({ domaine: 'depense', exercice: '2026', numero: '502' });
  expect(repond({ elements: bordereau('502') }, [lu])).toMatchObject({ type: 'trouve' });
  expect(repond({ elements: bordereau('503') }, [lu])).toMatchObject({
    type: 'aucun',
    motif: expect.stringMatching(/n° 503/),
  });
});

test('a person may lay an answer at the door of a file that it names something of, or that it names nothing of', () => {
  const nomme = (elements: string, fichierEssai = A) =>
    nommePartieDe(acquitDe(acquit({ elements })).bilan, fichierEssai);
  expect(nomme(bordereau('41') + bordereau('99'))).toBe(true);
  expect(nomme(fichier('0', '0'))).toBe(true);
  expect(nomme(bordereau('99') + pj('P9'))).toBe(false);
  expect(nomme(bordereau('99'), { ...A, complet: false })).toBe(true);
});

test('the summary of another flux is none of a PES', () => {
  expect(fichierEnvoye({ id: id(1), resume: { numero: '2026_014' } })).toBeNull();
  expect(fichierEnvoye({ id: id(1), resume: { genre: 'PES_Aller', bordereaux: 3, pieces: [] } })).toBeNull();
});
