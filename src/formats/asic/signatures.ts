import { DOSSIER_CONFIANCE, type Signataire } from './confiance.ts';

/** How xmlsec1 verifies the signatures that a PES carries, one by one; the same words for people and for the script. */

/** Elements that a signature points at by `Id`: xmlsec1 has to be told (those inside the signature it finds by itself). */
const SIGNES = ['Bordereau', 'PES_Aller'];

const LIEUX = SIGNES.map((e) => `--id-attr:Id ${e}`).join(' ');

/** Integrity alone: whether the certificate is to be trusted is another question. Nothing outside of the file is read. */
export const XMLSEC = ['xmlsec1 --verify --insecure --enabled-reference-uris empty,same-doc', LIEUX] as const;

/** Integrity and path, at an hour. */
export function xmlsecConfiance(
  { ancres, intermediaires }: Pick<Signataire, 'ancres' | 'intermediaires'>,
  heureUtc: string,
): readonly string[] {
  return [
    'TZ=UTC xmlsec1 --verify --enabled-reference-uris empty,same-doc',
    LIEUX,
    ...ancres.map((nom) => `--trusted-pem ${DOSSIER_CONFIANCE}${nom}`),
    ...intermediaires.map((nom) => `--untrusted-pem ${DOSSIER_CONFIANCE}${nom}`),
    `--verification-time "${heureUtc}"`,
  ];
}

/** @param rang from 1, as the shell will write it. */
export function xpathSignature(rang: string): string {
  return `(//*[local-name()='Signature'])[${rang}]`;
}
