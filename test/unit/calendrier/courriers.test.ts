import { describe, expect, test } from 'vitest';
import type { FaitsActe } from '../../../src/metier/calendrier/faits.ts';
import { courrier, dates, jalon } from './decor.ts';

describe('letters of the préfecture', () => {
  const fin = (...courriers: FaitsActe['courriers']): string | undefined =>
    dates({ courriers })['fin-controle'];

  test.each([
    // CE, sect., 13 January 1988, n° 68166
    ['3-1 answered by the pieces', [courrier('3-1', '2026-02-01', '3-4', '2026-02-10')], '2026-04-13'],
    ['3-1 refused', [courrier('3-1', '2026-02-01', '3-3', '2026-02-10')], '2026-04-13'],
    ['3-1 not answered', [courrier('3-1', '2026-02-01')], '~2026-06-02'],
    ['3-1 answered, not received yet', [courrier('3-1', '2026-02-01', '3-4')], '~2026-06-02'],
    ['3-1 on the last day', [courrier('3-1', '2026-03-16', '3-4', '2026-03-20')], '2026-05-21'],
    ['3-1 a day too late', [courrier('3-1', '2026-03-17', '3-4', '2026-03-20')], '2026-03-16'],
    [
      'pieces after the implicit refusal, in time',
      [courrier('3-1', '2026-02-01', '3-4', '2026-06-02')],
      '2026-08-03',
    ],
    ['pieces once all is over', [courrier('3-1', '2026-02-01', '3-4', '2026-06-03')], '2026-06-02'],
    // CE, 18 April 1986, n° 62470
    ['4-1 rejected', [courrier('4-1', '2026-02-01', '4-3', '2026-02-10')], '2026-04-13'],
    ['4-1 not answered', [courrier('4-1', '2026-02-01')], '~2026-06-02'],
    ['4-1 answered: a rejection or not', [courrier('4-1', '2026-02-01', '4-4', '2026-02-10')], '2026-06-02'],
    ['4-1 answered after two months', [courrier('4-1', '2026-02-01', '4-4', '2026-04-10')], '2026-06-11'],
    ['4-1 too late', [courrier('4-1', '2026-03-17', '4-3', '2026-03-20')], '2026-03-16'],
  ] as const)('%s', (_, courriers, attendu) => {
    expect(fin(...courriers)).toBe(attendu);
  });

  test('each puts off the end that the one before gave, in order of date', () => {
    const pieces = courrier('3-1', '2026-02-01', '3-4', '2026-03-10');
    const lettre = courrier('4-1', '2026-05-04', '4-3', '2026-05-20');
    expect(fin(pieces)).toBe('2026-05-11');
    expect(fin(lettre, pieces)).toBe('2026-07-21');
  });

  test('a second 3-1 counts; a second 4-1 does not, a recours gracieux puts off once', () => {
    const encore = [
      courrier('3-1', '2026-02-01', '3-4', '2026-02-10'),
      courrier('3-1', '2026-03-01', '3-4', '2026-03-10'),
    ];
    expect(fin(...encore)).toBe('2026-05-11');
    const deux = [
      courrier('4-1', '2026-02-01', '4-3', '2026-02-10'),
      courrier('4-1', '2026-03-01', '4-3', '2026-03-10'),
    ];
    expect(fin(...deux)).toBe('2026-04-13');
    expect(jalon('lettre-observations-2', { courriers: deux }).phrase).toContain('suit une première');
  });

  test('two at once: the later end, and it may move as long as one is not answered', () => {
    const [attendu, repondu] = [
      courrier('3-1', '2026-02-01'),
      courrier('4-1', '2026-02-02', '4-3', '2026-02-10'),
    ];
    expect(fin(attendu, repondu)).toBe('~2026-06-02');
    const long = courrier('4-1', '2026-02-02', '4-3', '2026-05-20');
    expect(fin(attendu, long)).toBe('~2026-07-21');
  });

  test('validable and versable move with the end, and say when they may move again', () => {
    expect(dates({ courriers: [courrier('3-1', '2026-02-01')] })).toMatchObject({
      'refus-implicite-1': '~2026-04-01',
      validable: '~2026-06-03',
      versable: '~2026-06-03',
    });
  });

  test.each([
    [
      'demande-pieces-1',
      courrier('3-1', '2026-02-01'),
      'La demande de pièces reçue le 1er février 2026 vient à temps : le délai du contrôle repartira de la réponse, ou de deux mois de silence.',
    ],
    [
      'refus-implicite-1',
      courrier('3-1', '2026-02-01'),
      'Sans réponse reçue par la préfecture, le silence vaudra refus des pièces le 1er avril 2026, d’où repartira le délai.',
    ],
    [
      'demande-pieces-1',
      courrier('3-1', '2026-02-01', '3-4', '2026-02-10'),
      'La demande de pièces reçue le 1er février 2026 vient à temps : le délai du contrôle repart de la réponse reçue le 10 février 2026.',
    ],
    [
      'reponse-demande-pieces-1',
      courrier('3-1', '2026-02-01', '3-4', '2026-02-10'),
      'La préfecture a reçu les pièces demandées le 10 février 2026, d’où repart le délai du contrôle.',
    ],
    [
      'reponse-demande-pieces-1',
      courrier('3-1', '2026-02-01', '3-3', '2026-02-10'),
      'La préfecture a reçu le refus des pièces le 10 février 2026, d’où repart le délai du contrôle.',
    ],
    [
      'reponse-demande-pieces-1',
      courrier('3-1', '2026-02-01', '3-4', '2026-06-03'),
      'La préfecture a reçu les pièces demandées le 3 juin 2026, trop tard : deux mois de silence avaient fait repartir le délai le 1er avril 2026.',
    ],
    [
      'refus-implicite-1',
      courrier('3-1', '2026-02-01', '3-4', '2026-06-03'),
      'Le silence gardé deux mois vaut refus des pièces le 1er avril 2026, d’où repart le délai du contrôle.',
    ],
    [
      'lettre-observations-1',
      courrier('4-1', '2026-03-17'),
      'La lettre d’observations reçue le 17 mars 2026 vient après la fin du délai du contrôle, le 16 mars 2026 : elle ne le proroge pas.',
    ],
    [
      'reponse-lettre-observations-1',
      courrier('4-1', '2026-03-17', '4-3', '2026-03-20'),
      'La préfecture a reçu le rejet de ses observations le 20 mars 2026, sans effet sur le délai du contrôle.',
    ],
    [
      'reponse-lettre-observations-1',
      courrier('4-1', '2026-02-01', '4-4', '2026-02-10'),
      'La préfecture a reçu la réponse à ses observations le 10 février 2026 : faute de savoir si elle est un rejet, le délai du contrôle est compté au plus tard, du 1er avril 2026.',
    ],
    [
      'reponse-lettre-observations-1',
      courrier('4-1', '2026-02-01', '4-4', '2026-04-01'),
      'La préfecture a reçu la réponse à ses observations le 1er avril 2026, d’où repart le délai du contrôle.',
    ],
    [
      'rejet-implicite-1',
      courrier('4-1', '2026-02-01'),
      'Sans réponse reçue par la préfecture, le silence vaudra rejet des observations le 1er avril 2026, d’où repartira le délai.',
    ],
  ])('sentence of %s', (code, un, phrase) => {
    expect(jalon(code, { courriers: [un] }).phrase).toBe(phrase);
  });

  test('an answered letter has no implicit refusal beside it', () => {
    expect(dates({ courriers: [courrier('4-1', '2026-02-01', '4-4', '2026-02-10')] })).not.toHaveProperty(
      'rejet-implicite-1',
    );
  });
});
