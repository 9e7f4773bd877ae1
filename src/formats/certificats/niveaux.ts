import type { Certificat } from './certificat.ts';
import type { Critere, Periode, RegleNiveau } from './magasin.ts';
import { TOUTE_POLITIQUE, type PolitiquesChemin } from './politiques.ts';

/** Levels: by the operator's table (RGS, DGFiP), or as eIDAS makes them (QcStatements and trusted list). */

export interface SujetNiveau {
  readonly certificat: Certificat;
  /** Leaf first, anchor last. */
  readonly chemin: readonly Certificat[];
  readonly politiques: PolitiquesChemin;
}

/**
 * First row that fits, in the order of the table; null when none does. A policy counts when the leaf names it
 * (anyPolicy names none) and RFC 5280 § 6.1 leaves it valid along the path. Only a row that names the very authority
 * that issued the leaf lets the authorities that state no policy be silent: the operator vouches for it by name.
 */
export function niveauDuTableau(sujet: SujetNiveau, table: readonly RegleNiveau[]): string | null {
  const { certificat, chemin, politiques } = sujet;
  const [premiere, ...superieures] = chemin.length > 1 ? chemin.slice(1) : chemin;
  const dessus = new Set(superieures.map((c) => c.cle.sha256 as string));
  const siennes = (certificat.extensions.politiques ?? []).filter((oid) => oid !== TOUTE_POLITIQUE);
  const valides = siennes.filter((oid) => politiques.valides.has(oid));
  const nonExclues = siennes.filter((oid) => politiques.nonExclues.has(oid));
  const trouvee = table.find((r) => {
    const parSonNom = r.emetteur === premiere?.cle.sha256;
    if (!parSonNom && r.emetteur !== '*' && !dessus.has(r.emetteur)) return false;
    return r.politique === '*' || (parSonNom ? nonExclues : valides).includes(r.politique);
  });
  return trouvee?.niveau ?? null;
}

export type NatureQualifiee = 'esign' | 'eseal' | 'web';

const LIBELLES = {
  esign: 'signature',
  eseal: 'cachet',
  web: 'authentification de site',
} as const;

/** Qualifiers of TS 119 612 § 5.5.9.2.3 that say what the certificate is for. */
const QUALIFIEURS_NATURE = [
  ['QCForESig', 'esign'],
  ['QCForESeal', 'eseal'],
  ['QCForWSA', 'web'],
] as const;

/**
 * Qualified or not (TS 119 615 § 4.4, the part that concerns certificates after 1 July 2016): the certificate claims
 * QcCompliance, or the list grants it by QCStatement; the list may take it back (NotQualified); its kind comes from
 * the list first, then from QcType (none means signature); and the service must be qualified for that kind.
 * @returns `eIDAS qualifié (cachet)`…, with « sur dispositif » when the key lives in a qualified device; null when not qualified.
 */
export function niveauEidas({ certificat }: SujetNiveau, periode: Periode | null): string | null {
  if (periode === null) return null;
  const qualifieurs = new Set(
    periode.qualifications
      .filter((q) => satisfait(q.critere, certificat) === true)
      .flatMap((q) => q.qualifieurs),
  );
  const { qc } = certificat.extensions;
  if (qualifieurs.has('NotQualified')) return null;
  if (qc?.conforme !== true && !qualifieurs.has('QCStatement')) return null;
  const natures = QUALIFIEURS_NATURE.filter(([q]) => qualifieurs.has(q)).map(([, n]) => n);
  const declarees: readonly NatureQualifiee[] = (qc?.types.length ?? 0) > 0 ? (qc?.types ?? []) : ['esign'];
  const [nature, autre] = natures.length > 0 ? natures : declarees;
  // Two kinds at once contradict each other (EN 319 412-5 § 4.2.3): nothing is said.
  if (nature === undefined || autre !== undefined) return null;
  if (!periode.types.includes(nature) && natures.length === 0) return null;
  const dispositif = surDispositif(qualifieurs, qc?.dispositif ?? false);
  return `eIDAS qualifié (${LIBELLES[nature]}${dispositif ? ', sur dispositif' : ''})`;
}

function surDispositif(qualifieurs: ReadonlySet<string>, declare: boolean): boolean {
  if (qualifieurs.has('QCNoSSCD') || qualifieurs.has('QCNoQSCD')) return false;
  return declare || ['QCWithSSCD', 'QCWithQSCD', 'QCQSCDManagedOnBehalf'].some((q) => qualifieurs.has(q));
}

/** TS 119 612 § 5.5.9.2.2. null: one criterion is of a kind unknown here, and the others do not settle it. */
export function satisfait(critere: Critere, certificat: Certificat): boolean | null {
  const { politiques, usages } = certificat.extensions;
  const reponses: (boolean | null)[] = [
    ...critere.politiques.map((liste) => liste.every((oid) => politiques?.includes(oid) ?? false)),
    ...critere.usages.map((bits) =>
      // The list writes `crlSign` where RFC 5280 writes `cRLSign`.
      bits.every(
        ({ usage, valeur }) => (usages ?? []).some((u) => u.toLowerCase() === usage.toLowerCase()) === valeur,
      ),
    ),
    ...critere.sous.map((sous) => satisfait(sous, certificat)),
    ...(critere.inconnu ? [null] : []),
  ];
  const vrai = reponses.includes(true);
  const faux = reponses.includes(false);
  const doute = reponses.includes(null);
  switch (critere.exige) {
    case 'all':
      return faux ? false : doute ? null : true;
    case 'atLeastOne':
      return vrai ? true : doute ? null : false;
    case 'none':
      return vrai ? false : doute ? null : true;
    default:
      return critere.exige satisfies never;
  }
}
