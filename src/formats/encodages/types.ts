/** The few media types that ACTES allows (cahier des charges: PDF, JPG, PNG, XML), told by content, never by name. */
export type TypeContenu =
  | 'application/pdf'
  | 'image/png'
  | 'image/jpeg'
  | 'application/xml'
  | 'application/gzip'
  | 'inconnu';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
/** 0x08: deflate, the only method of RFC 1952. */
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

/** Byte-order marks. */
const UTF_8 = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF_16_LE = Buffer.from([0xff, 0xfe]);
const UTF_16_BE = Buffer.from([0xfe, 0xff]);

/** ISO 32000 readers look for the header in the first 1024 bytes. */
const TETE_PDF = 1024;

const XML = /^[ \t\r\n]*<(\?xml[ \t\r\n]|!--|!DOCTYPE[ \t\r\n]|[A-Za-z_:\u0080-\uffff])/;
/** Markup that no XML parser would read. */
const HTML = /^[ \t\r\n]*<(!doctype[ \t\r\n]+html|html)[ \t\r\n>]/i;

/**
 * Signatures of what a machine would run or unpack: script, Windows and Linux programs, archives, other markup. A PDF
 * header found further on makes it a file with two faces, which each reader takes for what it likes.
 */
const AUTRES_VISAGES = ['#!', 'MZ', '\x7fELF', 'PK\x03\x04', 'Rar!', '7z\xbc\xaf', 'GIF8', '<'];

function commencePar(tete: Buffer, marque: Buffer): boolean {
  return tete.subarray(0, marque.length).equals(marque);
}

function enTexte(tete: Buffer): string {
  if (commencePar(tete, UTF_16_LE)) return new TextDecoder('utf-16le').decode(tete);
  if (commencePar(tete, UTF_16_BE)) return new TextDecoder('utf-16be').decode(tete);
  return tete.toString('latin1', commencePar(tete, UTF_8) ? UTF_8.length : 0);
}

/** @param tete first bytes of the file; 1 kB is enough. */
export function typeParContenu(tete: Uint8Array): TypeContenu {
  const vue = Buffer.from(tete.buffer, tete.byteOffset, Math.min(tete.byteLength, TETE_PDF));
  if (commencePar(vue, PNG)) return 'image/png';
  if (commencePar(vue, JPEG)) return 'image/jpeg';
  if (commencePar(vue, GZIP)) return 'application/gzip';
  const texte = enTexte(vue);
  if (XML.test(texte) && !HTML.test(texte)) return 'application/xml';
  const debut = vue.toString('latin1').trimStart();
  if (AUTRES_VISAGES.some((signature) => debut.startsWith(signature))) return 'inconnu';
  return vue.includes('%PDF-') ? 'application/pdf' : 'inconnu';
}
