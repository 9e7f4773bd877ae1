import { comparerInstants, lireDuree, lireInstant } from './dates.ts';

/** How the values of a primitive type are written, and when two of them are equal or in order. */
export interface Lexique {
  /** In French, to complete « attendu : … ». */
  readonly quoi: string;
  /** Whether this text, white space already treated, is a value of the type. */
  readonly juger: (texte: string) => boolean;
  /** Same text for equal values; absent: the text itself. */
  readonly canon?: (texte: string) => string;
  /** Order of two values: negative, 0, positive, NaN when undetermined; absent: the type has no order. */
  readonly comparer?: (a: string, b: string) => number;
  /** Length in the unit of the type; absent: characters. */
  readonly longueur?: (texte: string) => number;
}

interface Decimal {
  readonly negatif: boolean;
  readonly entiers: string;
  readonly decimales: string;
}

/** Digits without leading nor trailing zeros. */
export function lireDecimal(texte: string): Decimal {
  const m = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(texte);
  const [entiers, decimales] = [m?.[2] ?? '', m?.[3] ?? ''];
  return { negatif: m?.[1] === '-' && entiers + decimales !== '', entiers, decimales };
}

/** Decimals of this length are told apart, and in order, by floating point. */
const EXACT = 15;

function comparerDecimaux(a: string, b: string): number {
  if (a.length <= EXACT && b.length <= EXACT) return Number(a) - Number(b);
  const [x, y] = [lireDecimal(a), lireDecimal(b)];
  if (x.negatif !== y.negatif) return x.negatif ? -1 : 1;
  const sens = x.negatif ? -1 : 1;
  if (x.entiers.length !== y.entiers.length) return sens * (x.entiers.length - y.entiers.length);
  const [p, q] = [`${x.entiers}.${x.decimales}`, `${y.entiers}.${y.decimales}`];
  return p === q ? 0 : sens * (p < q ? -1 : 1);
}

function canonDecimal(texte: string): string {
  const d = lireDecimal(texte);
  return `${d.negatif ? '-' : ''}${d.entiers}.${d.decimales}`;
}

const reel = (texte: string): number => {
  if (texte === 'INF') return Number.POSITIVE_INFINITY;
  return texte === '-INF' ? Number.NEGATIVE_INFINITY : Number(texte);
};

function motif(quoi: string, expression: RegExp): Lexique {
  return { quoi, juger: (texte) => expression.test(texte) };
}

function date(type: string, quoi: string): Lexique {
  return {
    quoi,
    juger: (texte) => lireInstant(type, texte) !== null,
    canon: (texte) => {
      const i = lireInstant(type, texte);
      return i === null ? texte : `${i.ms}${i.fuseau === null ? '' : 'Z'}`;
    },
    comparer: (a, b) => {
      const [x, y] = [lireInstant(type, a), lireInstant(type, b)];
      return x === null || y === null ? Number.NaN : comparerInstants(x, y);
    },
  };
}

const NC_DEBUT =
  'A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NC_SUITE = `${NC_DEBUT}.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040-`;
const NCNOM = new RegExp(`^[${NC_DEBUT}][${NC_SUITE}]*$`, 'u');
const QNOM = new RegExp(`^(?:[${NC_DEBUT}][${NC_SUITE}]*:)?[${NC_DEBUT}][${NC_SUITE}]*$`, 'u');

/** A reference of RFC 3986, once the characters that an URI must escape have been (Datatypes, 3.2.17). */
const PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const SEGMENT_NC = "(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})";
const AUTORITE =
  "(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?" +
  "(?:\\[[^\\]]*\\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?";
const HIERARCHIE = `(?://${AUTORITE}(?:/${PCHAR}*)*|/(?:${PCHAR}+(?:/${PCHAR}*)*)?|${PCHAR}+(?:/${PCHAR}*)*|)`;
const RELATIF = `(?://${AUTORITE}(?:/${PCHAR}*)*|/(?:${PCHAR}+(?:/${PCHAR}*)*)?|${SEGMENT_NC}+(?:/${PCHAR}*)*|)`;
const SUITE_URI = `(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?`;
const URI = new RegExp(`^(?:[A-Za-z][A-Za-z0-9+.-]*:${HIERARCHIE}|${RELATIF})${SUITE_URI}$`);

const sansBlanc = (texte: string): string => texte.replace(/[ \t\n\r]+/g, '');

const BASE64: Lexique = {
  quoi: 'des données en base 64',
  juger: (texte) =>
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?$/.test(
      sansBlanc(texte),
    ),
  canon: sansBlanc,
  longueur: (texte) => {
    const t = sansBlanc(texte);
    return (t.length / 4) * 3 - (t.endsWith('==') ? 2 : t.endsWith('=') ? 1 : 0);
  },
};

const TEXTE: Lexique = { quoi: 'un texte', juger: () => true };
const REEL: Lexique = {
  quoi: 'un nombre à virgule flottante (le séparateur décimal est le point)',
  juger: (texte) => /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)$/.test(texte),
  canon: (texte) => String(reel(texte) + 0),
  comparer: (a, b) => reel(a) - reel(b),
};
const DECIMAL: Lexique = {
  quoi: 'un nombre décimal (le séparateur décimal est le point)',
  juger: (texte) => /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(texte),
  canon: canonDecimal,
  comparer: comparerDecimaux,
};

export const LEXIQUES: Readonly<Record<string, Lexique>> = {
  texte: TEXTE,
  decimal: DECIMAL,
  integer: { ...DECIMAL, quoi: 'un nombre entier', juger: (texte) => /^[+-]?\d+$/.test(texte) },
  boolean: {
    quoi: '« true », « false », « 1 » ou « 0 »',
    juger: (texte) => texte === 'true' || texte === 'false' || texte === '1' || texte === '0',
    canon: (texte) => (texte === '1' || texte === 'true' ? '1' : '0'),
  },
  date: date('date', 'une date (AAAA-MM-JJ)'),
  dateTime: date('dateTime', 'une date et une heure (AAAA-MM-JJThh:mm:ss)'),
  time: date('time', 'une heure (hh:mm:ss)'),
  gYear: date('gYear', 'une année (AAAA)'),
  gYearMonth: date('gYearMonth', 'une année et un mois (AAAA-MM)'),
  gMonth: date('gMonth', 'un mois (--MM)'),
  gMonthDay: date('gMonthDay', 'un mois et un jour (--MM-JJ)'),
  gDay: date('gDay', 'un jour (---JJ)'),
  duration: {
    quoi: 'une durée (P1Y2M3DT4H5M6S)',
    juger: (texte) => lireDuree(texte) !== null,
    canon: (texte) => lireDuree(texte) ?? texte,
  },
  double: REEL,
  float: { ...REEL, canon: (texte) => String(Math.fround(reel(texte)) + 0) },
  base64Binary: BASE64,
  hexBinary: {
    quoi: 'des octets en hexadécimal',
    juger: (texte) => /^(?:[0-9A-Fa-f]{2})*$/.test(texte),
    canon: (texte) => texte.toUpperCase(),
    longueur: (texte) => texte.length / 2,
  },
  anyURI: {
    quoi: 'une adresse (URI)',
    juger: (texte) => URI.test(texte.replace(/[^!-~]|[<>"{}|\\^`]/gu, '_')),
  },
  language: motif('un code de langue', /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/),
  Name: motif('un nom XML', new RegExp(`^[:${NC_DEBUT}][:${NC_SUITE}]*$`, 'u')),
  NCName: motif('un nom XML sans deux-points', NCNOM),
  NMTOKEN: motif('un mot sans espace (lettres, chiffres, . - _ :)', new RegExp(`^[:${NC_SUITE}]+$`, 'u')),
  QName: motif('un nom qualifié', QNOM),
  ID: motif('un identifiant (commence par une lettre ou « _ », sans espace)', NCNOM),
  IDREF: motif('la référence d’un identifiant du fichier', NCNOM),
};
