import { describe, expect, test } from 'vitest';
import { departsApres, passages } from '../../../src/engine/passages.ts';
import type { Etat, EvenementEtat } from '../../../src/metier/etats.ts';
import { departs, type Flux } from '../../../src/metier/flux.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';

const A = '2026-03-10T09:00:00.000Z';
const B = '2026-03-11T09:00:00.000Z';
const QUAND = Date.parse('2026-03-12T09:00:00.000Z') as Instant;
const C = new Date(QUAND).toISOString();
const flux = (etat: Etat, connus: readonly string[]) =>
  ({ etat, resume: { departs: connus } }) as unknown as Flux;

/** Row by row, the table of `departs` (metier/flux.ts). */
const TABLE: readonly (readonly [string, Etat, EvenementEtat, readonly string[], readonly string[]])[] = [
  ['the mark counts before the first byte', 'pret', 'mise_en_ligne', [], [C]],
  ['and once more at each passage', 'pret', 'mise_en_ligne', [A], [A, C]],
  ['taken', 'en_ligne', 'remise_confirmee', [A], [A]],
  ['no answer', 'en_ligne', 'remise_incertaine', [A], [A]],
  ['a person says that it is not there', 'incertain', 'tranche_non_recu', [A], [A]],
  ['a person says that it is there', 'incertain', 'tranche_recu', [A], [A]],
  ['nothing taken', 'en_ligne', 'remise_non_faite', [A], []],
  ['nothing taken the second time', 'en_ligne', 'remise_non_faite', [A, B], [A]],
  ['refused for good', 'en_ligne', 'remise_refusee', [A, B], [A]],
  ['already there, left by an earlier passage', 'en_ligne', 'remise_constatee', [A, B], [A]],
  ['already there, and no earlier passage is known', 'en_ligne', 'remise_constatee', [A], [A]],
  ['seen later: the uncertain passage left it', 'incertain', 'remise_constatee', [A, B], [A, B]],
  ['sent again on order: nothing is on the line yet', 'transmis', 'renvoi_demande', [A], [A]],
  ['the receipt', 'transmis', 'accuse_recu', [A], [A]],
];

describe('passages on the line that may have left something', () => {
  test.each(TABLE)('%s', (...[, etat, evenement, avant, apres]) => {
    const f = flux(etat, avant);
    expect(departsApres(f, evenement, QUAND).map((d) => new Date(d).toISOString())).toEqual(apres);
    const ecrit = { ...f, resume: { ...f.resume, ...passages(f, evenement, QUAND) } };
    expect(departs(ecrit).map((d) => new Date(d).toISOString())).toEqual(apres);
  });

  test('a move that changes none writes none', () => {
    expect(passages(flux('transmis', [A]), 'accuse_recu', QUAND)).toEqual({});
    expect(passages(flux('pret', []), 'mise_en_ligne', QUAND)).toEqual({ misEnLigne: C, departs: [C] });
  });
});
