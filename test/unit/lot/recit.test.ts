import { expect, test } from 'vitest';
import { creerRecit } from '../../../src/cli/lot/recit.ts';
import type { Resultat, Verdict } from '../../../src/cli/lot/resultats.ts';

/** What a person is told of a batch, as it goes and at its end. */

function raconter(total: number, options: { aBlanc?: boolean; json?: boolean } = {}) {
  const [dit, avance]: [string[], string[]] = [[], []];
  const sorties = {
    ecrire: (ligne: string) => void dit.push(ligne),
    erreur: () => expect.unreachable(),
    couleur: false,
    avancer: (texte: string) => void avance.push(texte),
  };
  const { aBlanc = false, json = false } = options;
  return { dit, avance, recit: creerRecit(sorties, { total, aBlanc, json }) };
}

const resultat = (ligne: number, verdict: Verdict = 'déposé', rejeu = false): Resultat => ({
  ligne: { ligne, numero: `D${ligne}`, date: '2026-03-02', nature: '1', objet: 'Objet' },
  verdict,
  rejeu,
  flux: 'F',
  identite: 'I',
  anomalies:
    verdict === 'déposé'
      ? []
      : [{ code: 'X-1', gravite: 'bloquante', message: 'Faux.', remede: 'Corriger.' }],
});

test('one line is rewritten as fates are known, and goes at the end', () => {
  const { recit, avance, dit } = raconter(3);
  recit.suivre(resultat(2));
  recit.suivre(resultat(3, 'déposé', true));
  recit.suivre(resultat(4, 'refusé'));
  recit.conclure('lot.resultats.csv');
  expect(avance).toEqual([
    '1 sur 3 : 1 déposé',
    '2 sur 3 : 2 déposés, dont 1 auparavant',
    '3 sur 3 : 2 déposés, dont 1 auparavant, 1 refusé',
    '',
  ]);
  expect(dit).toEqual([
    'Ligne 4, acte D4 : refusé',
    '  Anomalie X-1 : Faux.',
    '    Remède : Corriger.',
    '3 actes : 2 déposés, dont 1 auparavant, 1 refusé.',
    'Résultats : lot.resultats.csv',
  ]);
});

test('twenty that went wrong are told, in the order of the manifest; the others are counted', () => {
  const { recit, dit } = raconter(30);
  for (let ligne = 31; ligne > 1; ligne -= 1)
    recit.suivre(resultat(ligne, ligne % 2 === 0 ? 'doublon' : 'refusé'));
  recit.conclure(null);
  const lignes = dit.filter((l) => l.startsWith('Ligne ')).map((l) => Number(/\d+/.exec(l)?.[0]));
  expect(lignes).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
  expect(dit.slice(-2)).toEqual(['… et 10 autres.', '30 actes : 0 déposé, 15 refusés, 15 doublons.']);
});

test('for a script, one document a line as it comes, then the whole', () => {
  const { recit, dit } = raconter(2, { json: true });
  recit.suivre(resultat(2, 'refusé'));
  recit.conclure('r.csv');
  expect(dit.map((l) => JSON.parse(l) as unknown)).toEqual([
    {
      ligne: 2,
      numero: 'D2',
      verdict: 'refusé',
      rejeu: false,
      flux: 'F',
      identite: 'I',
      anomalies: [{ code: 'X-1', gravite: 'bloquante', message: 'Faux.', remede: 'Corriger.' }],
    },
    { total: 2, deposes: 0, dejaFaits: 0, refuses: 1, doublons: 0, restants: 1, resultats: 'r.csv' },
  ]);
});
