import { describe, expect, test } from 'vitest';
import type { ObjetJson } from '../../../src/metier/flux.ts';
import { reponseEnMots } from '../../../src/protocoles/helios/reponse.ts';
import { acquit, acquitDe, bordereau, erreur, fixtureEtat, pj } from './retours.ts';

const mots = (acquittement: ObjetJson) =>
  reponseEnMots({ etat: 'acquitte_partiel', resume: { acquittement } });

describe('what Hélios answered, told again from the summary of the flux', () => {
  test('of each bordereau and piece, the refused first, with its first reason', () => {
    expect(mots(acquitDe(fixtureEtat('acquit/partiel')).champs)).toEqual([
      'Hélios a répondu par un acquittement, qui figure parmi les pièces :',
      'Refus, bordereau de dépense n° 41 (2026) : ERREUR_CUMUL_MONTANTS, 2101 - Cumul erroné et 4 autres motifs',
      'Doublon, pièce justificative VALMONCEL2026PJ0003 : ERREUR_DOUBLON_PJ, 1984 - Identifiant déjà intégré',
      'Acceptation, bordereau de dépense n° 42 (2026)',
      'Acceptation, pièce justificative VALMONCEL2026PJ0001',
    ]);
  });

  test('where in the bordereau; nothing said; told both ways', () => {
    const detail = `<DetailPiece><NumPiece V="7"/><DetailLigne><NumLigne V="3"/>${erreur('ERREUR_AUTRE')}</DetailLigne></DetailPiece>`;
    const elements = bordereau('1', '0', detail) + pj('P1', '0') + bordereau('2') + bordereau('2', '0');
    expect(mots(acquitDe(acquit({ elements })).champs).slice(1)).toEqual([
      'Refus, bordereau de dépense n° 1 (2026) : ERREUR_AUTRE (pièce 7, ligne 3)',
      'Refus, pièce justificative P1',
      'Réponse peu claire, bordereau de dépense n° 2 (2026)',
    ]);
  });

  test('beyond what the summary keeps, how many are in the acquittement itself', () => {
    const elements = Array.from({ length: 502 }, (_, k) => bordereau(String(k + 1))).join('');
    const dites = mots(acquitDe(acquit({ elements })).champs);
    expect(dites).toHaveLength(502);
    expect(dites.at(-1)).toBe('… et 2 autres réponses, dans l’acquittement lui-même.');
  });

  test('a PES Retour in its own words; nothing before an answer, nor of a strange summary', () => {
    expect(reponseEnMots({ etat: 'recu', resume: { libelle: 'PES Retour : recette.' } })).toEqual([
      'PES Retour : recette.',
    ]);
    expect(reponseEnMots({ etat: 'recu', resume: {} })).toEqual([]);
    expect(reponseEnMots({ etat: 'transmis', resume: {} })).toEqual([]);
    expect(mots({ unites: 'x' })).toEqual([]);
    expect(mots({ unites: [3] }).slice(1)).toEqual([', ']);
  });
});
