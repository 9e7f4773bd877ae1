/** DER written by hand, tag by tag: what our strict reader is given in its tests. */

export function tlv(tag: number, ...contenus: readonly Uint8Array[]): Buffer {
  const contenu = Buffer.concat(contenus);
  const n = contenu.length;
  const longueur = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...longueur]), contenu]);
}

export const hexa = (texte: string): Buffer => Buffer.from(texte.replaceAll(' ', ''), 'hex');
export const sequence = (...membres: readonly Uint8Array[]): Buffer => tlv(0x30, ...membres);
export const ensemble = (...membres: readonly Uint8Array[]): Buffer => tlv(0x31, ...membres);
export const utf8 = (texte: string): Buffer => tlv(0x0c, Buffer.from(texte));

/** OBJECT IDENTIFIER of dotted numbers. */
export function oid(points: string): Buffer {
  const [a = 0, b = 0, ...suite] = points.split('.').map(Number);
  const octets = [a * 40 + b, ...suite].flatMap((arc) => {
    const sept = [arc & 0x7f];
    for (let reste = Math.floor(arc / 128); reste > 0; reste = Math.floor(reste / 128)) {
      sept.unshift(0x80 | (reste & 0x7f));
    }
    return sept;
  });
  return tlv(0x06, Buffer.from(octets));
}

export const entier = (n: number): Buffer => {
  const brut = n.toString(16);
  const pair = brut.length % 2 === 0 ? brut : `0${brut}`;
  return tlv(0x02, hexa(Number.parseInt(pair.slice(0, 2), 16) >= 0x80 ? `00${pair}` : pair));
};
export const vrai = hexa('01 01 ff');
