import {
  BLANCS,
  type ComplexeArtefact,
  DERIVATION,
  type FacettesArtefact,
  type SimpleArtefact,
} from './artefact.ts';

/** The types that XML Schema defines itself (Datatypes, 3), as rows to be put first in an artefact. */

export const SANS_BORNES = { minInclus: null, minExclu: null, maxInclus: null, maxExclu: null } as const;

export const SANS_FACETTES: FacettesArtefact = {
  blancs: BLANCS.garder,
  longueur: -1,
  longueurMin: -1,
  longueurMax: -1,
  chiffres: -1,
  decimales: -1,
  bornes: SANS_BORNES,
  motifs: [],
  enumeration: null,
};

interface Ligne {
  readonly nom: string;
  readonly base: string;
  readonly lexique: string;
  readonly blancs?: number;
  readonly min?: string;
  readonly max?: string;
  /** A list of items of this type, at least one. */
  readonly liste?: string;
}

const racine = (nom: string): Ligne => ({ nom, base: 'anySimpleType', lexique: nom });
const entier = (nom: string, base: string, bornes: { min?: string; max?: string }): Ligne => ({
  nom,
  base,
  lexique: 'integer',
  ...bornes,
});

const LIGNES: readonly Ligne[] = [
  { nom: 'anySimpleType', base: '', lexique: 'texte', blancs: BLANCS.garder },
  { nom: 'string', base: 'anySimpleType', lexique: 'texte', blancs: BLANCS.garder },
  { nom: 'normalizedString', base: 'string', lexique: 'texte', blancs: BLANCS.remplacer },
  { nom: 'token', base: 'normalizedString', lexique: 'texte' },
  { nom: 'language', base: 'token', lexique: 'language' },
  { nom: 'NMTOKEN', base: 'token', lexique: 'NMTOKEN' },
  { nom: 'NMTOKENS', base: 'anySimpleType', lexique: '', liste: 'NMTOKEN' },
  { nom: 'Name', base: 'token', lexique: 'Name' },
  { nom: 'NCName', base: 'Name', lexique: 'NCName' },
  { nom: 'ID', base: 'NCName', lexique: 'ID' },
  { nom: 'IDREF', base: 'NCName', lexique: 'IDREF' },
  { nom: 'IDREFS', base: 'anySimpleType', lexique: '', liste: 'IDREF' },
  ...['boolean', 'decimal', 'float', 'double', 'duration', 'dateTime', 'time', 'date', 'gYearMonth'].map(
    racine,
  ),
  ...['gYear', 'gMonthDay', 'gDay', 'gMonth', 'hexBinary', 'base64Binary', 'anyURI', 'QName'].map(racine),
  entier('integer', 'decimal', {}),
  entier('nonPositiveInteger', 'integer', { max: '0' }),
  entier('negativeInteger', 'nonPositiveInteger', { max: '-1' }),
  entier('long', 'integer', { min: '-9223372036854775808', max: '9223372036854775807' }),
  entier('int', 'long', { min: '-2147483648', max: '2147483647' }),
  entier('short', 'int', { min: '-32768', max: '32767' }),
  entier('byte', 'short', { min: '-128', max: '127' }),
  entier('nonNegativeInteger', 'integer', { min: '0' }),
  entier('unsignedLong', 'nonNegativeInteger', { min: '0', max: '18446744073709551615' }),
  entier('unsignedInt', 'unsignedLong', { min: '0', max: '4294967295' }),
  entier('unsignedShort', 'unsignedInt', { min: '0', max: '65535' }),
  entier('unsignedByte', 'unsignedShort', { min: '0', max: '255' }),
  entier('positiveInteger', 'nonNegativeInteger', { min: '1' }),
];

/** Rank of `xs:anyType` in every artefact: any content, any attributes, judged where a declaration is known. */
export const RANG_ANYTYPE = 0;
export const RANG_ANYSIMPLETYPE = 1;

export const ANYTYPE: ComplexeArtefact = {
  genre: 'complexe',
  nom: 'anyType',
  base: -1,
  derivation: DERIVATION.restriction,
  abstrait: false,
  bloque: 0,
  contenu: 'mixte',
  valeur: -1,
  modele: 0,
  attributs: [],
  joker: 0,
};

/** Name and row of each predefined simple type; the first stands at RANG_ANYSIMPLETYPE. */
export function simplesPredefinis(): SimpleArtefact[] {
  const rangs = new Map(LIGNES.map((l, k) => [l.nom, RANG_ANYSIMPLETYPE + k]));
  return LIGNES.map((l) => ({
    genre: 'simple',
    nom: l.nom,
    base: rangs.get(l.base) ?? RANG_ANYTYPE,
    variete: l.liste === undefined ? 'atome' : 'liste',
    lexique: l.lexique,
    item: rangs.get(l.liste ?? '') ?? -1,
    membres: [],
    facettes: {
      ...SANS_FACETTES,
      blancs: l.blancs ?? BLANCS.reduire,
      longueurMin: l.liste === undefined ? -1 : 1,
      bornes: { ...SANS_BORNES, minInclus: l.min ?? null, maxInclus: l.max ?? null },
    },
  }));
}

/** Known to XML Schema, and refused here: they call for a DTD, or for notations. */
export const PREDEFINIS_NON_HONORES: ReadonlySet<string> = new Set(['ENTITY', 'ENTITIES', 'NOTATION']);
