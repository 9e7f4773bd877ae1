import type { Verdict, VerdictNotre } from './juges-xsd.ts';

/** Where libxml2 and we judge differently, and why we are right to. Anything else fails the test. */
export interface Desaccord {
  readonly nom: string;
  readonly pourquoi: string;
  readonly vaut: (notre: VerdictNotre, libxml2: Verdict, texte: string) => boolean;
}

const tous = (notre: VerdictNotre, essai: (c: VerdictNotre['constats'][number]) => boolean): boolean =>
  !notre.malForme && notre.constats.length > 0 && notre.constats.every(essai);

export const DESACCORDS: readonly Desaccord[] = [
  {
    nom: 'date, duration or infinity with surrounding white space',
    pourquoi:
      'Datatypes 3.2.4 to 3.2.14: whiteSpace is « collapse » and fixed for dates, times, durations and floats. libxml2 refuses the spaces around a date and around INF, and drops those around any other value.',
    vaut: (n, l) => {
      const vu = /: '(\s*)([^']*?)(\s*)' is not a valid value/.exec(l.message);
      if (vu === null || `${vu[1]}${vu[3]}` === '' || !n.valide) return false;
      return /^(?:-?INF|[-\d][-\d:.TZ+]*|-?P[\dYMDTHS.]+)$/.test(vu[2] ?? '');
    },
  },
  {
    nom: 'white space in a CDATA section or a reference of an element-only content',
    pourquoi:
      'Structures 3.4.4, clause 2.3: white space is told by characters; the infoset that XSD judges knows no CDATA section. libxml2 refuses any CDATA section there.',
    vaut: (n, l, texte) =>
      n.valide &&
      /Character content other than whitespace/.test(l.message) &&
      /<!\[CDATA\[\s*\]\]>/.test(texte),
  },
  {
    nom: 'empty CDATA section in an empty content',
    pourquoi: 'Structures 3.4.4, clause 2.1: no character is no content. libxml2 counts the section as text.',
    vaut: (n, l, texte) =>
      n.valide && /content type is empty/.test(l.message) && /<!\[CDATA\[\]\]>/.test(texte),
  },
  {
    nom: 'reference to an identifier that nothing bears',
    pourquoi:
      'Structures 3.15.4 (Validation Root Valid, ID/IDREF). libxml2 does not look for the identifiers.',
    vaut: (n, l) => l.valide && tous(n, (c) => c.code === 'XSD-013'),
  },
  {
    nom: 'fixed value of an element, written otherwise',
    pourquoi:
      'Structures 3.3.4, clause 5.2.2.2.2: the values are compared, not what is written. libxml2 compares the text of elements (and the values of attributes).',
    vaut: (n, l) => {
      const vu = /The actual value '([^']*)' does not match the fixed value constraint '([^']*)'/.exec(
        l.message,
      );
      return vu !== null && n.valide && vu[1] !== vu[2] && Number(vu[1]) === Number(vu[2]);
    },
  },
  {
    nom: 'year beyond what libxml2 can hold',
    pourquoi: 'Datatypes 3.2.7.1: a year has no greatest value. libxml2 counts it in 31 bits.',
    vaut: (n, l) =>
      n.valide &&
      Number(/: '\s*-?(\d{10,})[^']*' is not a valid value/.exec(l.message)?.[1] ?? 0) > 2 ** 31 - 1,
  },
  {
    nom: 'empty NMTOKENS',
    pourquoi: 'Datatypes 3.3.5: at least one NMTOKEN. libxml2 takes none.',
    vaut: (n, l) =>
      l.valide && tous(n, (c) => c.valeur?.trim() === '' && c.attendu === 'au moins 1 mot (ici 0)'),
  },
  {
    nom: 'xsi:type under xmlns="" or with white space',
    pourquoi:
      'Structures 3.15.3 and Datatypes 3.2.18: an unprefixed name is in the default namespace, none when it is emptied, and QName collapses white space. libxml2 takes the empty name as a namespace, and keeps the space.',
    vaut: (n, l, texte) =>
      n.valide &&
      /xsi:type attribute does not resolve/.test(l.message) &&
      /xmlns=""|QName value '(?:\{\})?\s|\s'/.test(texte + l.message),
  },
  {
    nom: 'stray characters in base64',
    pourquoi: 'Datatypes 3.2.16: only the alphabet and white space. libxml2 skips any other character.',
    vaut: (n, l) => l.valide && tous(n, (c) => c.attendu.startsWith('des données en base 64')),
  },
];

export function justifier(notre: VerdictNotre, libxml2: Verdict, texte: string): Desaccord | null {
  return DESACCORDS.find((d) => d.vaut(notre, libxml2, texte)) ?? null;
}
