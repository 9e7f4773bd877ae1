import { parcourir } from './der.ts';
import { decouperPem } from './certificat.ts';

/** Files of certificates as people hand them over: PEM or DER, one or several. A secret is refused, never carried on. */

export type Decoupe =
  /** DER of each, unread; at least one. */
  | { readonly type: 'decoupe'; readonly certificats: readonly Uint8Array[] }
  /** French, with the remedy. */
  | { readonly type: 'refuse'; readonly motif: string };

const SECRET =
  'le fichier contient une clé privée ; rien n’en est gardé. Fournir un fichier qui n’a que des certificats, et tenir cette clé pour exposée si le fichier a circulé';
const AUTRE_BLOC =
  'Fournir des certificats seuls (pour un PKCS#7 : openssl pkcs7 -print_certs -in FICHIER -out certificats.pem)';

/** Never throws. */
export function decouperCertificats(octets: Uint8Array): Decoupe {
  const texte = Buffer.from(octets).toString('latin1');
  const blocs = [...texte.matchAll(/-----BEGIN ([^-\r\n]+)-----/g)].map(([, nom = '']) => nom.trim());
  if (blocs.some((nom) => nom.includes('PRIVATE KEY'))) return { type: 'refuse', motif: SECRET };
  const autre = blocs.find((nom) => nom !== 'CERTIFICATE');
  if (autre !== undefined) return { type: 'refuse', motif: `bloc « ${autre} » inattendu. ${AUTRE_BLOC}` };
  if (blocs.length === 0) return decouperDer(octets);
  const certificats = decouperPem(texte);
  return certificats.length === blocs.length
    ? { type: 'decoupe', certificats }
    : { type: 'refuse', motif: 'un des certificats PEM est mal écrit. Reprendre le fichier d’origine' };
}

function decouperDer(octets: Uint8Array): Decoupe {
  const illisible: Decoupe = {
    type: 'refuse',
    motif: `ce n’est pas un certificat, ni en PEM ni en DER. ${AUTRE_BLOC}`,
  };
  try {
    const parts = [...parcourir({ tag: 0x30, contenu: octets, brut: octets })];
    if (parts.length === 0 || parts.some((p) => p.tag !== 0x30)) return illisible;
    // A certificate begins with what is signed; a key (PKCS#8, PKCS#1) and a PKCS#12 begin with their version.
    if (parts.some((p) => p.contenu[0] === 0x02)) {
      return { type: 'refuse', motif: `le fichier est une clé ou un PKCS#12, non un certificat : ${SECRET}` };
    }
    return { type: 'decoupe', certificats: parts.map((p) => Uint8Array.from(p.brut)) };
  } catch {
    return illisible;
  }
}
