import * as fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { type Agenda, ecrireAgenda, type EvenementAgenda } from '../../../src/formats/encodages/icalendar.ts';
import type { Instant, Jour } from '../../../src/metier/identifiants.ts';

/** Written by us, read back by ical.js (RFC 5545). */

const EVENEMENT: EvenementAgenda = {
  uid: '034-000000018-20260113-N1-DE.reception@vaguemestre',
  jour: '2026-01-13' as Jour,
  titre: 'Réception',
  texte: 'Reçu.',
  provisoire: false,
};
const AGENDA: Agenda = {
  producteur: '-//vaguemestre//essai//FR',
  nom: 'Essai',
  instant: Date.parse('2026-01-14T10:15:30.250Z') as Instant,
  evenements: [EVENEMENT],
};

const ecrire = (un: Partial<EvenementAgenda>): string =>
  ecrireAgenda({ ...AGENDA, evenements: [{ ...EVENEMENT, ...un }] });
const lire = (ics: string): InstanceType<typeof ICAL.Component> => new ICAL.Component(ICAL.parse(ics));
const lu = (ics: string, nom: string): unknown =>
  lire(ics).getFirstSubcomponent('vevent')?.getFirstPropertyValue(nom);

test('a calendar of one all-day event, to the octet', () => {
  expect(ecrireAgenda(AGENDA).split('\r\n')).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//vaguemestre//essai//FR',
    'CALSCALE:GREGORIAN',
    'X-WR-CALNAME:Essai',
    'BEGIN:VEVENT',
    'UID:034-000000018-20260113-N1-DE.reception@vaguemestre',
    'DTSTAMP:20260114T101530Z',
    'DTSTART;VALUE=DATE:20260113',
    'DTEND;VALUE=DATE:20260114',
    'SUMMARY:Réception',
    'DESCRIPTION:Reçu.',
    'STATUS:CONFIRMED',
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]);
});

test('in a text, separators are escaped and a line feed is written (3.3.11)', () => {
  expect(ecrire({ titre: 'a,b;c\\d\ne:f' }).split('\r\n')).toContain(String.raw`SUMMARY:a\,b\;c\\d\ne:f`);
});

describe('read back by another', () => {
  test('days, not instants: the last of February and of the year too (3.3.4)', () => {
    for (const [jour, lendemain] of [
      ['2028-02-29', '2028-03-01'],
      ['2026-12-31', '2027-01-01'],
    ]) {
      const ics = ecrire({ jour: jour as Jour });
      const [debut, fin] = [lu(ics, 'dtstart'), lu(ics, 'dtend')] as InstanceType<typeof ICAL.Time>[];
      expect([debut?.isDate, String(debut), String(fin)]).toEqual([true, jour, lendemain]);
    }
  });

  test('the stamp is that of the caller, in universal time and whole seconds (3.8.7.2)', () => {
    expect(String(lu(ecrire({}), 'dtstamp'))).toBe('2026-01-14T10:15:30Z');
  });

  test('no METHOD: nobody is asked to answer (3.7.2)', () => {
    expect(lire(ecrire({})).getFirstPropertyValue('method')).toBeNull();
  });

  test('a date that may still move is TENTATIVE (3.8.1.11)', () => {
    expect(lu(ecrire({ provisoire: true }), 'status')).toBe('TENTATIVE');
  });

  test('no event: a calendar all the same', () => {
    expect(lire(ecrireAgenda({ ...AGENDA, evenements: [] })).getAllSubcomponents()).toEqual([]);
  });

  test.each([
    ['separators', String.raw`a,b;c:d\e"f`, String.raw`a,b;c:d\e"f`],
    ['a backslash before n', String.raw`C:\nom`, String.raw`C:\nom`],
    ['line breaks of all kinds', 'a\nb\r\nc\rd\u2028e\u0085f', 'a\nb\nc\nd\ne\nf'],
    ['control characters are dropped, tabulations kept (3.1)', 'a\u0000b\u001B[31mc\td\u007F', 'ab[31mc\td'],
    ['half a character', 'a\uD800b', 'a\uFFFDb'],
    [
      'an order that would end the event',
      'x\r\nEND:VEVENT\r\nMETHOD:REQUEST',
      'x\nEND:VEVENT\nMETHOD:REQUEST',
    ],
  ])('%s', (_, texte, attendu) => {
    const ics = ecrire({ texte, titre: texte, uid: texte });
    expect([lu(ics, 'description'), lu(ics, 'summary'), lu(ics, 'uid')]).toEqual([attendu, attendu, attendu]);
    expect(lire(ics).getAllSubcomponents()).toHaveLength(1);
  });
});

describe('folding (3.1)', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  /** Each physical line, as strict UTF-8. */
  function physiques(ics: string): { readonly octets: number; readonly texte: string }[] {
    const lignes: { octets: number; texte: string }[] = [];
    const octets = Buffer.from(ics);
    for (let debut = 0; debut < octets.length; ) {
      const fin = octets.indexOf('\r\n', debut);
      expect(fin).toBeGreaterThan(-1);
      lignes.push({ octets: fin - debut, texte: decoder.decode(octets.subarray(debut, fin)) });
      debut = fin + 2;
    }
    return lignes;
  }

  test.each([
    ['75 octets stay one line', 'x'.repeat(75 - 'SUMMARY:'.length), [75]],
    ['76 make two, the space counted', 'x'.repeat(76 - 'SUMMARY:'.length), [75, 2]],
    ['150 and more', 'x'.repeat(75 + 74 + 1 - 'SUMMARY:'.length), [75, 75, 2]],
    ['an accent is not cut', `${'x'.repeat(74 - 'SUMMARY:'.length)}é`, [74, 3]],
    ['nor a character of four octets', `${'x'.repeat(72 - 'SUMMARY:'.length)}😀`, [72, 5]],
  ])('%s', (_, titre, tailles) => {
    const lignes = physiques(ecrire({ titre }));
    const debut = lignes.findIndex(({ texte }) => texte.startsWith('SUMMARY:'));
    expect(lignes.slice(debut, debut + tailles.length).map(({ octets }) => octets)).toEqual(tailles);
    expect(lignes[debut + tailles.length]?.texte).toBe('DESCRIPTION:Reçu.');
  });

  test('any text comes back whole, in lines of 75 octets at most, each sound UTF-8', () => {
    const texte = fc.string({
      unit: fc.oneof(
        fc.constantFrom('é', '😀', ',', ';', '\\', '\n', '\r', ' ', ':'),
        fc.string({ unit: 'binary', maxLength: 1 }),
      ),
      maxLength: 200,
    });
    fc.assert(
      fc.property(texte, texte, (titre, corps) => {
        const ics = ecrire({ titre, texte: corps });
        for (const { octets, texte: ligne } of physiques(ics)) {
          expect(octets).toBeLessThanOrEqual(75);
          expect(ligne).not.toMatch(/[\r\n]/);
        }
        const rendu = (brut: string): string =>
          brut
            .toWellFormed()
            .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
            .replaceAll(/[^\P{Cc}\t\n]/gu, '');
        expect([lu(ics, 'summary'), lu(ics, 'description')]).toEqual([rendu(titre), rendu(corps)]);
      }),
      { numRuns: 1500, seed: 5545 },
    );
  });
});
