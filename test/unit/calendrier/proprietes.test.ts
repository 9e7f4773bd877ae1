import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendrierActe } from '../../../src/metier/calendrier/acte.ts';
import { delaiBudgetaire, delaiDefere } from '../../../src/metier/calendrier/delais.ts';
import type { Courrier, FaitsActe } from '../../../src/metier/calendrier/faits.ts';
import { joursFeries, TERRITOIRES } from '../../../src/metier/calendrier/feries.ts';
import { estOuvre } from '../../../src/metier/calendrier/ouvres.ts';
import type { Jour } from '../../../src/metier/identifiants.ts';
import { FAITS } from './decor.ts';

const PASSES = 1500;
const REGLAGES = { numRuns: PASSES, seed: 20_260_113 };
const JOUR_MS = 86_400_000;

/** Days from 2004 to 2035, half of them in the same two years, so that dates meet. */
const jour = fc
  .oneof(
    fc.integer({ min: Date.UTC(2004, 0, 1) / JOUR_MS, max: Date.UTC(2035, 11, 31) / JOUR_MS }),
    fc.integer({ min: Date.UTC(2027, 6, 1) / JOUR_MS, max: Date.UTC(2029, 5, 30) / JOUR_MS }),
  )
  .map((n) => new Date(n * JOUR_MS).toISOString().slice(0, 10) as Jour);
const peutEtre = fc.option(jour);
const territoire = fc.constantFrom(...TERRITOIRES);

const courrier: fc.Arbitrary<Courrier> = fc.record({
  message: fc.constantFrom('3-1', '4-1'),
  recu: jour,
  reponse: fc.option(fc.record({ message: fc.constantFrom('3-3', '3-4', '4-3', '4-4'), recue: peutEtre })),
});

/** Any facts at all: most contradict each other. */
const faits: fc.Arbitrary<FaitsActe> = fc.record({
  territoire,
  natureCollectivite: fc.option(fc.constantFrom('11', '21', '31', '44', '__proto__')),
  decision: peutEtre,
  transmission: peutEtre,
  reception: fc.option(jour, { freq: 5 }),
  publication: peutEtre,
  nature: fc.option(fc.constantFrom('1', '3', '5')),
  matiere: fc.option(fc.constantFrom('1.1', '2.1', '7.1', '7.10')),
  budgetaire: fc.constantFrom(null, 'budget', 'compte'),
  papier: fc.option(fc.record({ recu: peutEtre }), { freq: 1 }),
  courriers: fc.array(courrier, { maxLength: 4 }),
  defere: fc.option(jour, { freq: 1 }),
  annulation: fc.option(jour, { freq: 1 }),
});

/** The end of the contrôle of an acte that is neither cancelled nor incomplete. */
function fin(un: Partial<FaitsActe>): string {
  const jalons = calendrierActe({ ...FAITS, ...un });
  return jalons.find(({ code }) => code === 'fin-controle')?.date ?? '';
}

/** Two months francs by arithmetic on numbers, without the product's calendar. */
function naif(depart: string, feries: ReadonlySet<string>): string {
  const [an = 0, mois = 0, quantieme = 0] = depart.split('-').map(Number);
  const dernier = new Date(Date.UTC(an, mois + 2, 0)).getUTCDate();
  let courant = Date.UTC(an, mois + 1, Math.min(quantieme, dernier) + 1);
  const texte = (): string => new Date(courant).toISOString().slice(0, 10);
  while ([0, 6].includes(new Date(courant).getUTCDay()) || feries.has(texte())) courant += JOUR_MS;
  return texte();
}

describe('délais of the préfet', () => {
  test('end on a working day, after the reception, where plain arithmetic says', () => {
    fc.assert(
      fc.property(jour, territoire, (depart, ou) => {
        const an = Number(depart.slice(0, 4));
        const feries = new Set([an, an + 1].flatMap((a) => joursFeries(a, ou).map((f) => f.jour as string)));
        const { fin: defere } = delaiDefere(depart, ou);
        const { fin: budget } = delaiBudgetaire(depart, ou);
        expect(defere).toBe(naif(depart, feries));
        expect(defere > budget && budget > depart).toBe(true);
        expect(estOuvre(defere, ou) && estOuvre(budget, ou)).toBe(true);
      }),
      REGLAGES,
    );
  });

  test('never end sooner for an acte received later, letters being the same', () => {
    const cas = fc.record({ territoire, courriers: fc.array(courrier, { maxLength: 4 }) });
    fc.assert(
      fc.property(jour, jour, cas, (a, b, un) => {
        const [tot, tard] = a < b ? [a, b] : [b, a];
        expect(fin({ ...un, reception: tot }) <= fin({ ...un, reception: tard })).toBe(true);
      }),
      REGLAGES,
    );
  });

  test('never end sooner for one letter more after the others', () => {
    fc.assert(
      fc.property(jour, fc.array(courrier, { maxLength: 4 }), (reception, courriers) => {
        const ranges = courriers.toSorted((a, b) => a.recu.localeCompare(b.recu));
        expect(
          fin({ reception, courriers: ranges.slice(0, -1) }) <= fin({ reception, courriers: ranges }),
        ).toBe(true);
      }),
      REGLAGES,
    );
  });

  test('do not depend on the order in which letters are told', () => {
    const distincts = fc.uniqueArray(courrier, { maxLength: 4, selector: ({ recu }) => recu });
    fc.assert(
      fc.property(jour, distincts, (reception, courriers) => {
        const dit = (tous: readonly Courrier[]) => calendrierActe({ ...FAITS, reception, courriers: tous });
        expect(dit(courriers.toReversed())).toEqual(dit(courriers));
      }),
      REGLAGES,
    );
  });
});

describe('the calendar of any facts, even absurd', () => {
  test('dated first and in order, each code once, one sentence each, ends on working days', () => {
    fc.assert(
      fc.property(faits, (un) => {
        const jalons = calendrierActe(un);
        const dates = jalons.map(({ date }) => date ?? '9999-99-99');
        expect(dates).toEqual(dates.toSorted());
        expect(new Set(jalons.map(({ code }) => code)).size).toBe(jalons.length);
        for (const { code, date, phrase, reference, provisoire } of jalons) {
          expect(phrase).toMatch(/^\p{Lu}[^.]+\.$/u);
          expect(phrase).not.toMatch(/undefined|null|NaN| {2}/);
          expect(reference).toMatch(/^\p{Lu}.+[^.]$/u);
          if (date === null) expect(provisoire).toBe(false);
          else if (/^fin-|^suspension/.test(code)) expect(estOuvre(date, un.territoire)).toBe(true);
        }
      }),
      REGLAGES,
    );
  });

  test('validable the day after the last délai, never archived before', () => {
    fc.assert(
      fc.property(faits, (un) => {
        const date = new Map(calendrierActe(un).map((jalon) => [jalon.code, jalon.date]));
        const [validable, versable] = [date.get('validable') ?? null, date.get('versable') ?? null];
        if (validable === null) return;
        const fins = ['fin-controle', 'fin-controle-budgetaire'].map((code) => date.get(code) ?? '');
        const veille = new Date(Date.parse(validable) - JOUR_MS).toISOString().slice(0, 10);
        expect(veille).toBe(fins.toSorted().at(-1));
        expect(versable !== null && versable >= validable).toBe(true);
        expect(Date.parse(versable ?? '') - Date.parse(un.reception ?? '')).toBeGreaterThan(62 * JOUR_MS);
      }),
      REGLAGES,
    );
  });
});
