import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
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

function decoder(octets: Uint8Array): string {
  const vue = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const tete = vue.toString('latin1', 0, 200);
  const encodage = /^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']/.exec(tete)?.[1] ?? 'UTF-8';
  const texte = /^(iso-8859-1|latin1)$/i.test(encodage) ? vue.toString('latin1') : vue.toString('utf8');
  return texte.replace(/^\uFEFF/, '');
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

/** Reads one schema file. Only its own bytes are looked at: nothing external is fetched. */
export function lireNoeuds(fichier: string, octets: Uint8Array): LectureNoeuds {
  const refus: RefusSchema[] = [];
  const echec = (message: string): LectureNoeuds => ({
    type: 'refus',
    refus: refus[0] ?? { genre: 'invalide', fichier, ligne: 0, message },
  });
  let racine: Element | null;
  try {
    const lecteur = new DOMParser({
      onError: (niveau, message) => {
        if (niveau === 'warning') return;
        const faute = `ce n’est pas du XML (${message.split('\n')[0]})`;
        refus.push({ genre: 'invalide', fichier, ligne: 0, message: faute });
      },
    });
    racine = lecteur.parseFromString(decoder(octets), 'text/xml').documentElement;
  } catch (e) {
    return echec(`ce n’est pas du XML (${e instanceof Error ? e.message.split('\n')[0] : ''})`);
  }
  if (racine === null || refus.length > 0) return echec('ce n’est pas du XML');
  if (racine.namespaceURI !== NS_XSD || racine.localName !== 'schema') {
    return echec(`la racine « ${racine.nodeName} » n’est pas un schéma XML Schema`);
  }
  const prefixes = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]);
  const noeud = convertir(racine, { fichier, prefixes, refus });
  return refus.length > 0 ? echec('') : { type: 'lu', racine: noeud };
}
