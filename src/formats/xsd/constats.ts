import type { PositionXml } from '../xml/evenements.ts';

/** What a schema refuses in a document. Codes are stable. */
export type CodeXsd =
  /** Root without declaration. */
  | 'XSD-001'
  /** Element out of place. */
  | 'XSD-002'
  /** Content stops too soon. */
  | 'XSD-003'
  /** Attribute without declaration. */
  | 'XSD-004'
  /** Required attribute missing. */
  | 'XSD-005'
  /** Value of an attribute. */
  | 'XSD-006'
  /** Value of an element. */
  | 'XSD-007'
  /** Text where there may be none. */
  | 'XSD-008'
  /** `xsi:type`. */
  | 'XSD-009'
  /** `xsi:nil`. */
  | 'XSD-010'
  /** Abstract element or type. */
  | 'XSD-011'
  /** Element or attribute that a strict wildcard lets in and nothing declares. */
  | 'XSD-012'
  /** Reference to an identifier that the file does not hold. */
  | 'XSD-013'
  /** Too long to be judged, or too many identifiers: a limit of ours. */
  | 'XSD-014';

export interface ConstatXsd {
  readonly code: CodeXsd;
  /** A whole sentence, in French. */
  readonly message: string;
  readonly position: PositionXml;
  /** Offset of the start tag of the element concerned. */
  readonly element: number;
  /** `/Acte/Annexes/Annexe[2]/@Nombre`: names as written; ranks where the schema allows several. */
  readonly chemin: string;
  /** Value seen, cut; null when none is at stake. */
  readonly valeur: string | null;
  /** What was expected, in French; empty when nothing was. */
  readonly attendu: string;
}

export interface BilanXsd {
  /** The whole document was read, and nothing was found. */
  readonly valide: boolean;
  readonly constats: readonly ConstatXsd[];
  /** There were more than could be kept. */
  readonly tronque: boolean;
}

const VALEUR_MAX = 60;

/** On one line, cut to 60 characters. */
export function extrait(valeur: string): string {
  // one character may take two code units: enough are looked at, and no more
  const debut = Array.from(valeur.slice(0, VALEUR_MAX * 2 + 2));
  const texte = debut
    .slice(0, VALEUR_MAX)
    .join('')
    .replace(/\p{Cc}/gu, ' ');
  return debut.length > VALEUR_MAX ? `${texte}…` : texte;
}

const ATTENDUS_MAX = 6;

/** « A », « B » or the end: what could have stood here. */
export function listeAttendus(noms: readonly string[], fin: string | null): string {
  const uniques = [...new Set(noms)];
  const debut = uniques
    .slice(0, ATTENDUS_MAX)
    .map((n) => (n === '*' ? 'un élément d’un autre espace' : `« ${n} »`));
  const tus = uniques.length - ATTENDUS_MAX;
  if (tus > 0) debut.push(tus > 1 ? `${tus} autres éléments possibles` : '1 autre élément possible');
  if (fin !== null) debut.push(`la fin de « ${fin} »`);
  const dernier = debut.pop() ?? 'rien';
  return debut.length === 0 ? dernier : `${debut.join(', ')} ou ${dernier}`;
}
