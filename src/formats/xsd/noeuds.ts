import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
import { lireXml } from '../xml/lire.ts';
import { NS_XSD, type RefusSchema } from './artefact.ts';

/** One reading of a schema file. The same file included by two namespaces (chameleon) is read twice. */
export interface SchemaLu {
  readonly fichier: string;
  /** Its target namespace, or that of the schema which includes it. */
  readonly espace: string;
  /** Has no target namespace of its own: its unprefixed references mean `espace`. */
  readonly cameleon: boolean;
  readonly racine: Noeud;
}

/** An element of XSD, annotations left out. */
export interface Noeud {
  readonly balise: string;
  readonly attributs: ReadonlyMap<string, string>;
  readonly enfants: readonly Noeud[];
  readonly prefixes: ReadonlyMap<string, string>;
  readonly fichier: string;
  readonly ligne: number;
}

export type LectureNoeuds =
  | { readonly type: 'lu'; readonly racine: Noeud }
  | { readonly type: 'refus'; readonly refus: RefusSchema };

const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';
const ELEMENT = 1;
const TEXTE = 3;
const CDATA = 4;

const parTable =
  (nom: string) =>
  (octets: Uint8Array): string =>
    new TextDecoder(nom, { fatal: true }).decode(octets);
const enUtf8 = parTable('utf-8');
const enLatin1 = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
const enLatin9 = parTable('iso-8859-15');
const enWindows = parTable('windows-1252');

const DECODEURS = new Map<string, (octets: Uint8Array) => string>([
  ['UTF-8', enUtf8],
  ['UTF8', enUtf8],
  ['US-ASCII', enUtf8],
  ['ASCII', enUtf8],
  ['ISO-8859-1', enLatin1],
  ['ISO-LATIN-1', enLatin1],
  ['LATIN1', enLatin1],
  ['ISO-8859-15', enLatin9],
  ['WINDOWS-1252', enWindows],
  ['CP1252', enWindows],
]);

type Decodage =
  | { readonly type: 'decode'; readonly texte: string }
  | { readonly type: 'refus'; readonly message: string };

/** By the mark of the first bytes, then by the XML declaration. */
function decoder(octets: Uint8Array): Decodage {
  const tete = enLatin1(octets.subarray(0, 1024));
  const annonce = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"']+)["']/.exec(tete)?.[1] ?? 'UTF-8';
  const large = /^(?:\xfe\xff|\xff\xfe|<\0|\0<)/.test(tete);
  const encodage = large ? 'UTF-16' : annonce;
  const decodeur = DECODEURS.get(encodage.toUpperCase());
  if (decodeur === undefined) {
    const permis = 'UTF-8, ISO-8859-1, ISO-8859-15 et windows-1252 le sont';
    return { type: 'refus', message: `son encodage « ${encodage} » n’est pas admis : ${permis}` };
  }
  try {
    return { type: 'decode', texte: decodeur(octets).replace(/^\uFEFF/, '') };
  } catch {
    return { type: 'refus', message: 'il contient des octets qui ne sont pas de l’UTF-8, son encodage' };
  }
}

/** Why a text is not XML, in the words of our own reader, which refuses any DOCTYPE and so cannot judge what has one. */
function pourquoi(texte: string): { readonly ligne: number; readonly message: string } {
  const lu = texte.includes('<!DOCTYPE') ? null : lireXml(Buffer.from(texte, 'utf8'));
  if (lu?.type !== 'illisible') return { ligne: 0, message: 'ce n’est pas du XML' };
  return { ligne: lu.ligne, message: `ce n’est pas du XML (${lu.motif})` };
}

interface Portee {
  readonly fichier: string;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly refus: RefusSchema[];
}

function prefixesDe(element: Element, herites: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  let prefixes = herites;
  for (const attribut of element.attributes) {
    if (attribut.namespaceURI !== NS_XMLNS) continue;
    if (prefixes === herites) prefixes = new Map(herites);
    const cle = attribut.nodeName === 'xmlns' ? '' : (attribut.localName ?? '');
    (prefixes as Map<string, string>).set(cle, attribut.value);
  }
  return prefixes;
}

function refuserNoeud(noeud: Node, portee: Portee, message: string): void {
  const ligne = noeud.lineNumber ?? 0;
  portee.refus.push({ genre: 'invalide', fichier: portee.fichier, ligne, message });
}

/** Children that count; any other is refused. */
function enfantsDe(element: Element, portee: Portee): Noeud[] {
  const enfants: Noeud[] = [];
  for (const noeud of element.childNodes) {
    if (noeud.nodeType === ELEMENT) {
      const enfant = noeud as Element;
      if (enfant.namespaceURI !== NS_XSD) {
        refuserNoeud(enfant, portee, `l’élément « ${enfant.nodeName} » n’est pas de XML Schema`);
      } else if (enfant.localName !== 'annotation') enfants.push(convertir(enfant, portee));
    } else if (
      (noeud.nodeType === TEXTE || noeud.nodeType === CDATA) &&
      (noeud.nodeValue ?? '').trim() !== ''
    ) {
      refuserNoeud(noeud, portee, `du texte n’a pas sa place dans « ${element.nodeName} »`);
    }
  }
  return enfants;
}

function convertir(element: Element, portee: Portee): Noeud {
  const prefixes = prefixesDe(element, portee.prefixes);
  const attributs = new Map<string, string>();
  for (const a of element.attributes) {
    if (a.namespaceURI === NS_XSD) refuserNoeud(element, portee, `l’attribut « ${a.nodeName} » n’existe pas`);
    else if (!a.namespaceURI) attributs.set(a.nodeName, a.value);
  }
  return {
    balise: element.localName ?? '',
    attributs,
    enfants: enfantsDe(element, { ...portee, prefixes }),
    prefixes,
    fichier: portee.fichier,
    ligne: element.lineNumber ?? 0,
  };
}

/** The root, null when the text is not XML. */
function lireRacine(texte: string): Element | null {
  let casse = false;
  try {
    const lecteur = new DOMParser({ onError: (niveau) => void (casse ||= niveau !== 'warning') });
    const racine = lecteur.parseFromString(texte, 'text/xml').documentElement;
    return casse ? null : racine;
  } catch {
    return null;
  }
}

/** Reads one schema file. Only its own bytes are looked at: nothing external is fetched. */
export function lireNoeuds(fichier: string, octets: Uint8Array): LectureNoeuds {
  const refus: RefusSchema[] = [];
  const echec = (message: string, ligne = 0): LectureNoeuds => ({
    type: 'refus',
    refus: refus[0] ?? { genre: 'invalide', fichier, ligne, message },
  });
  const decodage = decoder(octets);
  if (decodage.type === 'refus') return echec(decodage.message);
  const racine = lireRacine(decodage.texte);
  if (racine === null) {
    const { ligne, message } = pourquoi(decodage.texte);
    return echec(message, ligne);
  }
  if (racine.namespaceURI !== NS_XSD || racine.localName !== 'schema') {
    return echec(`la racine « ${racine.nodeName} » n’est pas un schéma XML Schema`);
  }
  const prefixes = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]);
  const noeud = convertir(racine, { fichier, prefixes, refus });
  return refus.length > 0 ? echec('') : { type: 'lu', racine: noeud };
}
