import {
  ParseOption,
  XmlCData,
  XmlDocument,
  XmlElement,
  XmlLibError,
  XmlText,
  type XmlTreeNode,
} from 'libxml2-wasm';
import { fauteFrancaise } from './fautes.ts';
import { lirePrologue, preparer } from './prologue.ts';

/** An element that was read: plain data, nothing of the parser is kept. */
export interface ElementXml {
  /** Namespace URI, empty when none. */
  readonly espace: string;
  /** Local name. */
  readonly nom: string;
  /** Key `{namespace}local`, or `local` without namespace. Namespace declarations are not attributes. */
  readonly attributs: ReadonlyMap<string, string>;
  readonly enfants: readonly ElementXml[];
  /** Direct text, concatenated; the text of children is not part of it. */
  readonly texte: string;
}

export type LectureXml =
  | { readonly type: 'lu'; readonly racine: ElementXml }
  /** `motif`: in French, for people. `ligne`: from 1, 0 when unknown. */
  | { readonly type: 'illisible'; readonly motif: string; readonly ligne: number };

/** A message of the State weighs a few kilobytes; 20 MB bounds what one reading may cost. */
const TAILLE_MAX = 20_000_000;

/** NOENT, DTDLOAD and HUGE are left out on purpose: no entity, no network, 256 levels, 10 MB per text. */
const OPTIONS =
  ParseOption.XML_PARSE_NONET |
  ParseOption.XML_PARSE_NO_XXE |
  ParseOption.XML_PARSE_BIG_LINES |
  ParseOption.XML_PARSE_COMPACT;

function illisible(motif: string, ligne = 0): LectureXml {
  return { type: 'illisible', motif, ligne };
}

/**
 * The recursion is bounded by the depth limit of libxml2 (256).
 * @returns null when a processing instruction stands inside the root: the library shows such a node as undefined and
 * hides what follows it, so that the document cannot be said to be read.
 */
function convertir(element: XmlElement): ElementXml | null {
  const attributs = new Map<string, string>();
  for (const a of element.attrs) {
    attributs.set(a.namespaceUri === '' ? a.name : `{${a.namespaceUri}}${a.name}`, a.value);
  }
  const enfants: ElementXml[] = [];
  let texte = '';
  for (let n: XmlTreeNode | null | undefined = element.firstChild; n !== null; n = n.next) {
    if (n === undefined) return null;
    if (n instanceof XmlElement) {
      const enfant = convertir(n);
      if (enfant === null) return null;
      enfants.push(enfant);
    } else if (n instanceof XmlText || n instanceof XmlCData) texte += n.content;
  }
  return { espace: element.namespaceUri, nom: element.name, attributs, enfants, texte };
}

function analyser(octets: Uint8Array, encodage: string): XmlDocument | LectureXml {
  try {
    return XmlDocument.fromBuffer(octets, { encoding: encodage, option: OPTIONS });
  } catch (e) {
    // A full wasm memory gives an error without any detail: still an unreadable file, never an exception.
    const detail = e instanceof XmlLibError ? e.details[0] : undefined;
    const texte = detail?.message.trim() ?? '';
    return illisible(
      texte === '' ? 'XML illisible' : `XML mal formé : ${fauteFrancaise(texte)}`,
      detail?.line ?? 0,
    );
  }
}

/**
 * Reads a document received. Lenient on the encoding (what the State writes is not always what it announces),
 * strict on the rest: any DOCTYPE is refused before parsing, nothing is fetched. Never throws on content.
 * @param tailleMax bytes.
 */
export function lireXml(octets: Uint8Array, tailleMax: number = TAILLE_MAX): LectureXml {
  if (octets.byteLength === 0) return illisible('le fichier est vide');
  if (octets.byteLength > tailleMax) return illisible(`le fichier dépasse ${tailleMax} octets`);
  const source = preparer(octets);
  if (source.type === 'refusee') return illisible(source.motif);
  if (lirePrologue(source.octets).type === 'doctype') {
    return illisible('une déclaration DOCTYPE n’est pas admise');
  }
  const document = analyser(source.octets, source.encodage);
  if (!(document instanceof XmlDocument)) return document;
  try {
    if (document.dtd !== null) return illisible('une déclaration DOCTYPE n’est pas admise');
    const racine = convertir(document.root);
    return racine === null
      ? illisible('une instruction de traitement (<?…?>) n’est pas admise dans le document')
      : { type: 'lu', racine };
  } finally {
    // wasm memory is not seen by the garbage collector
    document.dispose();
  }
}

/**
 * A cheap look at a deposited XML, the head is enough (a few kilobytes): nothing is parsed.
 * @returns local name of the root element (the name announced by the DOCTYPE when there is one), or null.
 */
export function sonderXml(octets: Uint8Array): { racine: string; dtd: boolean } | null {
  const source = preparer(octets);
  if (source.type === 'refusee') return null;
  const prologue = lirePrologue(source.octets);
  if (prologue.type === 'inconnu') return null;
  const racine = prologue.nom.slice(prologue.nom.indexOf(':') + 1);
  return racine === '' ? null : { racine, dtd: prologue.type === 'doctype' };
}
