/**
 * xs:base64Binary, strictly: white space anywhere, then whole groups, padding at the end only, no stray bit.
 * @returns null when the text is anything else: Node's own decoder skips what it does not know, so that what it reads is
 * then not written the same.
 */
export function lireBase64(texte: string): Uint8Array | null {
  const nu = texte.replace(/[ \t\r\n]+/g, '');
  const octets = Buffer.from(nu, 'base64');
  return octets.toString('base64') === nu ? octets : null;
}
