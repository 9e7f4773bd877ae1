import { isAscii, isUtf8 } from 'node:buffer';
import { ParseOption, XmlCData, XmlDocument, XmlElement, XmlText } from 'libxml2-wasm';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import { type ElementXml, lireXml } from '../../src/formats/xml/lire.ts';
import { Muet } from '../../src/formats/xml/muet.ts';
import { transcodeur } from '../../src/formats/xml/transcodage.ts';
import { type De, ENCODAGES, encoder, Fabrique, muter } from './xml-documents.ts';

/** The same documents to `lireXml` and to libxml2, each disagreement kept. */

/** What we refuse and libxml2 reads, by our code, and why that is wanted. */
export const PLUS_STRICTS: Readonly<Record<string, { readonly pourquoi: string; readonly exemple: string }>> =
  {
    'XML-005': {
      pourquoi: 'XML 1.0 alone; libxml2 reads 1.x with a warning',
      exemple: '<?xml version="1.1"?><a/>',
    },
    'XML-028': {
      pourquoi: 'relative namespaces: deprecated, and no message of the State has one; libxml2 warns',
      exemple: '<a xmlns="ACTES"/>',
    },
    'XML-030': {
      pourquoi: 'xml:id with white space around it: libxml2 trims it to judge, and keeps it in the document',
      exemple: '<a xml:id=" b "/>',
    },
  };

const OPTIONS = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

/** Encodings of one byte per character that libxml2 is told, when the bytes are not UTF-8. */
const UN_OCTET: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'ISO-8859-1',
  LATIN1: 'ISO-8859-1',
  'ISO-LATIN-1': 'ISO-8859-1',
  'ISO-8859-15': 'ISO-8859-15',
  'WINDOWS-1252': 'WINDOWS-1252',
  CP1252: 'WINDOWS-1252',
  'US-ASCII': 'US-ASCII',
  ASCII: 'US-ASCII',
};

/** The mark is left for libxml2 to take off, once. */
const MARQUE = { ignoreBOM: true };

/** The encoding that the reading believes, by rules written again here; null: not one we read. */
function croire(octets: Buffer): { octets: Buffer; encodage: string } | null {
  if (octets[0] === 0xfe && octets[1] === 0xff) {
    return { octets: Buffer.from(new TextDecoder('utf-16be', MARQUE).decode(octets)), encodage: 'UTF-8' };
  }
  if (octets[0] === 0xff && octets[1] === 0xfe) {
    return { octets: Buffer.from(new TextDecoder('utf-16le', MARQUE).decode(octets)), encodage: 'UTF-8' };
  }
  if (octets.toString('latin1', 0, 3) === '\xef\xbb\xbf') return { octets, encodage: 'UTF-8' };
  const annonce = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(
    octets.toString('latin1', 0, 1024),
  );
  const nom = annonce?.[1]?.toUpperCase() ?? 'UTF-8';
  if (['UTF-8', 'UTF8'].includes(nom) || (isUtf8(octets) && !isAscii(octets) && nom in UN_OCTET))
    return { octets, encodage: 'UTF-8' };
  const encodage = UN_OCTET[nom];
  return encodage === undefined ? null : { octets, encodage };
}

/** By XPath: the nodes that follow a processing instruction are hidden from the library's own walk. */
function convertir(element: XmlElement): ElementXml {
  const attributs = new Map(
    element.attrs.map((a) => [a.namespaceUri === '' ? a.name : `{${a.namespaceUri}}${a.name}`, a.value]),
  );
  const enfants: ElementXml[] = [];
  let texte = '';
  for (const n of element.find('./node()[not(self::processing-instruction())]')) {
    if (n instanceof XmlElement) enfants.push(convertir(n));
    else if (n instanceof XmlText || n instanceof XmlCData) texte += n.content;
  }
  return { espace: element.namespaceUri, nom: element.name, attributs, enfants, texte };
}

/** @returns null when libxml2, or the rules of the announced encoding, refuse. */
export function lireLibxml2(octets: Buffer): ElementXml | null {
  const cru = croire(octets);
  if (cru === null) return null;
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(cru.octets, { encoding: cru.encodage, option: OPTIONS });
  } catch {
    return null;
  }
  try {
    return document.dtd === null ? convertir(document.root) : null;
  } finally {
    document.dispose();
  }
}

function codeDe(octets: Buffer): string {
  const analyseur = new AnalyseurXml(new Muet(), { ids: 'libres' });
  analyseur.ecrire(transcodeur(octets, true)?.(octets, true) ?? octets);
  return analyseur.finir()?.code ?? '';
}

const dire = (e: ElementXml | null): string =>
  JSON.stringify(e, (_, v) => (v instanceof Map ? [...v].toSorted() : v)) ?? '';

/** Writes a document as somebody who minds encodings little. */
function habiller(texte: string, de: De): Buffer {
  const sans = texte.replace(/^<\?xml[^>]*\?>/, '');
  const annoncer = (nom: string) => `<?xml version="1.0" encoding="${nom}"?>${sans}`;
  switch (de(9)) {
    case 0:
      return Buffer.from(annoncer('ISO-8859-1'), 'utf8');
    case 1:
      return Buffer.from(`\ufeff${annoncer('ISO-8859-15')}`, 'utf8');
    case 2:
      return Buffer.from(`\ufeff${annoncer('UTF-16')}`, 'utf16le');
    case 3:
      return Buffer.from(`\ufeff${annoncer('utf-16')}`, 'utf16le').swap16();
    case 4:
      return windows(annoncer('windows-1252'), de);
    case 5:
      return Buffer.from(annoncer(['EBCDIC-FR', 'UTF-16', 'koi8-r'][de(3)] ?? ''), 'utf8');
    default: {
      const encodage = ENCODAGES[de(ENCODAGES.length)] ?? 'UTF-8';
      return encoder(encodage === 'UTF-8' ? texte : annoncer(encodage), encodage);
    }
  }
}

/** Bytes 0x80 to 0x9F are what it has of its own; five of them mean nothing. */
const SENSES = Array.from({ length: 32 }, (_, k) => 0x80 + k).filter(
  (c) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(c),
);

function windows(texte: string, de: De): Buffer {
  return Buffer.from(
    texte.replace(/[^\0-\x7f]/gu, () => String.fromCharCode(SENSES[de(SENSES.length)] ?? 0x80)),
    'latin1',
  );
}

export interface BilanLecture {
  documents: number;
  lus: number;
  stricts: Record<string, number>;
  desaccords: string[];
}

/** @param tours one document and two accidents to it, each. */
export function comparerLectures(de: De, tours: number): BilanLecture {
  const bilan: BilanLecture = { documents: 0, lus: 0, stricts: {}, desaccords: [] };
  for (let n = 0; n < tours && bilan.desaccords.length < 20; n += 1) {
    const octets = habiller(new Fabrique(de, ENCODAGES[de(3)] ?? 'UTF-8').document(), de);
    for (const essai of [octets, muter(octets, de), muter(octets, de)]) comparer(essai, bilan);
  }
  return bilan;
}

export function comparer(octets: Buffer, bilan: BilanLecture): void {
  const nous = lireXml(octets);
  const eux = lireLibxml2(octets);
  bilan.documents += 1;
  if (nous.type === 'lu') bilan.lus += 1;
  if (nous.type === 'illisible' && eux !== null) {
    const code = codeDe(octets);
    bilan.stricts[code] = (bilan.stricts[code] ?? 0) + 1;
    if (code in PLUS_STRICTS) return;
  }
  const dit = nous.type === 'lu' ? dire(nous.racine) : dire(null);
  if (dit === dire(eux)) return;
  const motif = nous.type === 'lu' ? '' : nous.motif;
  bilan.desaccords.push(
    `ours ${motif} ${dit}\n lib  ${dire(eux)}\n ${JSON.stringify(octets.toString('latin1'))}`,
  );
}
