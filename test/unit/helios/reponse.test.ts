import { describe, expect, test } from 'vitest';
import type { ObjetJson } from '../../../src/metier/flux.ts';
import { confronter } from '../../../src/protocoles/helios/accuse/confrontation.ts';
import { champsConfrontation } from '../../../src/protocoles/helios/accuse/presentation.ts';
import { comptesEnMots, reponseEnMots, sansReponseEnMots } from '../../../src/protocoles/helios/reponse.ts';
import { acquit, acquitDe, bordereau, erreur, fichier, fixtureEtat, pj } from './retours.ts';

const mots = (acquittement: ObjetJson) =>
  reponseEnMots({ etat: 'acquitte_partiel', resume: { acquittement } });

describe('what Hélios answered, told again from the summary of the flux', () => {
  test('of each bordereau and piece, the refused first, with every reason', () => {
    expect(mots(acquitDe(fixtureEtat('acquit/partiel')).champs)).toEqual([
      'Hélios a répondu par un acquittement, qui figure parmi les pièces :',
      'Refus, bordereau de dépense n° 41 (2026) : ERREUR_CUMUL_MONTANTS, 2101 - Cumul erroné ; ERREUR_CODIFICATION (pièce 212) ; ERREUR_AUTRE, 1971 - Compte fonction présent à tort (pièce 212, ligne 1) ; ERREUR_AUTRE, 2559 - Code service inconnu (pièce 212, ligne 1) ; 1971 - Compte fonction présent à tort (pièce 213, ligne 2)',
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

  test('a unit refused for more reasons than are kept sends to the acquittement itself', () => {
    const dire = (nombre: number) =>
      mots(acquitDe(acquit({ elements: bordereau('1', '0', erreur('E').repeat(nombre)) })).champs)[1];
    expect(dire(19)?.endsWith(`${' ; E'.repeat(2)}`)).toBe(true);
    expect(dire(25)?.split(' ; ')).toHaveLength(21);
    expect(dire(25)?.endsWith(' ; E ; … (voir l’acquittement)')).toBe(true);
  });

  test('what the file holds and the answer does not name is said to have none, unless the file is accepted as a whole', () => {
    const bordereaux = [
      { domaine: 'depense', exercice: '2026', numero: '1' },
      { domaine: 'recette', exercice: '2026', numero: '7' },
    ];
    const dits = (elements: string, envoye = { bordereaux, pieces: ['P9'] }) => {
      const { champs, bilan } = acquitDe(acquit({ elements }));
      const confrontation = JSON.parse(JSON.stringify(confronter(bilan, envoye))) as ObjetJson;
      return reponseEnMots({ etat: 'acquitte', resume: { acquittement: champs, confrontation } }).slice(1);
    };
    expect(dits(bordereau('1'))).toEqual([
      'Acceptation, bordereau de dépense n° 1 (2026)',
      'Sans réponse, bordereau de recette n° 7 (2026)',
      'Sans réponse, pièce justificative P9',
    ]);
    expect(dits(fichier('0', '1'))).toEqual(['Acceptation, fichier (technique)']);
    expect(dits(fichier('0', '0'))).toEqual(['Refus, fichier (technique)']);
    const pieces = Array.from({ length: 502 }, (_, k) => `P${k}`);
    const longue = dits(bordereau('1'), { bordereaux: [], pieces });
    expect(longue).toHaveLength(502);
    expect(longue.at(-1)).toBe('… et 2 autres sans réponse.');
  });

  test('in numbers for mail: what has no answer is named, neither the words of the State nor a label are told', () => {
    const pieces = Array.from({ length: 21 }, (_, k) => `P${k}`);
    const bordereaux = ['1', '2', '3'].map((numero) => ({ domaine: 'depense', exercice: '2026', numero }));
    const elements =
      bordereau('1') + bordereau('2', '0', erreur('ERREUR_AUTRE', '2559 - Mandat de Mme Ferrandou'));
    const { bilan } = acquitDe(acquit({ elements }));
    const dire = (envoye: { bordereaux: typeof bordereaux; pieces: string[] }) => {
      const flux = { resume: { confrontation: champsConfrontation(confronter(bilan, envoye)) } };
      return [...comptesEnMots(flux), sansReponseEnMots(flux)];
    };
    expect(dire({ bordereaux, pieces: ['P9'] })).toEqual([
      'Accepté : 1 bordereau.',
      'Refusé : 1 bordereau.',
      'Sans réponse : bordereau de dépense n° 3 (2026), pièce justificative P9.',
    ]);
    expect(dire({ bordereaux, pieces }).at(-1)).toMatch(/pièce justificative P18, et 2 autres\.$/);
    expect(dire({ bordereaux: bordereaux.slice(0, 2), pieces: [] }).at(-1)).toBeNull();
    expect([...comptesEnMots({ resume: {} }), sansReponseEnMots({ resume: {} })]).toEqual([null]);
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
