import { describe, expect, test } from 'vitest';
import { incoherences } from '../../../src/metier/calendrier/coherence.ts';
import { courrier, dates, FAITS, j, jalon, jalons } from './decor.ts';

describe('an acte received on 13 January 2026', () => {
  test('nothing else known: what the reception alone dates', () => {
    expect(dates({})).toEqual({
      reception: '2026-01-13',
      'fin-controle': '2026-03-16',
      validable: '2026-03-17',
      versable: '2026-03-17',
      executoire: '?',
    });
  });

  test('in order of date, what has no date last', () => {
    expect(jalons().map(({ code }) => code)).toEqual([
      'reception',
      'fin-controle',
      'validable',
      'versable',
      'executoire',
    ]);
  });

  test('the sentence tells the day, the délai and why it was carried over', () => {
    expect(jalon('fin-controle')).toMatchObject({
      reference: 'CGCT, art. L. 2131-6 ; CJA, art. R. 421-1',
      phrase:
        'Le préfet peut déférer l’acte au tribunal administratif jusqu’au lundi 16 mars 2026 inclus : ' +
        'deux mois francs depuis le 13 janvier 2026, terme reporté du samedi 14 mars 2026.',
    });
  });

  test('a term that is a working day is not carried over, and the first of a month is « 1er »', () => {
    expect(jalon('fin-controle', { reception: j('2026-02-01') }).phrase).toMatch(
      /jeudi 2 avril 2026 inclus : deux mois francs depuis le 1er février 2026\.$/,
    );
  });

  test('not received yet: no délai runs, and each milestone says why', () => {
    const inconnus = jalons({ reception: null, budgetaire: 'budget', matiere: '2.1' });
    expect(inconnus.map(({ code, date }) => [code, date])).toEqual([
      ['reception', null],
      ['executoire', null],
      ['fin-controle-budgetaire', null],
      ['fin-controle', null],
      ['validable', null],
      ['versable', null],
    ]);
    expect(inconnus.every(({ phrase }) => phrase.includes('date de réception'))).toBe(true);
  });
});

describe('caractère exécutoire: published or notified, and transmitted (CGCT, L. 2131-1)', () => {
  test.each([
    ['published after the reception', { publication: j('2026-01-20') }, '2026-01-20'],
    ['published before it', { publication: j('2026-01-10') }, '2026-01-13'],
    ['published the same day', { publication: j('2026-01-13') }, '2026-01-13'],
    ['not published', {}, '?'],
    ['not received', { reception: null, publication: j('2026-01-20') }, '?'],
    ['paper awaited', { publication: j('2026-01-20'), papier: { recu: null } }, '?'],
    ['paper received', { publication: j('2026-01-20'), papier: { recu: j('2026-02-05') } }, '2026-02-05'],
  ] as const)('%s', (_, faits, attendu) => {
    expect(dates(faits)['executoire']).toBe(attendu);
  });

  test.each([
    ['11', 'CGCT, art. L. 4141-1', 'CGCT, art. L. 4142-1 ; CJA, art. R. 421-1'],
    ['21', 'CGCT, art. L. 3131-1', 'CGCT, art. L. 3132-1 ; CJA, art. R. 421-1'],
    ['31', 'CGCT, art. L. 2131-1', 'CGCT, art. L. 2131-6 ; CJA, art. R. 421-1'],
    ['44', 'CGCT, art. L. 5211-3 et L. 2131-1', 'CGCT, art. L. 5211-3 et L. 2131-6 ; CJA, art. R. 421-1'],
    ['toString', 'CGCT, art. L. 2131-1', 'CGCT, art. L. 2131-6 ; CJA, art. R. 421-1'],
    [null, 'CGCT, art. L. 2131-1', 'CGCT, art. L. 2131-6 ; CJA, art. R. 421-1'],
  ])('articles of a collectivité of nature %s', (natureCollectivite, executoire, controle) => {
    expect(jalon('executoire', { natureCollectivite }).reference).toBe(executoire);
    expect(jalon('fin-controle', { natureCollectivite }).reference).toBe(controle);
  });
});

describe('individual decisions: fifteen days from the signature (CGCT, L. 2131-2, II)', () => {
  const individuelle = { nature: '3', decision: j('2026-01-02') } as const;

  test.each([
    [
      'in time',
      { transmission: j('2026-01-17') },
      /devait .* 17 janvier 2026 et l’a été le 17 janvier 2026\.$/,
    ],
    ['late', { transmission: j('2026-01-18') }, /et l’a été le 18 janvier 2026, hors délai\.$/],
    ['by the reception when the sending is not known', {}, /et l’a été le 13 janvier 2026\.$/],
    ['not sent', { reception: null }, /doit être transmise au plus tard le 17 janvier 2026\.$/],
  ])('%s', (_, faits, attendu) => {
    const { date, phrase } = jalon('limite-transmission', { ...individuelle, ...faits });
    expect([date, phrase]).toEqual(['2026-01-17', expect.stringMatching(attendu)]);
  });

  test('no such milestone for the others, nor without the day of the signature', () => {
    expect(dates({ ...individuelle, nature: '1' })).not.toHaveProperty('limite-transmission');
    expect(dates({ nature: '3' })).not.toHaveProperty('limite-transmission');
  });

  test('it is notified, not published', () => {
    expect(jalon('executoire', individuelle).phrase).toContain('à sa notification,');
    expect(jalon('executoire').phrase).toContain('à sa publication ou notification,');
  });
});

describe('matters whose execution the préfet may stop (CGCT, L. 2131-6)', () => {
  test.each([
    ['1.1', true],
    ['1.1.10', true],
    ['1.2', true],
    ['2', true],
    ['2.2.1', true],
    ['1.10', false],
    ['1.3', false],
    ['7.10', false],
    ['20', false],
    ['12.1', false],
    [null, false],
  ])('%s: %s', (matiere, attendu) => {
    expect('suspension' in dates({ matiere })).toBe(attendu);
  });

  test('ten days from the complete reception', () => {
    expect(dates({ matiere: '2.1' })['suspension']).toBe('2026-01-26');
    expect(dates({ matiere: '2.1', papier: { recu: j('2026-02-02') } })['suspension']).toBe('2026-02-13');
    expect(dates({ matiere: '2.1', papier: { recu: null } })).not.toHaveProperty('suspension');
  });
});

describe('budget (CGCT, L. 1612-5 and L. 1612-14)', () => {
  test('thirty days or a month; validable when both controls are over', () => {
    expect(dates({ budgetaire: 'budget' })).toMatchObject({
      'fin-controle-budgetaire': '2026-02-16',
      'fin-controle': '2026-03-16',
      validable: '2026-03-17',
    });
  });

  test('accounts of a past year: no text gives the préfet a délai', () => {
    expect(jalon('fin-controle-budgetaire', { budgetaire: 'compte' })).toMatchObject({
      date: null,
      reference: 'CGCT, art. L. 1612-14',
    });
    expect(dates({ budgetaire: 'compte' })['validable']).toBe('2026-03-17');
  });

  test('pieces asked in time put it off; asked later, they put off the contrôle de légalité alone', () => {
    const avec = (recu: string) =>
      dates({ budgetaire: 'budget', courriers: [courrier('3-1', recu, '3-4', '2026-02-20')] });
    expect(avec('2026-02-16')).toMatchObject({
      'fin-controle-budgetaire': '2026-03-23',
      'fin-controle': '2026-04-21',
    });
    expect(avec('2026-02-17')).toMatchObject({
      'fin-controle-budgetaire': '2026-02-16',
      'fin-controle': '2026-04-21',
    });
  });

  test('a lettre d’observations does not: the referral of a budget is not an appeal', () => {
    const courriers = [courrier('4-1', '2026-02-01', '4-3', '2026-02-10')];
    expect(dates({ budgetaire: 'budget', courriers })).toMatchObject({
      'fin-controle-budgetaire': '2026-02-16',
      'fin-controle': '2026-04-13',
    });
  });
});

describe('paper complement (norm ACTES, DocumentPapier)', () => {
  test('awaited: the délai does not run, and a letter puts nothing off', () => {
    const courriers = [courrier('3-1', '2026-02-01', '3-4', '2026-02-10')];
    expect(dates({ papier: { recu: null }, courriers })).toEqual({
      reception: '2026-01-13',
      'demande-pieces-1': '2026-02-01',
      'reponse-demande-pieces-1': '2026-02-10',
      'complement-papier': '?',
      executoire: '?',
      'fin-controle': '?',
      validable: '?',
      versable: '?',
    });
    expect(jalon('fin-controle', { papier: { recu: null } }).phrase).toContain('complément sur papier');
  });

  test('received: the délai runs from it; before the message, from the message', () => {
    expect(dates({ papier: { recu: j('2026-02-02') } })).toMatchObject({
      'complement-papier': '2026-02-02',
      'fin-controle': '2026-04-03',
    });
    expect(dates({ papier: { recu: j('2026-01-02') } })['fin-controle']).toBe('2026-03-16');
  });
});

describe('déféré (5-1) and annulation (6-2)', () => {
  test('déféré: not validable, whatever the délai; told when it came late', () => {
    expect(dates({ defere: j('2026-03-16') })).toMatchObject({
      defere: '2026-03-16',
      'fin-controle': '2026-03-16',
      validable: '?',
      versable: '?',
    });
    expect(jalon('defere', { defere: j('2026-03-16') }).phrase).toMatch(/administratif le 16 mars 2026\.$/);
    expect(jalon('defere', { defere: j('2026-03-17') }).phrase).toMatch(
      /, après la fin du délai, le 16 mars 2026\.$/,
    );
    expect(jalon('validable', { defere: j('2026-03-16') }).phrase).toContain('n’a pas statué');
  });

  test('annulation: what had happened remains, nothing is expected any more', () => {
    const courriers = [courrier('3-1', '2026-02-01')];
    expect(dates({ annulation: j('2026-02-20'), publication: j('2026-01-20'), courriers })).toEqual({
      reception: '2026-01-13',
      executoire: '2026-01-20',
      'demande-pieces-1': '2026-02-01',
      annulation: '2026-02-20',
    });
    expect(dates({ annulation: j('2026-01-13') })).toEqual({
      reception: '2026-01-13',
      annulation: '2026-01-13',
    });
    expect(dates({ annulation: j('2026-06-01') })).toEqual({
      reception: '2026-01-13',
      'fin-controle': '2026-03-16',
      annulation: '2026-06-01',
    });
  });
});

describe('archives: acknowledged more than 62 days ago, and out of the préfet’s reach', () => {
  test.each([
    ['59 days in the two months', '2026-01-02', '2026-03-04', '2026-03-06'],
    ['62 days in the two months', '2026-07-01', '2026-09-03', '2026-09-03'],
  ])('%s', (...[, reception, validable, versable]) => {
    expect(dates({ reception: j(reception) })).toMatchObject({ validable, versable });
  });
});

describe('facts that contradict each other', () => {
  test.each([
    [{}, []],
    [
      { decision: j('2026-01-13'), publication: j('2026-01-13'), courriers: [courrier('3-1', '2026-01-13')] },
      [],
    ],
    [
      { decision: j('2026-01-14') },
      ['La réception de l’acte, le 13 janvier 2026, précède la décision, le 14 janvier 2026.'],
    ],
    [
      { transmission: j('2026-01-14') },
      ['La réception de l’acte, le 13 janvier 2026, précède la transmission, le 14 janvier 2026.'],
    ],
    [
      { decision: j('2026-01-10'), transmission: j('2026-01-09') },
      ['La transmission, le 9 janvier 2026, précède la décision, le 10 janvier 2026.'],
    ],
    [
      { decision: j('2026-01-10'), publication: j('2026-01-09') },
      ['La publication, le 9 janvier 2026, précède la décision, le 10 janvier 2026.'],
    ],
    [
      { papier: { recu: j('2026-01-12') } },
      [
        'La réception du complément papier, le 12 janvier 2026, précède la réception de l’acte, le 13 janvier 2026.',
      ],
    ],
    [
      { defere: j('2026-01-12') },
      ['Le déféré, le 12 janvier 2026, précède la réception de l’acte, le 13 janvier 2026.'],
    ],
    [
      { annulation: j('2026-01-12') },
      ['L’annulation, le 12 janvier 2026, précède la réception de l’acte, le 13 janvier 2026.'],
    ],
    [
      { courriers: [courrier('3-1', '2026-01-12')] },
      ['La demande de pièces, le 12 janvier 2026, précède la réception de l’acte, le 13 janvier 2026.'],
    ],
    [
      { courriers: [courrier('4-1', '2026-02-01', '4-3', '2026-01-31')] },
      [
        'La réception de la réponse à la lettre d’observations, le 31 janvier 2026, précède la lettre d’observations, le 1er février 2026.',
      ],
    ],
    [
      { courriers: [courrier('3-1', '2026-02-01', '4-3', '2026-02-03')] },
      ['Un message 4-3 ne répond pas à un message 3-1.'],
    ],
    [{ publication: j('4001-01-01') }, ['Le 1er janvier 4001 n’est pas entre 1984 et 4000.']],
    [{ reception: j('1983-12-31') }, ['Le 31 décembre 1983 n’est pas entre 1984 et 4000.']],
  ] as const)('%j', (faits, attendu) => {
    expect(incoherences({ ...FAITS, ...faits })).toEqual(attendu);
  });
});
