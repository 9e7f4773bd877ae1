import type { Instant, Jour } from '../../metier/identifiants.ts';

/** Calendars that any agenda takes (RFC 5545): all-day events, UTF-8, lines of 75 octets ended by CRLF. */

export interface EvenementAgenda {
  /** The same for ever and nowhere else: an agenda replaces the event it already has under this name. */
  readonly uid: string;
  readonly jour: Jour;
  readonly titre: string;
  /** May hold several lines. */
  readonly texte: string;
  /** Its date may still move (STATUS:TENTATIVE). */
  readonly provisoire: boolean;
}

export interface Agenda {
  /** PRODID: who writes, `-//organisation//produit//FR`. */
  readonly producteur: string;
  /** Shown by agendas as the name of the calendar. */
  readonly nom: string;
  /** DTSTAMP: when this calendar is made. */
  readonly instant: Instant;
  readonly evenements: readonly EvenementAgenda[];
}

const OCTETS_PAR_LIGNE = 75;
/** RFC 5545, 3.1: no control character but the tabulation. */
const INTERDITS = /[\p{Cc}--[\t\n]]/gv;

/** TEXT (3.3.11): backslash, semicolon, comma and line feed are escaped. */
function texte(valeur: string): string {
  return valeur
    .toWellFormed()
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(INTERDITS, '')
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`);
}

/** Folded (3.1) between two characters, never within one; the space that begins the next line counts. */
function plier(ligne: string): string {
  let plie = '';
  let octets = 0;
  for (const caractere of ligne) {
    const taille = Buffer.byteLength(caractere);
    if (octets + taille > OCTETS_PAR_LIGNE) {
      plie += '\r\n ';
      octets = 1;
    }
    plie += caractere;
    octets += taille;
  }
  return `${plie}\r\n`;
}

/** `20260316`. */
function date(jour: Jour): string {
  return jour.replaceAll('-', '');
}

function lendemain(jour: Jour): Jour {
  return Temporal.PlainDate.from(jour).add({ days: 1 }).toString() as Jour;
}

/** `20260316T101500Z`. */
function horodatage(instant: Instant): string {
  return new Date(instant).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** TRANSPARENT: a deadline does not make its day busy. */
function evenement({ uid, jour, titre, texte: corps, provisoire }: EvenementAgenda, stamp: string): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${texte(uid)}`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${date(jour)}`,
    `DTEND;VALUE=DATE:${date(lendemain(jour))}`,
    `SUMMARY:${texte(titre)}`,
    `DESCRIPTION:${texte(corps)}`,
    `STATUS:${provisoire ? 'TENTATIVE' : 'CONFIRMED'}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** The whole `text/calendar`, no METHOD: a calendar to keep, not an invitation to answer. */
export function ecrireAgenda({ producteur, nom, instant, evenements }: Agenda): string {
  const stamp = horodatage(instant);
  const lignes = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${texte(producteur)}`,
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${texte(nom)}`,
    ...evenements.flatMap((e) => evenement(e, stamp)),
    'END:VCALENDAR',
  ];
  return lignes.map(plier).join('');
}
