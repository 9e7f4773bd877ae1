/** Namespaces of XML signatures and of the four ages of XAdES that French files show (ETSI TS 101 903, EN 319 132-1). */

export const NS_DS = 'http://www.w3.org/2000/09/xmldsig#';

export const ESPACES_XADES = {
  '1.1.1': 'http://uri.etsi.org/01903/v1.1.1#',
  '1.2.2': 'http://uri.etsi.org/01903/v1.2.2#',
  '1.3.2': 'http://uri.etsi.org/01903/v1.3.2#',
  '1.4.1': 'http://uri.etsi.org/01903/v1.4.1#',
} as const;

export type VersionXades = keyof typeof ESPACES_XADES;

/** The version that a namespace names, null when it is none of them. */
export function versionXades(espace: string): VersionXades | null {
  const versions = Object.keys(ESPACES_XADES) as VersionXades[];
  return versions.find((v) => ESPACES_XADES[v] === espace) ?? null;
}
