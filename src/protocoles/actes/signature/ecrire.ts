import { depouillerCms } from '../../../formats/certificats/cades.ts';
import { lireTete } from '../../../formats/xml/declaration.ts';
import type { Noeud } from '../../../formats/xml/ecrire.ts';

/** How a detached signature stands in its place (actesv1_1.xsd, FichierSigne: `Signature` of any type, after `NomFichier`). */

/** A file as a message or an envelope names it. */
export interface FichierCite {
  /** As sent. */
  readonly nom: string;
  /** Bytes of the detached signature that goes with it; null: none. */
  readonly signature: Uint8Array | null;
}

/** XML begins with markup, after blanks or a byte-order mark. */
const XML = /^(?:\u00ef\u00bb\u00bf)?[ \t\r\n]*</;

export function estXml(octets: Uint8Array): boolean {
  return XML.test(Buffer.from(octets.subarray(0, 64)).toString('latin1'));
}

/**
 * The element of a signature, out of its document: what is not ASCII becomes references, which no canonical form tells
 * from the characters. What that would change is seen when the place is verified.
 */
function elementDe(octets: Uint8Array): string {
  const tampon = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const tete = lireTete(tampon, tampon.length, true);
  const [apres, encodage] = tete.type === 'lue' ? [tete.apres, tete.encodage] : [0, 'UTF-8'];
  const texte = tampon.toString(encodage === 'UTF-8' ? 'utf8' : 'latin1', apres).trim();
  return texte.replace(/[^\0-\x7f]/gu, (c) => `&#${c.codePointAt(0) ?? 0};`);
}

/** XAdES as a child element; a PKCS#7 as text, in base64 (actes.md E.6). */
function placeDe(octets: Uint8Array): Noeud {
  const nom = 'actes:Signature';
  if (estXml(octets)) return { nom, brut: elementDe(octets) };
  return { nom, texte: Buffer.from(depouillerCms(octets) ?? octets).toString('base64') };
}

/** `FichierSigne`, under the name of its element. */
export function fichierCite(nom: string, { nom: nomFichier, signature }: FichierCite): Noeud {
  const place = signature === null ? [] : [placeDe(signature)];
  return { nom, enfants: [{ nom: 'actes:NomFichier', texte: nomFichier }, ...place] };
}
