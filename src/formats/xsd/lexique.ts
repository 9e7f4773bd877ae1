import { comparerInstants, type Instant, lireDuree, lireInstant, type TypeDate } from './dates.ts';

/**
 * How the values of a primitive type are written, and when two of them are equal or in order. All but `juger` are given
 * what it admits.
 */
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

/** Digits without leading nor trailing zeros, in a time linear in their number. @param texte written as a decimal. */
export function lireDecimal(texte: string): Decimal {
  const point = texte.indexOf('.');
  const apres = point < 0 ? texte.length : point;
  let debut = /[+-]/.test(texte) ? 1 : 0;
  while (texte[debut] === '0') debut += 1;
  let fin = texte.length;
  while (texte[fin - 1] === '0') fin -= 1;
  const [entiers, decimales] = [texte.slice(debut, apres), texte.slice(apres + 1, fin)];
  return { negatif: texte.startsWith('-') && entiers + decimales !== '', entiers, decimales };
}

/** Decimals of this length are told apart, and in order, by floating point. */
const EXACT = 15;

function comparerAbsolus(x: Decimal, y: Decimal): number {
  const ecart = x.entiers.length - y.entiers.length;
  if (ecart !== 0) return ecart;
  const [p, q] = [`${x.entiers}.${x.decimales}`, `${y.entiers}.${y.decimales}`];
  if (p === q) return 0;
  return p < q ? -1 : 1;
}

function comparerDecimaux(a: string, b: string): number {
  if (a.length <= EXACT && b.length <= EXACT) return Number(a) - Number(b);
  const [x, y] = [lireDecimal(a), lireDecimal(b)];
  if (x.negatif !== y.negatif) return x.negatif ? -1 : 1;
  return x.negatif ? comparerAbsolus(y, x) : comparerAbsolus(x, y);
}

function canonDecimal(texte: string): string {
  const d = lireDecimal(texte);
  return `${d.negatif ? '-' : ''}${d.entiers}.${d.decimales}`;
}

/** NaN and the infinities equal themselves; NaN is in no order with the others (Datatypes, 3.2.4). */
function reel(arrondir: (valeur: number) => number): Lexique {
  const lire = (texte: string): number => arrondir(Number(texte.replace('INF', 'Infinity')));
  const canon = (texte: string): string => String(lire(texte));
  return {
    quoi: 'un nombre à virgule flottante (le séparateur décimal est le point)',
    juger: (texte) => /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)$/.test(texte),
    canon,
    comparer: (a, b) => (canon(a) === canon(b) ? 0 : lire(a) - lire(b)),
  };
}

function motif(quoi: string, expression: RegExp): Lexique {
  return { quoi, juger: (texte) => expression.test(texte) };
}

function date(type: TypeDate, quoi: string): Lexique {
  const lire = (texte: string): Instant => lireInstant(type, texte) as Instant;
  return {
    quoi,
    juger: (texte) => lireInstant(type, texte) !== null,
    canon: (texte) => {
      const { ms, fuseau } = lire(texte);
      return `${ms} ${fuseau === null}`;
    },
    comparer: (a, b) => comparerInstants(lire(a), lire(b)),
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

const sansBlanc = (texte: string): string => texte.replace(/[ \t\n\r]/g, '');

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
const DECIMAL: Lexique = {
  quoi: 'un nombre décimal (le séparateur décimal est le point)',
  juger: (texte) => /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(texte),
  canon: canonDecimal,
  comparer: comparerDecimaux,
};

const LEXIQUES: Readonly<Record<string, Lexique>> = {
  decimal: DECIMAL,
  integer: { ...DECIMAL, quoi: 'un nombre entier', juger: (texte) => /^[+-]?\d+$/.test(texte) },
  boolean: {
    quoi: '« true », « false », « 1 » ou « 0 »',
    juger: (texte) => texte === 'true' || texte === 'false' || texte === '1' || texte === '0',
    canon: (texte) => String(texte === '1' || texte === 'true'),
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
    canon: (texte) => lireDuree(texte) as string,
  },
  double: reel(Number),
  float: reel(Math.fround),
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

/** @param nom of `SimpleArtefact.lexique`; any other than those above is text. */
export function lexiqueDe(nom: string): Lexique {
  return LEXIQUES[nom] ?? TEXTE;
}
