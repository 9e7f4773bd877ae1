import { type Certificat, estAutoEmis } from './certificat.ts';

/**
 * Certificate policies along a path (RFC 5280 § 6.1), as sets instead of the tree: without policyMappings, which are
 * refused elsewhere, both give the same answer.
 */

export const TOUTE_POLITIQUE = '2.5.29.32.0';

export interface PolitiquesChemin {
  /** Policies under which the path is valid; may hold TOUTE_POLITIQUE. Empty: none. */
  readonly valides: ReadonlySet<string>;
  /** An authority demands that there be at least one (requireExplicitPolicy). */
  readonly exigee: boolean;
  /**
   * The same, an authority that states no policy at all being silent instead of excluding all: older French
   * authorities write none in their intermediate certificates. Only a row of the operator's table that names the
   * issuing authority itself leans on it (`niveaux.ts`).
   */
  readonly nonExclues: ReadonlySet<string>;
}

interface Etat {
  valides: Set<string>;
  nonExclues: Set<string>;
  /** Certificates that may still go by before the demand holds (explicit_policy, inhibit_anyPolicy). */
  avantExigence: number;
  avantInterdiction: number;
}

/** @param chemin leaf first, anchor last; the anchor's own extensions do not bind (RFC 5280 § 6.1.1 d). */
export function politiquesDuChemin(chemin: readonly Certificat[]): PolitiquesChemin {
  const aSuivre = chemin.length === 1 ? chemin : chemin.slice(0, -1);
  // § 6.1.2 d and e: one more than the certificates to follow.
  const n = aSuivre.length + 1;
  const etat: Etat = {
    valides: new Set([TOUTE_POLITIQUE]),
    nonExclues: new Set([TOUTE_POLITIQUE]),
    avantExigence: n,
    avantInterdiction: n,
  };
  for (const [rang, certificat] of [...aSuivre.entries()].toReversed()) avancer(etat, certificat, rang === 0);
  return {
    valides: etat.valides,
    exigee: etat.avantExigence === 0,
    nonExclues: etat.nonExclues,
  };
}

function avancer(etat: Etat, certificat: Certificat, feuille: boolean): void {
  const { politiques, politiqueExigee, touteInterdite } = certificat.extensions;
  const autoEmis = estAutoEmis(certificat);
  const touteAdmise = etat.avantInterdiction > 0 || (!feuille && autoEmis);
  etat.valides = croiser(etat.valides, politiques ?? [], touteAdmise);
  if (politiques !== null || feuille) {
    etat.nonExclues = croiser(etat.nonExclues, politiques ?? [], touteAdmise);
  }
  if (!autoEmis || feuille) {
    etat.avantExigence = Math.max(0, etat.avantExigence - 1);
    etat.avantInterdiction = Math.max(0, etat.avantInterdiction - 1);
  }
  // On the leaf, § 6.1.5 b: only a demand of zero counts.
  if (politiqueExigee !== null && (!feuille || politiqueExigee === 0)) {
    etat.avantExigence = Math.min(etat.avantExigence, politiqueExigee);
  }
  if (touteInterdite !== null) etat.avantInterdiction = Math.min(etat.avantInterdiction, touteInterdite);
}

function croiser(avant: ReadonlySet<string>, ici: readonly string[], touteAdmise: boolean): Set<string> {
  const toute = touteAdmise && ici.includes(TOUTE_POLITIQUE);
  const nommees = ici.filter((oid) => oid !== TOUTE_POLITIQUE);
  if (toute) return avant.has(TOUTE_POLITIQUE) ? new Set([TOUTE_POLITIQUE, ...nommees]) : new Set(avant);
  return avant.has(TOUTE_POLITIQUE) ? new Set(nommees) : new Set(nommees.filter((oid) => avant.has(oid)));
}
