import type { ElementXml } from '../xml/lire.ts';

/** Small reading words over the elements of a trusted list. */

export const ESPACES = {
  tsl: 'http://uri.etsi.org/02231/v2#',
  /** Qualifications (TS 119 612 § 5.5.9.2). */
  sie: 'http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#',
} as const;

export const ATTRIBUT = {
  certificat: 'X509Certificate',
  langue: '{http://www.w3.org/XML/1998/namespace}lang',
} as const;

export function enfants(
  parent: ElementXml | undefined,
  nom: string,
  espace: string = ESPACES.tsl,
): ElementXml[] {
  return (parent?.enfants ?? []).filter((e) => e.nom === nom && e.espace === espace);
}

export function enfant(parent: ElementXml | undefined, nom: string, espace?: string): ElementXml | undefined {
  return enfants(parent, nom, espace)[0];
}

export function texte(element: ElementXml | undefined): string {
  return element?.texte.trim() ?? '';
}

/** The French name, or the first one. */
export function texteFrancais(noms: ElementXml | undefined): string {
  const tous = enfants(noms, 'Name');
  return texte(tous.find((n) => n.attributs.get(ATTRIBUT.langue) === 'fr') ?? tous[0]);
}
