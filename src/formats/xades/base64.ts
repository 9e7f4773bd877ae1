const CORPS = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * xs:base64Binary, strictly: white space anywhere, then whole groups, padding at the end only, no stray bit.
 * @returns null when the text is anything else; Node's own decoder would skip what it does not know.
 */
export function lireBase64(texte: string): Uint8Array | null {
  const nu = texte.replace(/[ \t\r\n]+/g, '');
  if (!CORPS.test(nu)) return null;
  const octets = Buffer.from(nu, 'base64');
  return octets.toString('base64') === nu ? octets : null;
}
