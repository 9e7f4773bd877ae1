import { beforeEach, describe, expect, test } from 'vitest';
import {
  confronterEchanges,
  type EchangeVu,
  listerEchanges,
} from '../../../src/banc/echanges/confrontation.ts';
import type { EvenementMinistere } from '../../../src/banc/registre.ts';
import type { Etat } from '../../../src/metier/etats.ts';

/** What the daemon believes of its exchanges is held against the register of the préfecture: nothing lost, nothing twice. */

const ACTE = '034-213400016-20260302-D1-DE';
const JOUR = '2026-03-12';

let flux: EchangeVu[];
let evenements: EvenementMinistere[];

interface Sujet {
  readonly date?: string;
  readonly idActe?: string;
}

function vu(code: string, etat: Etat, { date = JOUR, idActe = ACTE }: Sujet = {}): EchangeVu {
  const resume = { idActe, dateCourrier: date === '' ? null : date };
  return { id: `${code}-${flux.length}`, message: { code }, etat, nomEnvoi: null, resume };
}

function noter(
  type: EvenementMinistere['type'],
  message: string,
  { date = JOUR, idActe = ACTE }: Sujet = {},
): void {
  const vide = { quand: 0, nom: '', sha256: '', scenario: 'NORMAL', statut: null, detail: '' } as const;
  evenements.push({ ...vide, type, message, idActe, date });
}

/** One acte: a 3-1, its receipt and its answer; a 2-1; a cancellation; a classification asked for. */
beforeEach(() => {
  flux = [];
  evenements = [];
  flux.push(vu('3-1', 'recu'), vu('3-2', 'transmis'), vu('3-4', 'acquitte'), vu('2-1', 'recu'));
  flux.push(vu('6-1', 'acquitte', { date: '' }), vu('7-1', 'acquitte', { date: '2019-08-29', idActe: '' }));
  for (const code of ['3-1', '2-1']) noter('courrier', code);
  for (const code of ['3-2', '3-4']) noter('message', code);
  noter('message', '6-1', { date: '' });
  noter('message', '7-1', { date: '2019-08-29', idActe: '' });
  noter('verdict', '3-5');
});

test('both say the same: counted by kind', () => {
  expect(confronterEchanges(flux, evenements)).toEqual({
    comptes: { courriers: 2, accuses: 1, reponses: 1, annulations: 1, classifications: 1 },
    perdus: [],
    doubles: [],
  });
});

describe('one side differs', () => {
  test.each<[string, () => void, readonly string[], readonly string[]]>([
    ['a letter that the daemon never had', () => noter('courrier', '2-1'), [`2-1 ${ACTE} ${JOUR}`], []],
    ['a letter filed twice', () => flux.push(vu('3-1', 'recu')), [], [`3-1 ${ACTE} ${JOUR}`]],
    ['a receipt sent twice', () => noter('message', '3-2'), [], [`3-2 ${ACTE} ${JOUR}`]],
    [
      'a receipt with another date than that of its letter',
      () => {
        flux[1] = vu('3-2', 'transmis', { date: '2026-03-13' });
        evenements = evenements.filter((e) => e.message !== '3-2');
        noter('message', '3-2', { date: '2026-03-13' });
      },
      [`3-2 ${ACTE} ${JOUR}`],
      [],
    ],
    [
      'a receipt believed gone, that the State has not',
      () => {
        evenements = evenements.filter((e) => e.message !== '3-2');
      },
      [`3-2 ${ACTE} ${JOUR}`, `3-2 ${ACTE} ${JOUR}`],
      [],
    ],
    [
      'an answer whose receipt did not come: the State has it, nobody here knows',
      () => {
        flux[2] = vu('3-4', 'transmis');
      },
      [`3-4 ${ACTE} ${JOUR} (transmis)`],
      [`3-4 ${ACTE} ${JOUR}`],
    ],
    [
      'a cancellation refused',
      () => flux.push(vu('6-1', 'anomalie', { date: '' })),
      [`6-1 ${ACTE} (anomalie)`],
      [],
    ],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s', (_, changer, perdus, doubles) => {
    changer();
    expect(confronterEchanges(flux, evenements)).toMatchObject({ perdus, doubles });
  });
});

test('every page of the list is read; the actes themselves are left out', async () => {
  const pages = [
    { flux: [vu('1-1', 'acquitte'), ...flux.slice(0, 2)], suite: 'x' },
    { flux: flux.slice(2), suite: null },
  ];
  const demandes: string[] = [];
  const lire = async (chemin: string) => {
    demandes.push(chemin);
    return { statut: 200, corps: (pages[demandes.length - 1] ?? {}) as never };
  };
  expect(await listerEchanges({ lire })).toEqual(flux);
  expect(demandes.map((d) => d.includes('&avant=x'))).toEqual([false, true]);
});
