import type { Classification } from '../../metier/collectivite.ts';
import type { ObjetJson } from '../../metier/flux.ts';
import { NATURES_NATIONALES, type Nature } from './codes.ts';

/** Natures of a collectivité: those of its classification, or the national ones before any import. */
export function naturesConnues(classification: Classification | null): readonly Nature[] {
  const propres = Object.entries(classification?.natures ?? {}).map(([code, n]) => ({
    code,
    abrege: n.abrege,
    libelle: n.libelle,
  }));
  return propres.length > 0 ? propres : NATURES_NATIONALES;
}

/** Finds a nature by its code (`1`) or its abbreviation (`DE`); null when neither is known. */
export function trouverNature(valeur: string, classification: Classification | null): Nature | null {
  const trouvee = naturesConnues(classification).find((n) => n.code === valeur || n.abrege === valeur);
  return trouvee !== undefined && /^\p{Lu}{2}$/u.test(trouvee.abrege) ? trouvee : null;
}

/** Pieces that the classification admits under a nature; empty when it says nothing. */
export function typesAdmis(
  classification: Classification | null,
  nature: Nature,
): ReadonlyMap<string, string> {
  const natures = classification?.natures ?? {};
  const types = Object.hasOwn(natures, nature.code) ? natures[nature.code]?.types : undefined;
  return new Map(Object.entries(types ?? {}));
}

/** A budget file: only these travel as XML (arrêté du 13 octobre 2011; nature 5, matière 7.1 and below). */
export function estBudgetaire(nature: Nature | null, matiere: string | undefined): boolean {
  return nature?.code === '5' && matiere !== undefined && /^7\.1(\.|$)/.test(matiere);
}

/** Public procurement: an acte whose summary says nature 4 and matière 1.1 or below. */
export function estMarchePublic({ nature, matiere }: ObjetJson): boolean {
  return nature === '4' && typeof matiere === 'string' && /^1\.1(\.|$)/.test(matiere);
}
