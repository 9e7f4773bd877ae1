import { describe, expect, test } from 'vitest';
import {
  estFerie,
  joursFeries,
  TERRITOIRES,
  type Territoire,
  TERRITOIRE_EN_MOTS,
  territoireDe,
} from '../../../src/metier/calendrier/feries.ts';
import { ajouterJoursOuvres, estOuvrable, estOuvre } from '../../../src/metier/calendrier/ouvres.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import { j } from './decor.ts';

const jours = (annee: number, territoire: Territoire): string[] =>
  joursFeries(annee, territoire).map(({ jour }) => jour.slice(5));

/** Easter Sundays as printed in almanacs. */
const PAQUES = `2004-04-11 2005-03-27 2006-04-16 2007-04-08 2008-03-23 2009-04-12 2010-04-04 2011-04-24
  2012-04-08 2013-03-31 2014-04-20 2015-04-05 2016-03-27 2017-04-16 2018-04-01 2019-04-21 2020-04-12 2021-04-04
  2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13
  2032-03-28 2033-04-17 2034-04-09 2035-03-25`.split(/\s+/);

/** Easter by another road than the product's: epact and correction of Oudin, in milliseconds of the day. */
function paquesParEpacte(annee: number): number {
  const ent = Math.floor;
  const or = annee % 19;
  const siecle = ent(annee / 100);
  const h = (siecle - ent(siecle / 4) - ent((8 * siecle + 13) / 25) + 19 * or + 15) % 30;
  const i = h - ent(h / 28) * (1 - ent(h / 28) * ent(29 / (h + 1)) * ent((21 - or) / 11));
  const k = (annee + ent(annee / 4) + i + 2 - siecle + ent(siecle / 4)) % 7;
  const l = i - k;
  const mois = 3 + ent((l + 40) / 44);
  return Date.UTC(annee, mois - 1, l + 28 - 31 * ent(mois / 4));
}

const apres = (instant: number, n: number): string =>
  new Date(instant + n * 86_400_000).toISOString().slice(0, 10);

describe('moving feasts (code du travail, L. 3133-1)', () => {
  test.each(PAQUES)('Easter of the almanac: %s', (dimanche) => {
    const feries = joursFeries(Number(dimanche.slice(0, 4)), 'metropole').map(({ jour }) => jour);
    const paques = Date.parse(dimanche);
    expect(feries).toEqual(expect.arrayContaining([apres(paques, 1), apres(paques, 39), apres(paques, 50)]));
    expect(apres(paquesParEpacte(Number(dimanche.slice(0, 4))), 0)).toBe(dimanche);
  });

  test('from 1583 to 4099, another computation finds the same days', () => {
    const ecarts: number[] = [];
    for (let annee = 1583; annee <= 4099; annee += 1) {
      const dit = joursFeries(annee, 'alsace_moselle').filter(({ nom }) =>
        /Pâques|Ascension| saint$/.test(nom),
      );
      const attendu = [-2, 1, 39].map((n) => apres(paquesParEpacte(annee), n));
      if (dit.map(({ jour }) => jour).join(' ') !== attendu.join(' ')) ecarts.push(annee);
    }
    expect(ecarts).toEqual([]);
  });
});

const ONZE = '01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25'.split(' ');

describe('what each territory adds in 2026', () => {
  test.each([
    ['metropole', []],
    ['saint_pierre_et_miquelon', []],
    ['alsace_moselle', ['04-03', '12-26']],
    ['guadeloupe', ['05-27']],
    ['martinique', ['05-22']],
    ['guyane', ['06-10']],
    ['reunion', ['12-20']],
    ['mayotte', ['04-27']],
    ['saint_barthelemy', ['10-09']],
    ['saint_martin', ['05-28']],
    ['polynesie', ['03-05', '04-03', '11-20']],
    ['nouvelle_caledonie', ['09-24']],
  ] as const)('%s: %j', (territoire, ajoutes) => {
    expect(jours(2026, territoire)).toEqual([...ONZE, ...ajoutes].toSorted());
  });

  test('every territory is in the table above, and has a name', () => {
    expect(TERRITOIRES).toHaveLength(12);
    expect(Object.keys(TERRITOIRE_EN_MOTS)).toEqual([...TERRITOIRES]);
  });

  test.each([
    ['polynesie', '2025-06-29', true],
    ['polynesie', '2025-11-20', false],
    ['polynesie', '2026-06-29', false],
    ['saint_martin', '2017-05-27', true],
    ['saint_martin', '2017-05-28', false],
    ['saint_martin', '2018-05-27', false],
    ['saint_martin', '2018-05-28', true],
    ['saint_barthelemy', '2011-05-27', true],
    ['saint_barthelemy', '2011-10-09', false],
    ['saint_barthelemy', '2012-05-27', false],
    ['metropole', '1981-05-08', false],
    ['metropole', '1982-05-08', true],
    ['reunion', '1983-12-20', true],
    ['martinique', '1983-05-22', false],
    // custom, not law
    ['guadeloupe', '2026-07-21', false],
    ['guadeloupe', '2026-04-03', false],
    ['metropole', '2026-12-26', false],
  ] as const)('dates that changed: %s %s → %s', (territoire, jour, ferie) => {
    expect(estFerie(j(jour), territoire)).toBe(ferie);
  });

  test('two feasts on the same day are both told: Ascension on 1 May 2008', () => {
    expect(joursFeries(2008, 'metropole').filter(({ jour }) => jour === '2008-05-01')).toHaveLength(2);
  });
});

describe('territory of a département, as the norm writes it (actesv1_1.xsd, Departement)', () => {
  test.each([
    ['034', 'metropole'],
    ['02A', 'metropole'],
    ['02B', 'metropole'],
    ['095', 'metropole'],
    ['057', 'alsace_moselle'],
    ['067', 'alsace_moselle'],
    ['068', 'alsace_moselle'],
    ['971', 'guadeloupe'],
    ['972', 'martinique'],
    ['973', 'guyane'],
    ['974', 'reunion'],
    ['975', 'saint_pierre_et_miquelon'],
    ['976', 'mayotte'],
    ['977', 'saint_barthelemy'],
    ['978', 'saint_martin'],
    ['987', 'polynesie'],
    ['988', 'nouvelle_caledonie'],
    ['000', undefined],
    ['020', undefined],
    ['096', undefined],
    ['999', undefined],
    ['67', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('%s → %s', (code, territoire) => {
    expect(territoireDe(code)).toBe(territoire);
  });
});

describe('working days', () => {
  test.each([
    ['2026-07-10', true, true],
    ['2026-07-11', false, true],
    ['2026-07-12', false, false],
    ['2026-07-14', false, false],
    ['2026-08-15', false, false],
  ] as const)('%s: ouvré %s, ouvrable %s', (jour, ouvre, ouvrable) => {
    expect([estOuvre(j(jour), 'metropole'), estOuvrable(j(jour), 'metropole')]).toEqual([ouvre, ouvrable]);
  });

  test.each([
    ['a working day itself', '2026-07-10', 0, 'metropole', '2026-07-10'],
    ['from a Saturday, the first is Monday', '2026-07-11', 0, 'metropole', '2026-07-13'],
    ['over a week-end and 14 July', '2026-07-10', 2, 'metropole', '2026-07-15'],
    ['Good Friday and Easter Monday', '2026-04-02', 1, 'alsace_moselle', '2026-04-07'],
    ['26 December, then the week-end', '2025-12-24', 1, 'alsace_moselle', '2025-12-29'],
    ['the same in Paris', '2025-12-24', 1, 'metropole', '2025-12-26'],
    ['20 December', '2024-12-19', 1, 'reunion', '2024-12-23'],
  ] as const)('%s', (...[, jour, nombre, territoire, attendu]) => {
    expect(ajouterJoursOuvres(j(jour), nombre, territoire)).toBe(attendu);
  });

  test('a receipt is awaited by the working days of its préfecture, read in the IDActe', () => {
    const transmis = Date.parse('2024-12-19T10:00:00Z') as Instant;
    const attendu = (resume: { idActe?: string }): string =>
      new Date(actes.accuse.echeance({ resume }, transmis, 1) ?? Number.NaN).toISOString();
    expect(attendu({ idActe: '974-000000018-20241219-N1-DE' })).toBe('2024-12-23T17:00:00.000Z');
    expect(attendu({ idActe: '034-000000018-20241219-N1-DE' })).toBe('2024-12-20T17:00:00.000Z');
    expect(attendu({})).toBe('2024-12-20T17:00:00.000Z');
  });
});
