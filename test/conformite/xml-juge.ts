import { ParseOption, XmlDocument, XmlElement, XmlStringOutputBufferHandler } from 'libxml2-wasm';
import { canonicalizeDocument, canonicalizeSubtree } from 'libxml2-wasm/lib/c14n.mjs';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import { Canonisation } from '../../src/formats/xml/c14n/canonisation.ts';
import type { Cible } from '../../src/formats/xml/c14n/cible.ts';
import type { RefusXml } from '../../src/formats/xml/evenements.ts';
import type { De } from './xml-documents.ts';

/** The same questions to our engine and to libxml2, which judges. */

/** How an element is to be canonicalised, short of where the bytes go. */
export type Demande = Omit<Cible, 'puits'>;

export interface Reponse {
  readonly refus: RefusXml | null;
  /** Canonical form by Id, `*` for the whole document; null for an Id borne twice. */
  readonly formes: ReadonlyMap<string, string | null>;
}

/** Ids that an XPath expression quotes without thinking. */
const SIMPLE = /^[\w.-]{1,20}$/;

interface Recueil extends Cible {
  readonly morceaux: Buffer[];
}

function recueil(demande: Demande): Recueil {
  const morceaux: Buffer[] = [];
  return { ...demande, morceaux, puits: [{ update: (o) => morceaux.push(Buffer.from(o)) }] };
}

/** @param coupes how the file is cut into chunks: the length of the next one. */
export function lire(octets: Buffer, demande: Demande, coupes: () => number): Reponse {
  const formes = new Map<string, string | null>();
  const canonisation = new Canonisation<Recueil>({
    choisir: (balise) => (balise.id !== null && SIMPLE.test(balise.id) ? recueil(demande) : null),
    document: recueil(demande),
    termine: ({ id, nom, cible }) => {
      const cle = nom < 0 ? '*' : (id ?? '?');
      formes.set(cle, formes.has(cle) ? null : Buffer.concat(cible.morceaux).toString('utf8'));
    },
  });
  const analyseur = new AnalyseurXml(canonisation, { ids: 'libres' });
  for (let i = 0; i < octets.length; ) {
    const n = coupes();
    analyseur.ecrire(octets.subarray(i, i + n));
    i += n;
  }
  return { refus: analyseur.finir(), formes };
}

export const enUnBloc = (): number => 1 << 30;

/** Cuts of one to forty bytes. */
export function auHasard(de: De): () => number {
  return () => 1 + de(40);
}

const OPTIONS = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

const SIGNATURES = './*[local-name()="Signature" and namespace-uri()="http://www.w3.org/2000/09/xmldsig#"]';

export class Juge {
  /** Why the last document was refused. */
  motif = '';

  /** @returns null when libxml2 refuses the document. */
  ouvrir(octets: Buffer): XmlDocument | null {
    try {
      return XmlDocument.fromBuffer(octets, { option: OPTIONS });
    } catch (e) {
      this.motif = e instanceof Error ? e.message.trim() : String(e);
      return null;
    }
  }

  /** Canonical form of the element of that Id, `*` for the document. With `sansSignature`, the document is changed. */
  forme(document: XmlDocument, id: string, demande: Demande): string {
    const sortie = new XmlStringOutputBufferHandler();
    const options = {
      mode: demande.mode === 'exclusive' ? (1 as const) : (0 as const),
      withComments: demande.commentaires === true,
      ...(demande.mode === 'exclusive' && demande.prefixes !== undefined
        ? { inclusiveNamespacePrefixes: [...demande.prefixes] }
        : {}),
    };
    const element = id === '*' ? document.root : document.get(`//*[@Id="${id}"]`);
    if (!(element instanceof XmlElement)) return `<${id} absent>`;
    if (demande.sansSignature === true) for (const s of element.find(SIGNATURES)) s.remove();
    if (id === '*') canonicalizeDocument(sortie, document, options);
    else canonicalizeSubtree(sortie, document, element, options);
    return sortie.result;
  }
}
